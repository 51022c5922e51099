import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { GameView, padStyles } from '../view.js';
import { FALSE_START_SCORE } from './score.js';

/** How the viewer's round stands: `early` and `drew` are taken back or sharpened by what the room says. */
type Standing = 'wait' | 'go' | 'early' | 'drew';

/** The view of quickdraw: one field that waits, turns, and says how fast it was. */
export class QuickdrawView extends GameView {
  static override properties = { ...GameView.properties, early: { state: true } };
  static override styles = [padStyles, css`
    :host { container-type: inline-size; }
    .pad { gap: var(--cc-space-3); transition: none; background: var(--cc-surface-2); color: var(--cc-text); }
    .pad strong { position: relative; font-size: clamp(2.5rem, 17cqi, 6rem); font-weight: var(--cc-weight-loud); font-variant-numeric: tabular-nums; }
    .pad span { position: relative; font-size: var(--cc-size-4); font-weight: var(--cc-weight-strong); letter-spacing: 0; line-height: 1.3; text-align: center; text-wrap: balance; }
    .pad.go { background: var(--cc-accent-fill); color: var(--cc-accent-ink); }
    .pad.early { background: var(--cc-surface-2); color: var(--cc-bad); }
    .pad.early span { color: var(--cc-text); }
    .pad.pending strong { opacity: .8; }
    .lamp { position: absolute; inset: 0; margin: auto; inline-size: min(70cqi, 20rem); aspect-ratio: 1; border-radius: 50%; border: 2px solid var(--cc-line); animation: breathe 2.4s ease-in-out infinite alternate; }
    .lamp.inner { inline-size: min(46cqi, 13rem); animation-delay: -1.2s; }
    @keyframes breathe { from { transform: scale(.94); opacity: .35; } to { transform: scale(1.04); opacity: 1; } }
    @media (prefers-reduced-motion: reduce) { .lamp { animation: none; } }
  `];
  readonly counted = false;
  declare private early: boolean;

  constructor() {
    super();
    this.early = false;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    const before = changed.get('sight');
    if (before !== undefined && before.round !== this.sight?.round) this.early = false;
  }

  override choiceOfKey(key: string): number | undefined {
    return key === ' ' || key === 'Enter' ? 0 : undefined;
  }

  override tap(choice: number, at?: PointerEvent): void {
    const { sight } = this;
    if (sight === undefined || !sight.open || sight.chosen !== undefined) return;
    this.early = sight.texts.get('signal') !== 'go';
    super.tap(choice, at);
  }

  #standing(): Standing {
    const { me, chosen, texts } = this.sight!;
    if (me !== undefined && me.applied > 0) return me.score === FALSE_START_SCORE ? 'early' : 'drew';
    if (chosen !== undefined) return this.early ? 'early' : 'drew';
    return texts.get('signal') === 'go' ? 'go' : 'wait';
  }

  #words(standing: Standing): TemplateResult {
    const { text, me } = this.sight!;
    switch (standing) {
      case 'wait': return html`<i class="lamp"></i><i class="lamp inner"></i><strong>${text.phrases['wait']}</strong><span>${text.phrases['waitHint']}</span>`;
      case 'go': return html`<strong>${text.phrases['go']}</strong>`;
      case 'early': return html`<strong>${text.phrases['early']}</strong><span>${text.phrases['earlyHint']}</span>`;
      case 'drew': return html`<strong>${me !== undefined && me.applied > 0 ? text.score(me) : text.phrases['drew']}</strong><span>${text.phrases['drewHint']}</span>`;
    }
  }

  protected override render(): TemplateResult | typeof nothing {
    if (this.sight === undefined) return nothing;
    const standing = this.#standing();
    const done = standing === 'early' || standing === 'drew' || !this.sight.open;
    return html`<button type="button" class="pad ${standing} ${this.sight.pending > 0 ? 'pending' : ''}" part="pad ${standing}" data-choice="0"
      aria-disabled=${done} @pointerdown=${this.onPointerDown} @click=${this.onClick}>${this.#words(standing)}</button>`;
  }
}

export { quickdrawTexts as texts } from './text.js';

/** Tag of the view. */
export const tag = 'crowdcue-quickdraw';

/** Makes the view known, once. */
export const define = (): void => {
  if (customElements.get(tag) === undefined) customElements.define(tag, QuickdrawView);
};
