import { css, html, nothing, type TemplateResult } from 'lit';
import { outcomeOf, OverlayView, overlayStyles } from '../overlay-view.js';

/** Quickdraw on the stream: wait, and the turn. What the host sees turn, viewers see turn on their own pictures. */
export class QuickdrawOverlay extends OverlayView {
  static override styles = [overlayStyles, css`
    .signal { display: grid; place-content: center; justify-items: center; gap: calc(var(--u) * .8); min-block-size: calc(var(--u) * 15); border-radius: calc(var(--u) * 1.2); background: #2a303d; text-align: center; }
    .signal b { font-size: calc(var(--u) * 9); font-weight: 800; line-height: 1; letter-spacing: -.02em; }
    .signal.go { background: var(--cc-accent-fill); color: var(--cc-accent-ink); text-shadow: none; outline: calc(var(--u) * .6) solid #fff; outline-offset: calc(var(--u) * -1.4); }
  `];

  protected override render(): TemplateResult | typeof nothing {
    const { sight } = this;
    if (sight === undefined) return nothing;
    if (sight.phase === 'over') return html`${outcomeOf(sight)}`;
    const go = this.said('signal') === 'go';
    return html`<div class="signal ${go ? 'go' : ''}"><b>${sight.text.phrases[go ? 'go' : 'wait']}</b>${go ? nothing : html`<span class="label">${sight.text.phrases['waitHint']}</span>`}</div>`;
  }
}

export { quickdrawTexts as texts } from './text.js';

/** Tag of the board. */
export const tag = 'crowdcue-quickdraw-overlay';

/** Makes the board known, once. */
export const define = (): void => {
  if (customElements.get(tag) === undefined) customElements.define(tag, QuickdrawOverlay);
};
