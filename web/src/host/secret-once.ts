import { css, html, LitElement } from 'lit';
import { controls } from '../shared/controls.js';
import './copy-text.js';

/** A secret that was made: shown once, and gone from the page when it is kept. Raises `kept`. */
export class SecretOnce extends LitElement {
  static override properties = { of: {}, secret: {}, text: {} };
  /** Whose it is. */
  declare of: string;
  declare secret: string;
  /** What to do with it. */
  declare text: string;

  static override styles = [controls, css`
    :host { display: block; min-width: 0; }
    div { display: grid; gap: var(--cc-space-2); margin-block: var(--cc-space-2); padding: var(--cc-space-3); border: 1px solid var(--cc-accent-fill); border-radius: var(--cc-radius-s); overflow-wrap: anywhere; }
    button { justify-self: start; }
  `];

  /** It is what matters now: the keyboard and the reader are led to it. */
  protected override firstUpdated(): void {
    this.renderRoot.querySelector('div')?.focus();
  }

  override render() {
    return html`<div class="small" role="group" tabindex="-1" aria-label="Secret of ${this.of}" data-test="secret"><p><b>The secret of ${this.of}.</b> It is shown this once. ${this.text} Nobody else may see it, so keep it off the stream.</p>
      <cc-copy-text .text=${this.secret} name="secret"></cc-copy-text>
      <button class="small" @click=${() => this.dispatchEvent(new Event('kept'))} data-test="secret-kept">I have it: hide</button></div>`;
  }
}

customElements.define('cc-secret-once', SecretOnce);
