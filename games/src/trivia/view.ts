import { nothing } from 'lit';
import { ChoiceView } from '../choice-view.js';
import { numberOn } from '../text.js';

/** The view of trivia: a pad an answer; the one that is tapped stands, and nothing tells whether it is right before the end. */
export class TriviaView extends ChoiceView {
  protected readonly once = true;

  override recap(): unknown {
    if (this.sight === undefined || numberOn(this.sight, 'right') === 0) return nothing;
    return this.shares((choice) => choice + 1 === numberOn(this.sight!, 'right'), this.sight.text.phrases['right']);
  }
}

export { triviaTexts as texts } from './text.js';

/** Tag of the view. */
export const tag = 'crowdcue-trivia';

/** Makes the view known, once. */
export const define = (): void => {
  if (customElements.get(tag) === undefined) customElements.define(tag, TriviaView);
};
