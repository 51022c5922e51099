import type { EventView } from '@crowdcue/protocol';
import { css, html, LitElement } from 'lit';
import { controls } from '../shared/controls.js';
import { icons } from '../shared/icons.js';
import { HostApi } from './host-api.js';

const COPIED_MS = 2_000;

/** An address that may break after its slashes only, so that the code stays whole. */
const breakable = (address: string) => address.split('/').map((part, i) => (i === 0 ? part : html`/<wbr>${part}`));

/** How viewers get in: QR, code, link. */
export class JoinCard extends LitElement {
  static override properties = { event: { attribute: false }, copied: { state: true } };
  declare event: EventView;
  private declare copied: 'no' | 'yes' | 'failed';

  static override styles = [controls, css`
    :host { display: block; }
    .in { display: grid; grid-template-columns: 120px minmax(0, 1fr); gap: var(--cc-space-4); align-items: center; }
    img { display: block; width: 120px; height: 120px; padding: 6px; border-radius: var(--cc-radius-s); background: #fff; border: 1px solid var(--cc-line); }
    .letters { font-family: var(--cc-font-mono); font-size: var(--cc-size-6); font-weight: var(--cc-weight-loud); letter-spacing: .06em; line-height: 1.15; }
    .url { overflow-wrap: anywhere; display: block; color: var(--cc-text-muted); }
    .buttons { display: flex; gap: var(--cc-space-2); margin-top: var(--cc-space-3); }
    .buttons > * { flex: 1; }
  `];

  constructor() {
    super();
    this.copied = 'no';
  }

  override render() {
    const { id, code, joinUrl, name } = this.event;
    return html`<section class="card" aria-label="Join">
      <h2 class="hidden-text">How viewers join</h2>
      <div class="in">
        <img src=${HostApi.qrUrl(id)} width="120" height="120" alt="QR code of the join link of ${name}">
        <div><span class="caps">Join code</span><p class="letters" data-test="code" aria-label=${[...code].join(' ')}>${code}</p><span class="url small">${breakable(joinUrl.replace(/^https?:\/\//, ''))}</span></div>
      </div>
      <div class="buttons">
        <button @click=${this.#copy}>${this.copied === 'yes' ? icons.done : icons.copy} ${this.copied === 'yes' ? 'Copied' : this.copied === 'failed' ? 'Copy it by hand' : 'Copy link'}</button>
        <a class="button" href=${joinUrl} target="_blank" rel="noreferrer noopener">${icons.link} Open</a>
      </div>
      <span class="hidden-text" role="status">${this.copied === 'yes' ? 'Join link copied' : ''}</span>
    </section>`;
  }

  async #copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.event.joinUrl);
      this.copied = 'yes';
    } catch {
      this.copied = 'failed'; // no permission, or a page without TLS: the link stands above
    }
    setTimeout(() => { this.copied = 'no'; }, COPIED_MS);
  }
}

customElements.define('cc-join-card', JoinCard);
