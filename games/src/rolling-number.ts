import { css, html, LitElement, type TemplateResult } from 'lit';
import { numberText } from './text.js';

const REEL = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

/** `<crowdcue-number>`: a whole number whose digits roll to their new places. Said as one number by a screen reader. */
export class RollingNumber extends LitElement {
  static override properties = { value: { type: Number }, language: { type: String } };
  static override styles = css`
    :host { display: inline-flex; flex-direction: row-reverse; justify-content: flex-end; direction: ltr; align-items: baseline; line-height: 1.15; font-variant-numeric: tabular-nums; }
    .said { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
    .digit { --row: 1.15em; line-height: var(--row); }
    @supports (height: round(up, 1em, 1px)) { .digit { --row: round(up, 1.15em, 1px); } } /* whole pixels, or digits stand uneven */
    .digit { position: relative; overflow: hidden; overflow: clip; }
    .digit::before { content: '0'; visibility: hidden; }
    .reel { position: absolute; inset-block-start: 0; inset-inline: 0; text-align: center; transform: translateY(calc(var(--digit) * -1 * var(--row))); transition: transform var(--cc-time-3, .36s) var(--cc-ease, ease-out); }
    .reel i { display: block; block-size: var(--row); font-style: normal; }
  `;
  declare value: number;
  declare language: string;

  constructor() {
    super();
    this.value = 0;
    this.language = 'en';
  }

  protected override render(): TemplateResult {
    const text = numberText(this.value, this.language);
    // From the right: the ones stay the ones when a number grows. `.style` goes by the object model, which a strict
    // Content-Security-Policy lets pass where it refuses a style attribute.
    return html`<span class="said">${text}</span>${[...text].reverse().map((glyph) => {
      const digit = Number.parseInt(glyph, 10);
      return Number.isNaN(digit)
        ? html`<span aria-hidden="true">${glyph}</span>`
        : html`<span class="digit" aria-hidden="true"><span class="reel" .style=${`--digit:${digit}`}>${REEL.map((n) => html`<i>${n}</i>`)}</span></span>`;
    })}`;
  }
}

/** Makes `<crowdcue-number>` known, once. */
export const defineRollingNumber = (): void => {
  if (customElements.get('crowdcue-number') === undefined) customElements.define('crowdcue-number', RollingNumber);
};
