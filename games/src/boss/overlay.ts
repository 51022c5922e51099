import { css, html, nothing, type TemplateResult } from 'lit';
import { outcomeOf, OverlayView, overlayStyles } from '../overlay-view.js';
import { percentText } from '../text.js';

const SPOTS = ['left', 'middle', 'right'] as const;

/** Boss on the stream: one health bar, and where it is weak. */
export class BossOverlay extends OverlayView {
  static override styles = [overlayStyles, css`
    .top { display: flex; align-items: end; justify-content: space-between; gap: calc(var(--u) * 2); }
    .bar { block-size: calc(var(--u) * 4.4); border-radius: calc(var(--u) * 1); overflow: hidden; background: #2a303d; outline: calc(var(--u) * .3) solid #fff; }
    .bar i { display: block; block-size: 100%; inline-size: calc(var(--health) * 1%); background: repeating-linear-gradient(115deg, #0000 0 calc(var(--u) * 1.2), rgb(0 0 0 / .18) 0 calc(var(--u) * 2)), #e2285f; transition: inline-size .2s linear; }
    .spots { direction: ltr; display: grid; grid-template-columns: repeat(3, 1fr); gap: calc(var(--u) * .8); }
    .spots span { display: flex; align-items: center; justify-content: center; gap: .4em; padding: calc(var(--u) * .7); border-radius: calc(var(--u) * 1); background: #2a303d; font-size: calc(var(--u) * 2.5); font-weight: 700; min-inline-size: 0; }
    .spots .weak { background: var(--cc-accent-fill); color: var(--cc-accent-ink); text-shadow: none; font-weight: 800; }
    @media (prefers-reduced-motion: reduce) { .bar i { transition: none; } }
  `];

  protected override render(): TemplateResult | typeof nothing {
    const { sight } = this;
    if (sight === undefined) return nothing;
    const health = this.number('health');
    const { text, language } = sight;
    const bar = html`<div class="bar"><i .style=${`--health:${health}`}></i></div>`;
    if (sight.phase === 'over') return html`${outcomeOf(sight)}${bar}`;
    const weak = this.number('weak');
    return html`<div class="top"><span class="label">${text.phrases['health']}</span><span class="big">${percentText(Math.ceil(health), language)}</span></div>${bar}
      <div class="spots">${SPOTS.map((spot, at) => html`<span class=${at === weak ? 'weak' : ''} dir="auto">${at === weak ? '◎ ' : ''}${text.choices[spot]}${at === weak ? ' ×2' : ''}</span>`)}</div>`;
  }
}

export { bossTexts as texts } from './text.js';

/** Tag of the board. */
export const tag = 'crowdcue-boss-overlay';

/** Makes the board known, once. */
export const define = (): void => {
  if (customElements.get(tag) === undefined) customElements.define(tag, BossOverlay);
};
