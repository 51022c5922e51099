import { css, html, nothing, svg, type TemplateResult } from 'lit';
import { defineRollingNumber } from '../rolling-number.js';
import { GameView, padStyles } from '../view.js';

const SIDES = ['left', 'right'] as const;
type Side = (typeof SIDES)[number];

const chevrons = (side: Side): TemplateResult => html`<svg viewBox="0 0 44 24" aria-hidden="true">
  <g fill="none" stroke="currentColor" stroke-width="4" stroke-linecap="round" stroke-linejoin="round" transform=${side === 'left' ? 'matrix(-1 0 0 1 44 0)' : ''}>
    ${[6, 18, 30].map((x, i) => svg`<path opacity=${[.35, .65, 1][i]!} d="M${x} 4l8 8-8 8" />`)}
  </g>
</svg>`;

/** The view of tug: a rope between two posts, and a pad a team, one of which stays once it was tapped. */
export class TugView extends GameView {
  static override styles = [padStyles, css`
    :host { container-type: inline-size; }
    .teams, .arena, .pads { direction: ltr; } /* left is left whichever way the words run */
    .teams { display: flex; justify-content: space-between; gap: var(--cc-space-4); }
    .team { display: grid; gap: var(--cc-space-1); min-inline-size: 0; color: var(--side-text); }
    .team.right { justify-items: end; text-align: end; }
    .team b { font-weight: var(--cc-weight-strong); font-size: var(--cc-size-3); }
    .team crowdcue-number { font-size: clamp(2rem, 11cqi, 3.5rem); font-weight: var(--cc-weight-loud); letter-spacing: var(--cc-tracking-loud); }
    .team small { font-size: var(--cc-size-2); color: var(--cc-text-muted); }
    .team small crowdcue-number { font-size: inherit; font-weight: var(--cc-weight-strong); letter-spacing: 0; }
    .left { --side: var(--cc-left); --side-ink: var(--cc-left-ink); --side-text: var(--cc-left-text); }
    .right { --side: var(--cc-right); --side-ink: var(--cc-right-ink); --side-text: var(--cc-right-text); }
    .arena { position: relative; flex: 0 0 auto; block-size: clamp(4.5rem, 20cqi, 7rem); border-radius: var(--cc-radius-m); overflow: hidden; background: var(--cc-surface-2); }
    .half { position: absolute; inset-block: 0; inline-size: 50%; background: var(--side); opacity: .16; transition: opacity var(--cc-time-3); }
    .half.right { inset-inline-start: 50%; }
    .half.leads { opacity: .42; }
    .post { position: absolute; inset-block: 0; inline-size: 6px; margin-inline: -3px; background: var(--side); }
    .post.left { inset-inline-start: 8%; }
    .post.right { inset-inline-start: 92%; }
    .middle { position: absolute; inset-block: 0; inset-inline-start: 50%; border-inline-start: 2px dashed var(--cc-text-muted); margin-inline-start: -1px; opacity: .5; }
    .rope { position: absolute; inset-block: 0; inset-inline: 0; transform: translateX(calc(var(--rope) * .42%)); transition: transform .16s linear; }
    .strand {
      position: absolute; inset-inline: -60%; inset-block-start: calc(50% - 7px); block-size: 14px; border-radius: 7px;
      background: repeating-linear-gradient(112deg, rgb(0 0 0 / .28) 0 3px, transparent 3px 13px), linear-gradient(#fff6, #0000 40%, #0003), #c9a46a;
      box-shadow: 0 2px 5px rgb(0 0 0 / .3);
    }
    .flag { position: absolute; inset-block-start: 50%; inset-inline-start: 50%; inline-size: 34px; block-size: 34px; margin: -17px; rotate: 45deg; border-radius: 8px; background: var(--cc-accent-fill); border: 4px solid var(--cc-text); box-shadow: 0 2px 10px rgb(0 0 0 / .35); }
    .pads { display: flex; flex: 1; gap: var(--cc-space-3); min-block-size: 0; }
    .pad { background: var(--side); color: var(--side-ink); font-size: clamp(1.375rem, 7cqi, 2.25rem); }
    .pad svg { inline-size: 1.9em; }
    .pad small { font-size: var(--cc-size-3); font-weight: var(--cc-weight-strong); letter-spacing: 0; }
    .mine { font-size: clamp(2.5rem, 16cqi, 4.5rem); }
    .mine.pending { opacity: .82; }
    @container crowdcue (max-height: 30rem) {
      .arena { block-size: 3.5rem; }
      .pad { min-block-size: 5rem; padding: var(--cc-space-2); }
      .pad .side { display: none; }
      .mine { font-size: 2.25rem; }
    }
  `];

  readonly counted = true;

  override choiceOfKey(key: string): number | undefined {
    switch (key.toLowerCase()) {
      case 'arrowleft': case 'a': return 0;
      case 'arrowright': case 'd': return 1;
      case ' ': case 'enter': return this.sight?.chosen;
      default: return undefined;
    }
  }

  override tap(choice: number, at?: PointerEvent): void {
    const { sight } = this;
    if (sight === undefined || !sight.open || (sight.chosen !== undefined && sight.chosen !== choice)) return;
    super.tap(choice, at);
  }

  #number(key: string): number {
    return this.sight?.numbers.get(key) ?? 0;
  }

  #team(side: Side): TemplateResult {
    const { text, language } = this.sight!;
    const pull = side === 'left' ? 'pullLeft' : 'pullRight';
    return html`<div class="team ${side}" part="team ${side}">
      <b>${text.choices[side]}</b>
      <crowdcue-number .value=${this.#number(pull)} .language=${language}></crowdcue-number>
      <small><crowdcue-number .value=${this.#number(side)} .language=${language}></crowdcue-number> ${text.players(this.#number(side))}</small>
    </div>`;
  }

  #arena(): TemplateResult {
    const rope = this.#number('rope');
    return html`<div class="arena" part="arena" aria-hidden="true">
      <span class="half left ${rope < -1 ? 'leads' : ''}"></span>
      <span class="half right ${rope > 1 ? 'leads' : ''}"></span>
      <span class="middle"></span><span class="post left"></span><span class="post right"></span>
      <span class="rope" .style=${`--rope:${rope}`}><span class="strand"></span><span class="flag"></span></span>
    </div>`;
  }

  #pad(side: Side, choice: number): TemplateResult | typeof nothing {
    const { text, chosen, me, pending, open, language } = this.sight!;
    if (chosen !== undefined && chosen !== choice) return nothing;
    const taps = (me?.score ?? 0) + pending;
    return html`<button type="button" class="pad ${side}" part="pad ${side}" data-choice=${choice} aria-disabled=${!open}
      aria-label=${chosen === undefined ? text.choices[side]! : `${text.press}, ${text.choices[side]}`}
      @pointerdown=${this.onPointerDown} @click=${this.onClick}>
      ${chosen === undefined
        ? html`${chevrons(side)}<span>${text.choices[side]}</span>`
        : html`<small class="side">${text.choices[side]}</small><span class="mine ${pending > 0 ? 'pending' : ''}"><crowdcue-number .value=${taps} .language=${language}></crowdcue-number></span><small>${text.press}</small>`}
    </button>`;
  }

  protected override render(): TemplateResult | typeof nothing {
    if (this.sight === undefined) return nothing;
    return html`<div class="teams">${SIDES.map((side) => this.#team(side))}</div>${this.#arena()}
      <div class="pads">${SIDES.map((side, choice) => this.#pad(side, choice))}</div>`;
  }
}

export { tugTexts as texts } from './text.js';

/** Tag of the view. */
export const tag = 'crowdcue-tug';

/** Makes the view known, once. */
export const define = (): void => {
  defineRollingNumber();
  if (customElements.get(tag) === undefined) customElements.define(tag, TugView);
};
