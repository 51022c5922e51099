import { css, html, nothing, type TemplateResult } from 'lit';
import { outcomeOf, OverlayView, overlayStyles } from '../overlay-view.js';
import { numberText } from '../text.js';

const SIDES = ['left', 'right'] as const;

/** Tug on the stream: both teams' pulls, and the rope between them. */
export class TugOverlay extends OverlayView {
  static override styles = [overlayStyles, css`
    .teams { direction: ltr; display: flex; justify-content: space-between; align-items: end; gap: calc(var(--u) * 3); } /* left is left whichever way the words run */
    .team { display: grid; gap: calc(var(--u) * .5); }
    .team.right { justify-items: end; text-align: end; }
    .team .label { display: inline-flex; align-items: center; gap: .4em; }
    .team .label::before { content: ''; inline-size: .8em; block-size: .8em; border-radius: .2em; background: var(--side); outline: .1em solid #fff; }
    .team.right .label { flex-direction: row-reverse; }
    .left { --side: #2f6bff; } .right { --side: #e2285f; }
    .track { direction: ltr; position: relative; display: flex; block-size: calc(var(--u) * 5); border-radius: calc(var(--u) * 1); overflow: hidden; outline: calc(var(--u) * .3) solid #fff; }
    .track i { background: var(--side); transition: flex-grow .16s linear; flex-basis: 0; }
    .track .right { background: repeating-linear-gradient(115deg, #0000 0 calc(var(--u) * .9), rgb(255 255 255 / .22) 0 calc(var(--u) * 1.5)), var(--side); } /* a pattern too, for who sees no red */
    .knot { flex: none; inline-size: calc(var(--u) * .9); background: #fff; }
    .middle { position: absolute; inset-block: 0; inset-inline-start: 50%; border-inline-start: calc(var(--u) * .2) dashed rgb(255 255 255 / .8); }
    @media (prefers-reduced-motion: reduce) { .track i { transition: none; } }
  `];

  #team(side: (typeof SIDES)[number]): TemplateResult {
    const { text, language } = this.sight!;
    const players = this.number(side);
    return html`<div class="team ${side}"><span class="label"><span>${text.choices[side]} · ${numberText(players, language)} ${text.players(players)}</span></span>
      <span class="big">${numberText(this.number(side === 'left' ? 'pullLeft' : 'pullRight'), language)}</span></div>`;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { sight } = this;
    if (sight === undefined) return nothing;
    const left = Math.min(1, Math.max(0, (100 - this.number('rope')) / 200));
    return html`${sight.phase === 'over' ? outcomeOf(sight) : html`<div class="teams">${SIDES.map((side) => this.#team(side))}</div>`}
      <div class="track"><i class="left" .style=${`flex-grow:${left}`}></i><span class="knot"></span><i class="right" .style=${`flex-grow:${1 - left}`}></i><span class="middle"></span></div>`;
  }
}

export { tugTexts as texts } from './text.js';

/** Tag of the board. */
export const tag = 'crowdcue-tug-overlay';

/** Makes the board known, once. */
export const define = (): void => {
  if (customElements.get(tag) === undefined) customElements.define(tag, TugOverlay);
};
