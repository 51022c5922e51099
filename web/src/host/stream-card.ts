import type { EventOverview } from '@crowdcue/protocol';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { asApiError } from '../shared/api.js';
import { controls } from '../shared/controls.js';
import { explain } from '../shared/explain.js';
import { count, counted, percent } from '../shared/format.js';
import { icons } from '../shared/icons.js';
import type { EventKeys, KeyKind } from './host-api.js';

const COPIED_MS = 2_000;

/** What the stream carries besides the picture: the overlay's address, the captions' key, and how both do. Keys are never written out: a desk is seen on screens that are shared. */
export class StreamCard extends LitElement {
  static override properties = { eventId: {}, overview: { attribute: false }, load: { attribute: false }, keys: { state: true }, failed: { state: true }, copied: { state: true } };
  declare eventId: string | undefined;
  declare overview: EventOverview | undefined;
  /** Asks for the event's keys. */
  declare load: () => Promise<EventKeys>;
  private declare keys: EventKeys | undefined;
  private declare failed: string;
  /** What was copied a moment ago. */
  private declare copied: string;

  static override styles = [controls, css`
    :host { display: block; }
    .row { display: flex; flex-wrap: wrap; align-items: center; gap: var(--cc-space-2); padding-block: var(--cc-space-2); }
    .row + .row { border-top: 1px solid var(--cc-line); }
    .row .what { flex: 1 1 100%; }
    .row button { flex: 1; }
    .row b { display: block; }
    button { min-height: 44px; }
  `];

  constructor() {
    super();
    Object.assign(this, { failed: '', copied: '' });
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('eventId')) void this.refresh();
  }

  /** Asks again: another event, or a key was taken back. */
  async refresh(): Promise<void> {
    const { eventId } = this;
    this.keys = undefined;
    this.failed = '';
    if (eventId === undefined) return;
    try {
      const keys = await this.load();
      if (eventId === this.eventId) this.keys = keys;
    } catch (thrown) {
      this.failed = explain(asApiError(thrown));
    }
  }

  override render() {
    const { keys } = this;
    return html`<section class="card" aria-label="On the stream"><h2 class="caps">On the stream</h2>
      ${this.failed !== '' ? html`<p class="muted small" role="alert">${this.failed} <button class="small" @click=${this.refresh}>Try again</button></p>` : nothing}
      ${this.#row('overlay', 'Overlay', 'A browser source for OBS, as large as your canvas', keys?.overlayUrl, 'overlay')}
      ${this.#row('monitor', 'Reveal monitor', 'For your eyes: when an answer may be said', keys && `${keys.overlayUrl}&mode=host`)}
      ${this.#row('captions', 'Caption key', this.#captions(), keys?.captionKey, 'captions')}
      ${this.#sponsors()}
      <span class="hidden-text" role="status">${this.copied === '' ? '' : this.copied === 'failed' ? 'Copying is not allowed here' : 'Copied'}</span></section>`;
  }

  #row(what: string, name: string, about: string, text: string | undefined, kind?: KeyKind): TemplateResult {
    return html`<div class="row"><span class="what"><b>${name}</b><span class="muted small" data-test=${`stream-${what}`}>${about}</span></span>
      <button ?disabled=${text === undefined} data-test=${`copy-${what}`} aria-label="Copy: ${name}" @click=${() => this.#copy(what, text!)}>${this.copied === what ? icons.done : icons.copy} ${this.copied === what ? 'Copied' : 'Copy'}</button>
      ${kind === undefined ? nothing : html`<button class="quiet" ?disabled=${text === undefined} data-test=${`revoke-${what}`} aria-label="Replace: ${name}" @click=${() => this.dispatchEvent(new CustomEvent<KeyKind>('revoke-key', { detail: kind }))}>Replace</button>`}</div>`;
  }

  /** How captions do, once there were some. */
  #captions(): string {
    const captions = this.overview?.captions;
    if (captions === undefined) return 'For whoever sends captions; there were none yet';
    const lines = `${counted(captions.lines, 'line')} in ${captions.languages.join(', ')}`;
    return captions.due === 0 ? `${lines}; nobody has told how they came` : `${lines}; ${percent(captions.inTime, captions.due)} on time`;
  }

  #sponsors(): TemplateResult | typeof nothing {
    const sponsors = this.overview?.sponsors ?? [];
    const seen = this.overview?.impressions;
    if (sponsors.length === 0 && seen === undefined) return nothing;
    return html`<div class="row"><span class="what"><b>Sponsor</b>${seen === undefined ? nothing : html`<span class="muted small" data-test="sponsor-seen">Seen in the game by ${counted(seen, 'viewer')}</span>`}${sponsors.map(({ name, shown, viewers }) => html`<span class="muted small" data-test="sponsor-shown">${name}: on the overlay ${counted(shown, 'time')}, before ${count(viewers)} viewers in all</span>`)}</span></div>`;
  }

  async #copy(what: string, text: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      this.copied = what;
    } catch {
      this.copied = 'failed'; // no permission, or a page without TLS: shown once, in a field of its own
      prompt('Copy this:', text);
    }
    setTimeout(() => { this.copied = ''; }, COPIED_MS);
  }
}

customElements.define('cc-stream-card', StreamCard);
