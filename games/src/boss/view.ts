import { css, html, nothing, svg, type PropertyValues, type TemplateResult } from 'lit';
import { defineRollingNumber } from '../rolling-number.js';
import { numberOn } from '../text.js';
import { tick } from '../tick.js';
import { GameView, padStyles } from '../view.js';

const SPOTS = ['left', 'middle', 'right'] as const;
/** Percent of the bar below which it looks worried. */
const WORRIED = 50;

const target = html`<svg class="icon" viewBox="0 0 32 32" aria-hidden="true"><g fill="none" stroke="currentColor" stroke-width="3"><circle cx="16" cy="16" r="9" /><path d="M16 1v9M16 22v9M1 16h9M22 16h9" stroke-linecap="round" /></g><circle cx="16" cy="16" r="3" fill="currentColor" /></svg>`;
const shield = html`<svg class="icon" viewBox="0 0 32 32" aria-hidden="true"><path d="M16 3l11 4v8c0 7-5 12-11 14C10 27 5 22 5 15V7z" fill="none" stroke="currentColor" stroke-width="3" stroke-linejoin="round" /></svg>`;

/** The creature: it looks to where it is weak, and gets worried. */
const creature = (weak: number, health: number): TemplateResult => html`<svg class="creature" viewBox="0 0 240 150" aria-hidden="true">
  <path class="body" d="M40 62 22 12l44 22c16-9 34-14 54-14s38 5 54 14l44-22-18 50c9 13 14 28 14 44 0 18-8 32-20 44H46c-12-12-20-26-20-44 0-16 5-31 14-44z" />
  ${[82, 158].map((x) => svg`<circle class="eye" cx=${x} cy="78" r="21" /><circle class="pupil" cx=${x} cy="80" r="9" .style=${`--look:${weak - 1}`} />`)}
  ${health > WORRIED
    ? svg`<path class="mouth" d="M86 116q34 20 68 0" />`
    : svg`<path class="mouth" d="M86 124q17-16 34 0t34 0" /><path class="brow" d="M60 56l32-10M180 56l-32-10" />`}
</svg>`;

/** The view of boss: a creature, its bar, and a pad for each of three spots, of which the weak one is marked. */
export class BossView extends GameView {
  static override styles = [padStyles, css`
    :host { container-type: inline-size; gap: var(--cc-space-3); }
    .top { display: flex; align-items: baseline; justify-content: space-between; gap: var(--cc-space-3); font-weight: var(--cc-weight-strong); }
    .top span { display: inline-flex; align-items: baseline; font-size: clamp(1.625rem, 9cqi, 2.75rem); font-weight: var(--cc-weight-loud); letter-spacing: var(--cc-tracking-loud); line-height: 1; color: var(--cc-right-text); }
    .top i { font-style: normal; font-size: .6em; margin-inline-start: .1em; }
    .bar { position: relative; flex: none; block-size: 20px; border-radius: 10px; overflow: hidden; background: var(--cc-surface-2); }
    .bar i { position: absolute; inset-block: 0; inset-inline-start: 0; inline-size: calc(var(--health) * 1%); background: var(--cc-right); transition: inline-size .16s linear; }
    .bar::after { content: ''; position: absolute; inset: 0; background: repeating-linear-gradient(90deg, transparent 0 calc(25% - 2px), var(--cc-surface) calc(25% - 2px) 25%); }
    .arena { display: grid; flex: 1 1 9rem; place-items: center; min-block-size: 0; max-block-size: 15rem; padding: var(--cc-space-3); border-radius: var(--cc-radius-m); background: var(--cc-surface-2); overflow: hidden; }
    .creature { block-size: 100%; inline-size: 100%; min-block-size: 0; animation: loom 3s ease-in-out infinite alternate; }
    .body { fill: var(--cc-right); }
    .eye { fill: #fff; }
    .pupil { fill: #10131a; transform: translateX(calc(var(--look) * 10px)); transition: transform var(--cc-time-3) var(--cc-ease); }
    .mouth, .brow { fill: none; stroke: var(--cc-right-ink); stroke-width: 7; stroke-linecap: round; stroke-linejoin: round; }
    @keyframes loom { from { transform: translateY(3%) scale(.97); } to { transform: translateY(-1%) scale(1); } }
    .pads { display: flex; flex: 2 1 10rem; gap: var(--cc-space-2); min-block-size: 7rem; max-block-size: 16rem; direction: ltr; } /* left is left whichever way the words run */
    .pad { gap: var(--cc-space-2); padding: var(--cc-space-2); min-inline-size: 0; background: var(--cc-surface-2); color: var(--cc-text); font-size: clamp(1rem, 4.6cqi, 1.375rem); line-height: 1.1; text-align: center; }
    .pad small { font-size: .75em; font-weight: var(--cc-weight-strong); letter-spacing: 0; color: var(--cc-text-muted); }
    .pad .icon { inline-size: clamp(1.75rem, 9cqi, 3rem); block-size: clamp(1.75rem, 9cqi, 3rem); color: var(--cc-text-muted); }
    .pad.weak { flex-grow: 1.35; background: var(--cc-accent-fill); color: var(--cc-accent-ink); }
    .pad.weak small, .pad.weak .icon { color: inherit; }
    .pad.weak .icon { inline-size: clamp(2.5rem, 14cqi, 4.5rem); block-size: clamp(2.5rem, 14cqi, 4.5rem); animation: beat 1s var(--cc-ease) infinite alternate; }
    @keyframes beat { from { transform: scale(.88); } to { transform: scale(1.06); } }
    .mine { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: 0 var(--cc-space-3); margin: 0; font-size: var(--cc-size-2); color: var(--cc-text-muted); }
    .mine b { color: var(--cc-text); font-size: var(--cc-size-4); font-weight: var(--cc-weight-loud); }
    .mine .in { display: inline-flex; align-items: center; gap: .35em; color: var(--cc-good); font-weight: var(--cc-weight-strong); }
    .tick { inline-size: 1.1em; block-size: 1.1em; }
    @container crowdcue (max-height: 30rem) {
      :host { gap: var(--cc-space-2); }
      .top span { font-size: 1.375rem; }
      .bar { block-size: 12px; }
      .arena { flex: 1 1 3.5rem; padding: 4px; }
      .pads { flex: 3 1 6rem; min-block-size: 5rem; }
      .pad { min-block-size: 5rem; gap: 4px; }
      .mine b { font-size: var(--cc-size-3); }
    }
    @media (prefers-reduced-motion: reduce) { .creature, .pad.weak .icon { animation: none; } }
  `];

  readonly counted = true;

  override choiceOfKey(key: string): number | undefined {
    switch (key) {
      case '1': case 'ArrowLeft': return 0;
      case '2': case 'ArrowDown': case 'ArrowUp': return 1;
      case '3': case 'ArrowRight': return 2;
      case ' ': return this.sight?.chosen;
      default: return undefined;
    }
  }

  override tap(choice: number, at?: PointerEvent): void {
    if (this.sight?.open === true) super.tap(choice, at);
  }

  protected override updated(changed: PropertyValues<this>): void {
    const before = changed.get('sight');
    const hurt = before !== undefined && this.sight !== undefined && numberOn(before, 'hits') < numberOn(this.sight, 'hits');
    if (!hurt || matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    this.renderRoot.querySelector('.body')?.animate([{ transform: 'none' }, { transform: 'translateX(-3px)' }, { transform: 'translateX(3px)' }, { transform: 'none' }], { duration: 140 });
  }

  #pad(choice: number, weak: boolean): TemplateResult {
    const { text, open } = this.sight!;
    const name = text.choices[SPOTS[choice]!]!;
    return html`<button type="button" class="pad ${weak ? 'weak' : ''}" part="pad ${weak ? 'weak' : ''}" data-choice=${choice} aria-disabled=${!open}
      aria-label=${weak ? `${name}, ${text.phrases['weak']!} ×2` : name} @pointerdown=${this.onPointerDown} @click=${this.onClick}>
      ${weak ? target : shield}<span dir="auto">${name}</span> ${weak ? html`<small dir="auto">${text.phrases['weak']} ×2</small>` : nothing}
    </button>`;
  }

  #mine(): TemplateResult {
    const { text, me, pending, language } = this.sight!;
    const damage = (me?.score ?? 0) + pending;
    const missing = numberOn(this.sight!, 'enough') - damage;
    return html`<p class="mine"><span>${text.phrases['damage']} <b><crowdcue-number .value=${damage} .language=${language}></crowdcue-number></b></span>
      ${missing > 0 ? html`<span>${text.phrases['toWin']!.replace('#', String(missing))}</span>` : html`<span class="in">${tick}${text.phrases['enough']}</span>`}</p>`;
  }

  protected override render(): TemplateResult | typeof nothing {
    if (this.sight === undefined) return nothing;
    const { text, language } = this.sight;
    const health = numberOn(this.sight, 'health');
    const weak = numberOn(this.sight, 'weak');
    return html`<div class="top" part="team"><b>${text.phrases['health']}</b><span><crowdcue-number .value=${Math.ceil(health)} .language=${language}></crowdcue-number><i>%</i></span></div>
      <div class="bar" aria-hidden="true"><i .style=${`--health:${health}`}></i></div>
      <div class="arena" part="arena">${creature(weak, health)}</div>
      <div class="pads">${SPOTS.map((_, choice) => this.#pad(choice, choice === weak))}</div>${this.#mine()}`;
  }
}

export { bossTexts as texts } from './text.js';

/** Tag of the view. */
export const tag = 'crowdcue-boss';

/** Makes the view known, once. */
export const define = (): void => {
  defineRollingNumber();
  if (customElements.get(tag) === undefined) customElements.define(tag, BossView);
};
