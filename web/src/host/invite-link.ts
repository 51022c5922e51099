import { css, html, LitElement, type PropertyValues } from 'lit';
import { controls } from '../shared/controls.js';
import { icons } from '../shared/icons.js';

/** A one-time link for somebody else: to copy, and written out only when it is asked for. */
export class InviteLink extends LitElement {
  static override properties = { name: {}, url: {}, copied: { state: true } };
  /** Whose it is. */
  declare name: string;
  declare url: string;
  private declare copied: boolean;

  static override styles = [controls, css`
    :host { display: grid; gap: var(--cc-space-2); margin-top: var(--cc-space-3); padding: var(--cc-space-3); border-radius: var(--cc-radius-s); background: var(--cc-surface-2); min-width: 0; }
    code { overflow-wrap: anywhere; font-family: var(--cc-font-mono); font-size: var(--cc-size-1); }
    summary { cursor: pointer; min-height: 32px; align-content: center; }
  `];

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('url')) this.copied = false;
  }

  override render() {
    return html`<span class="small" role="status"><b>${this.name}’s link</b> works once and not for long. Send it to nobody else.</span>
      <button class="small" @click=${this.#copy}>${this.copied ? icons.done : icons.copy} ${this.copied ? 'Copied' : 'Copy link'}</button>
      <details class="small"><summary>Show it (not while this screen is on stream)</summary><code data-test="invitation">${this.url}</code></details>`;
  }

  readonly #copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(this.url);
      this.copied = true;
    } catch {
      this.copied = false; // no permission, or a page without TLS: the link stands there to be copied by hand
    }
  };
}

customElements.define('cc-invite-link', InviteLink);
