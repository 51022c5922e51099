import { nothing } from 'lit';
import { ChoiceView } from '../choice-view.js';
import { numberOn, textOn } from '../text.js';

/** The view of poll: each option is a pad that fills with the crowd's share of it. */
export class PollView extends ChoiceView {
  protected readonly once = false;

  protected override shareOf(choice: number): number {
    return numberOn(this.sight!, `share${choice + 1}`);
  }

  override recap(): unknown {
    if (this.sight === undefined || numberOn(this.sight, 'votes') === 0) return nothing;
    const leading = textOn(this.sight, 'leading').split('\n');
    return this.shares((choice) => leading.includes(textOn(this.sight!, `option${choice + 1}`)));
  }
}

export { pollTexts as texts } from './text.js';

/** Tag of the view. */
export const tag = 'crowdcue-poll';

/** Makes the view known, once. */
export const define = (): void => {
  if (customElements.get(tag) === undefined) customElements.define(tag, PollView);
};
