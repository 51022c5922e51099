import { css, html, LitElement, nothing } from 'lit';
import { controls } from './controls.js';
import { CODE_LENGTH, lettersOf } from './join-code.js';
import { siteUrl } from './site.js';

/** Six letters and off you go: typed in any case, pasted alone or inside a join link. */
export class CodeEntry extends LitElement {
  static override properties = { letters: { state: true }, short: { state: true } };
  private declare letters: string;
  private declare short: boolean;

  static override styles = [controls, css`
    :host { display: block; width: 100%; }
    form { display: grid; gap: var(--cc-space-3); }
    .cells { position: relative; display: grid; grid-template-columns: repeat(6, minmax(0, 1fr)); gap: clamp(4px, 1.6vw, 10px); }
    .cells span { display: grid; place-items: center; height: clamp(56px, 17vw, 76px); border: 2px solid var(--cc-line); border-radius: var(--cc-radius-m); background: var(--cc-surface);
      font: var(--cc-weight-loud) var(--cc-size-6)/1 var(--cc-font-mono); transition: border-color var(--cc-time-1); }
    .cells span.next { border-color: var(--cc-line); }
    .cells:focus-within span.next { border-color: var(--cc-accent-text); box-shadow: 0 0 0 3px var(--cc-accent-soft); }
    .cells span.on { border-color: var(--cc-text); }
    input:not([type=color]) { position: absolute; inset: 0; width: 100%; height: 100%; min-height: 0; padding: 0; border: 0; background: transparent; color: transparent; caret-color: transparent; font-size: 24px; letter-spacing: 1em; outline: none; opacity: .01; text-transform: uppercase; }
    button { min-height: 56px; font-size: var(--cc-size-4); border-radius: var(--cc-radius-m); }
    .note { min-height: 1.5em; font-size: var(--cc-size-2); color: var(--cc-bad); }
  `];

  constructor() {
    super();
    this.letters = '';
    this.short = false;
  }

  override focus(): void {
    this.renderRoot.querySelector('input')?.focus();
  }

  override render() {
    const cells = Array.from({ length: CODE_LENGTH }, (_, i) => this.letters[i]);
    const next = Math.min(this.letters.length, CODE_LENGTH - 1);
    return html`<form @submit=${this.#go} novalidate>
      <div class="cells">${cells.map((letter, i) => html`<span class="${letter === undefined ? '' : 'on'} ${i === next ? 'next' : ''}" aria-hidden="true">${letter ?? nothing}</span>`)}
        <input type="text" aria-label="Join code, six letters" inputmode="text" autocapitalize="characters" autocomplete="off" autocorrect="off" spellcheck="false" enterkeyhint="go"
          .value=${this.letters} @input=${this.#typed} @paste=${this.#pasted}></div>
      <button class="primary">Join</button>
      <p class="note" role="alert">${this.short ? 'A code has six letters.' : ''}</p>
    </form>`;
  }

  #typed(e: Event): void {
    const input = e.target as HTMLInputElement;
    this.letters = lettersOf(input.value);
    input.value = this.letters;
    this.short = false;
  }

  #pasted(e: ClipboardEvent): void {
    const letters = lettersOf(e.clipboardData?.getData('text') ?? '');
    if (letters === '') return;
    e.preventDefault();
    this.letters = letters;
    this.short = false;
  }

  #go(e: Event): void {
    e.preventDefault();
    this.short = this.letters.length !== CODE_LENGTH;
    if (!this.short) location.assign(siteUrl(`join/${this.letters}`));
  }
}

customElements.define('cc-code-entry', CodeEntry);
