import { html, nothing, type TemplateResult } from 'lit';
import { outcomeOf, OverlayView, overlayStyles } from '../overlay-view.js';

/** Trivia on the stream: question and answers; which is right, and how the crowd answered, only when the round is over. */
export class TriviaOverlay extends OverlayView {
  static override styles = overlayStyles;

  protected override render(): TemplateResult | typeof nothing {
    const { sight } = this;
    if (sight === undefined) return nothing;
    if (sight.phase === 'live') return this.question(false, () => false);
    const right = this.number('right');
    return html`${outcomeOf(sight)}${right === 0 ? nothing : this.question(true, (choice) => choice + 1 === right)}`;
  }
}

export { triviaTexts as texts } from './text.js';

/** Tag of the board. */
export const tag = 'crowdcue-trivia-overlay';

/** Makes the board known, once. */
export const define = (): void => {
  if (customElements.get(tag) === undefined) customElements.define(tag, TriviaOverlay);
};
