import { html, LitElement, type TemplateResult } from 'lit';
import { numbersWith } from '@crowdcue/games/texts';
import { systemClock } from '../clock.js';

/** How often the time is looked at, ms: late by no more than an eye notices. */
const LOOK_MS = 250;
const first = numbersWith({ useGrouping: false });
const second = numbersWith({ minimumIntegerDigits: 2 });

/** "9:58", in the digits of the language. */
export const clockText = (seconds: number, language: string): string => `${first(Math.floor(seconds / 60), language)}:${second(seconds % 60, language)}`;

/** The time that a reservation holds; says when it is over, and when the viewer comes back to this page, from the shop perhaps. In no tree of its own, so that the sheet's styles hold. */
export class RewardCountdown extends LitElement {
  static override properties = { endsAt: { attribute: false }, words: { attribute: false }, language: { attribute: false }, seconds: { state: true } };
  /** By this device's clock, ms since 1970. */
  declare endsAt: number;
  declare words: (clock: string) => string;
  declare language: string;
  declare private seconds: number;
  /** Something may have changed. */
  ask: () => void = () => undefined;
  #looking: ReturnType<typeof setInterval> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#looking = setInterval(() => this.#look(), LOOK_MS);
    document.addEventListener('visibilitychange', this.#back);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#looking);
    document.removeEventListener('visibilitychange', this.#back);
  }

  readonly #back = (): void => {
    if (document.visibilityState === 'visible') this.ask();
  };

  #look(): void {
    const before = this.seconds;
    this.seconds = Math.max(0, Math.ceil((this.endsAt - systemClock.wall()) / 1_000));
    if (this.seconds === 0 && before > 0) this.ask();
  }

  protected override willUpdate(): void {
    this.#look();
  }

  protected override createRenderRoot(): this {
    return this;
  }

  protected override render(): TemplateResult {
    return html`<span role="timer">${this.words(clockText(this.seconds, this.language))}</span>`;
  }
}

/** Makes the countdown known, once. */
export const defineCountdown = (): void => {
  if (customElements.get('crowdcue-countdown') === undefined) customElements.define('crowdcue-countdown', RewardCountdown);
};
