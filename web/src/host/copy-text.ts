import { css, html, LitElement, nothing } from 'lit';
import { controls } from '../shared/controls.js';
import { icons } from '../shared/icons.js';

const COPIED_MS = 2_000;

/** A text to copy, shown as it is: selected by hand where the browser does not let a page copy. */
export class CopyText extends LitElement {
  static override properties = { text: {}, name: {}, said: { state: true } };
  declare text: string;
  /** What it is, for the button's label. */
  declare name: string;
  private declare said: string;
  #timer: ReturnType<typeof setTimeout> | undefined;

  static override styles = [controls, css`
    :host { display: grid; gap: var(--cc-space-2); min-width: 0; }
    pre { margin: 0; padding: var(--cc-space-3); border-radius: var(--cc-radius-s); background: var(--cc-surface-2); font-family: var(--cc-font-mono); font-size: var(--cc-size-1); white-space: pre-wrap; overflow-wrap: anywhere; user-select: all; }
    button { justify-self: start; }
  `];

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
  }

  override render() {
    return html`<pre data-test="snippet">${this.text}</pre>
      <button type="button" class="small" @click=${this.#copy} aria-label="Copy: ${this.name}">${this.said === 'Copied' ? icons.done : icons.copy} ${this.said === 'Copied' ? 'Copied' : 'Copy'}</button>
      <span role="status" class=${this.said === 'Copied' ? 'hidden-text' : 'muted small'}>${this.said || nothing}</span>`;
  }

  readonly #copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(this.text);
      this.said = 'Copied';
    } catch {
      this.said = 'Copying is not allowed here. Select the text above.';
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => { this.said = ''; }, COPIED_MS);
  };
}

customElements.define('cc-copy-text', CopyText);
