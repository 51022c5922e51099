import { css, html, nothing, type TemplateResult } from 'lit';
import { ChoiceView } from '../choice-view.js';
import { numberOn, numberText } from '../text.js';
import { DEFAULT_STAKE, STAKES } from './stakes.js';

/** The view of predict: a stake that is set already, and a pad an outcome; one tap bets. */
export class PredictView extends ChoiceView {
  static override properties = { ...ChoiceView.properties, stake: { state: true } };
  static override styles = [...ChoiceView.styles, css`
    .stakes { display: flex; align-items: center; justify-content: center; gap: var(--cc-space-2); font-size: var(--cc-size-2); color: var(--cc-text-muted); }
    .stakes div { display: flex; gap: 2px; padding: 3px; border-radius: var(--cc-radius-full); background: var(--cc-surface-2); }
    .stakes button { min-inline-size: 2.9rem; min-block-size: 2.75rem; padding: 0 var(--cc-space-3); border: 0; border-radius: var(--cc-radius-full); background: none; color: var(--cc-text); font: inherit; font-size: var(--cc-size-3); font-weight: var(--cc-weight-strong); font-variant-numeric: tabular-nums; cursor: pointer; touch-action: manipulation; }
    .stakes button[aria-pressed='true'] { background: var(--cc-accent-fill); color: var(--cc-accent-ink); font-weight: var(--cc-weight-loud); text-decoration: underline; text-underline-offset: .2em; }
    .stakes button:focus-visible { outline: 3px solid var(--cc-focus); outline-offset: 2px; }
    @container crowdcue (max-height: 30rem) { .stakes > span { display: none; } .stakes button { min-block-size: 2.25rem; } }
  `];
  protected readonly once = true;
  declare private stake: number;

  constructor() {
    super();
    this.stake = DEFAULT_STAKE;
  }

  protected override get value(): number {
    return this.stake;
  }

  /** Gone once the bet stands: a stake that can't be changed any more is not offered. */
  protected override above(): TemplateResult | typeof nothing {
    const { text, chosen, open, language } = this.sight!;
    if (chosen !== undefined || !open) return nothing;
    return html`<div class="stakes"><span id="stake">${text.phrases['stake']}</span><div role="group" aria-labelledby="stake">
      ${STAKES.map((stake) => html`<button type="button" aria-pressed=${stake === this.stake} @click=${() => { this.stake = stake; }}>${numberText(stake, language)}</button>`)}
    </div></div>`;
  }

  protected override below(): unknown {
    const { text, open } = this.sight!;
    return open ? super.below() : html`<b>${text.phrases['closed']}</b><br>${text.phrases['closedHint']}`;
  }

  override recap(): unknown {
    if (this.sight === undefined || numberOn(this.sight, 'settled') === 0) return nothing;
    return this.shares((choice) => choice + 1 === numberOn(this.sight!, 'settled'), this.sight.text.phrases['right']);
  }
}

export { predictTexts as texts } from './text.js';

/** Tag of the view. */
export const tag = 'crowdcue-predict';

/** Makes the view known, once. */
export const define = (): void => {
  if (customElements.get(tag) === undefined) customElements.define(tag, PredictView);
};
