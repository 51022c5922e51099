import { html, nothing, type TemplateResult } from 'lit';
import { outcomeOf, OverlayView, overlayStyles } from '../overlay-view.js';

/** Poll on the stream: the shares as they run. */
export class PollOverlay extends OverlayView {
  static override styles = overlayStyles;

  protected override render(): TemplateResult | typeof nothing {
    const { sight } = this;
    if (sight === undefined) return nothing;
    const leading = this.said('leading').split('\n');
    const isStrong = (choice: number): boolean => sight.phase === 'over' && leading.includes(this.said(`option${choice + 1}`));
    return html`${sight.phase === 'over' ? outcomeOf(sight) : nothing}${this.question(true, isStrong)}`;
  }
}

export { pollTexts as texts } from './text.js';

/** Tag of the board. */
export const tag = 'crowdcue-poll-overlay';

/** Makes the board known, once. */
export const define = (): void => {
  if (customElements.get(tag) === undefined) customElements.define(tag, PollOverlay);
};
