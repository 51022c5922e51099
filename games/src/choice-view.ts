/** What the views of games that ask something have in common: a question, and a pad for each choice that the host has named. */
import { css, html, nothing, type TemplateResult } from 'lit';
import type { ShareRow } from './shares.js';
import { numberOn, optionsOn, percentText, textOn } from './text.js';
import { tick } from './tick.js';
import { GameView, padStyles } from './view.js';

const choiceStyles = css`
  :host { container-type: inline-size; gap: var(--cc-space-3); }
  .question { margin: 0; font-size: clamp(1.25rem, 6.2cqi, 2rem); font-weight: var(--cc-weight-loud); letter-spacing: var(--cc-tracking-loud); line-height: 1.2; text-align: center; text-wrap: balance; overflow-wrap: anywhere; }
  .options { display: grid; flex: 1; grid-auto-rows: minmax(3.25rem, 8rem); align-content: safe center; gap: var(--cc-space-2); min-block-size: 0; }
  .options .pad {
    display: flex; align-items: center; gap: var(--cc-space-3); min-block-size: 0; padding: var(--cc-space-2) var(--cc-space-4) var(--cc-space-2) var(--cc-space-3); border-radius: var(--cc-radius-m);
    background: var(--cc-surface-2); color: var(--cc-text); font-size: clamp(1.0625rem, 4.6cqi, 1.375rem); font-weight: var(--cc-weight-strong); letter-spacing: 0; text-align: start; isolation: isolate;
  }
  .fill { position: absolute; z-index: -1; inset-block: 0; inset-inline-start: 0; inline-size: calc(var(--share) * 1%); background: var(--cc-accent-soft); box-shadow: inset 0 -4px var(--cc-accent-fill); transition: inline-size var(--cc-time-3) var(--cc-ease); }
  .badge { flex: none; display: grid; place-content: center; inline-size: 1.9em; aspect-ratio: 1; border-radius: var(--cc-radius-s); background: var(--cc-surface); color: var(--cc-text); font-size: .9em; font-weight: var(--cc-weight-loud); font-variant-numeric: tabular-nums; box-shadow: inset 0 0 0 1px var(--cc-line); }
  .name { flex: 1; min-inline-size: 0; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow: hidden; overflow-wrap: anywhere; line-height: 1.2; text-align: -webkit-match-parent; text-align: match-parent; }
  .share { font-weight: var(--cc-weight-loud); font-variant-numeric: tabular-nums; }
  .pad.own::after { content: ''; position: absolute; inset: 0; border: 3px solid var(--cc-accent-text); border-radius: inherit; pointer-events: none; }
  .pad.own .badge { background: var(--cc-accent-fill); color: var(--cc-accent-ink); box-shadow: none; }
  .pad.own.pending .badge { opacity: .8; }
  .pad.passed { color: var(--cc-text-muted); }
  .tick { inline-size: 1.15em; block-size: 1.15em; }
  .below { margin: 0; min-block-size: 2.9em; font-size: var(--cc-size-2); line-height: 1.45; text-align: center; text-wrap: balance; color: var(--cc-text-muted); }
  .below b { color: var(--cc-text); font-weight: var(--cc-weight-strong); }
  @container (min-width: 36rem) { .options { grid-template-columns: 1fr 1fr; } }
  @container crowdcue (max-height: 38rem) {
    :host { gap: var(--cc-space-2); }
    .question { flex: none; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 6; overflow: hidden; font-size: clamp(1.125rem, 5.6cqi, 1.625rem); }
    .below { min-block-size: 0; }
    .options.many { grid-template-columns: 1fr 1fr; }
    .options.many .pad { display: grid; grid-template: 'badge name' 'badge share' / auto 1fr; align-content: center; justify-items: start; row-gap: 0; padding-inline: var(--cc-space-2); }
    .many .badge { grid-area: badge; align-self: center; }
    .many .name { grid-area: name; -webkit-line-clamp: 2; }
    .many .share { grid-area: share; font-size: .9em; }
  }
  @container crowdcue (max-height: 30rem) {
    .question { font-size: clamp(1rem, 5.5cqi, 1.375rem); -webkit-line-clamp: 3; }
    .options { grid-auto-rows: minmax(2.75rem, 8rem); gap: 6px; overflow: hidden auto; }
    .options .pad { font-size: .9375rem; gap: var(--cc-space-2); padding: 2px var(--cc-space-3) 2px 6px; }
    .many .name { font-size: .875rem; }
    .below { display: none; }
  }
`;

/** Question and pads. What a tap means, and what stands on a pad besides its name, is the game's. */
export abstract class ChoiceView extends GameView {
  static override styles = [padStyles, choiceStyles];
  readonly counted = false;
  /** Whether a choice, once made, stands. */
  protected abstract readonly once: boolean;

  override choiceOfKey(key: string): number | undefined {
    const choice = Number(key) - 1;
    return /^[1-9]$/.test(key) && this.sight !== undefined && choice < optionsOn(this.sight).length ? choice : undefined;
  }

  override tap(choice: number, at?: PointerEvent): void {
    const { sight } = this;
    if (sight === undefined || !sight.open || choice >= optionsOn(sight).length) return;
    if (sight.chosen === choice || (this.once && sight.chosen !== undefined)) return;
    super.tap(choice, at);
  }

  /** The crowd's share of a choice, percent, where the game shows it while it runs. */
  protected shareOf(_choice: number): number | undefined {
    return undefined;
  }

  /** What stands between question and pads. */
  protected above(): unknown {
    return nothing;
  }

  /** A line below the pads. */
  protected below(): unknown {
    const { text, chosen } = this.sight!;
    return chosen === undefined ? text.phrases['ask'] : html`<b>${text.phrases['own']}: ${optionsOn(this.sight!)[chosen] ?? ''}</b><br>${text.phrases['hint']}`;
  }

  /** How the crowd chose; `strong` says which choice the outcome is about, and `note` what that is called. Its bars are loaded with the first outcome. */
  protected shares(strong: (choice: number) => boolean, note?: string): TemplateResult {
    void import('./shares.js').then(({ defineShares }) => defineShares(), () => undefined); // without them the words still say it
    const { text, chosen, language } = this.sight!;
    const rows = optionsOn(this.sight!).map((name, choice): ShareRow => ({
      name, share: numberOn(this.sight!, `share${choice + 1}`), strong: strong(choice),
      notes: [...(strong(choice) && note !== undefined ? [note] : []), ...(choice === chosen ? [text.phrases['own']!] : [])],
    }));
    return html`<crowdcue-shares dir=${text.dir ?? 'ltr'} .rows=${rows} .language=${language}></crowdcue-shares>`;
  }

  #pad(name: string, choice: number): TemplateResult {
    const { chosen, open, pending, language, text } = this.sight!;
    const own = chosen === choice;
    const share = this.shareOf(choice);
    const passed = this.once && chosen !== undefined && !own;
    const percent = share === undefined ? '' : percentText(share, language);
    return html`<button type="button" class="pad ${own ? 'own' : passed ? 'passed' : ''} ${pending > 0 ? 'pending' : ''}" part="pad" data-choice=${choice}
      aria-pressed=${own} aria-disabled=${!open || passed} aria-label=${`${choice + 1}: ${name}${percent === '' ? '' : `, ${percent}`}${own ? `, ${text.phrases['own']!}` : ''}`}
      @pointerdown=${this.onPointerDown} @click=${this.onClick}>
      ${share === undefined ? nothing : html`<i class="fill" .style=${`--share:${share}`}></i>`}
      <span class="badge">${own ? tick : choice + 1}</span> <span class="name" dir="auto">${name}</span> ${share === undefined ? nothing : html`<span class="share">${percent}</span>`}
    </button>`;
  }

  protected override render(): TemplateResult | typeof nothing {
    if (this.sight === undefined) return nothing;
    const options = optionsOn(this.sight);
    return html`<h2 class="question" dir="auto">${textOn(this.sight, 'question')}</h2>${this.above()}
      <div class="options ${options.length > 4 ? 'many' : ''}">${options.map((name, choice) => this.#pad(name, choice))}</div>
      <p class="below" dir="auto">${this.below()}</p>`;
  }
}
