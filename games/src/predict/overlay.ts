import { html, nothing, type TemplateResult } from 'lit';
import { outcomeOf, OverlayView, overlayStyles } from '../overlay-view.js';

/** Predict on the stream: what is bet on; how the stakes lay only when it is settled. */
export class PredictOverlay extends OverlayView {
  static override styles = overlayStyles;

  protected override render(): TemplateResult | typeof nothing {
    const { sight } = this;
    if (sight === undefined) return nothing;
    if (sight.phase === 'live') {
      const closed = this.said('bets') === 'closed';
      return html`${this.question(false, () => false)}${closed ? html`<p class="label" dir="auto">${sight.text.phrases['closed']}</p>` : nothing}`;
    }
    const settled = this.number('settled');
    return html`${outcomeOf(sight)}${settled === 0 ? nothing : this.question(true, (choice) => choice + 1 === settled)}`;
  }
}

export { predictTexts as texts } from './text.js';

/** Tag of the board. */
export const tag = 'crowdcue-predict-overlay';

/** Makes the board known, once. */
export const define = (): void => {
  if (customElements.get(tag) === undefined) customElements.define(tag, PredictOverlay);
};
