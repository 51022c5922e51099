import type { GameView, HostPermission, PlanView } from '@crowdcue/protocol';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { controls } from '../shared/controls.js';
import { clockFace, counted } from '../shared/format.js';

type Cue = PlanView['cues'][number];

/** What the host wants of the plan. */
export type PlanCommand = { readonly auto: boolean } | { readonly cue: string; readonly verb: 'cue' | 'skip' | 'undo' };

const LOOK_MS = 1_000;
const DAY_S = 86_400;

// A local time is read and written as if it were Greenwich's: it has its zone's hours already.
const day = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', weekday: 'short', day: 'numeric', month: 'short' });

/** `Fri 27 Nov 20:05`. */
export const localText = (local: string): string => `${day.format(new Date(`${local}Z`)).replace(',', '')} ${local.slice(11, 16)}`;

/** How long until then: `in 2 days`, `in 3:07:05`, `0:42 ago`. */
export const untilText = (ms: number): string => {
  const s = Math.abs(Math.round(ms / 1_000));
  const days = Math.floor(s / DAY_S);
  const text = days >= 1 ? counted(days, 'day') : clockFace(s * 1_000);
  return ms >= 0 ? `in ${text}` : `${text} ago`;
};

/** The planned rounds, which is next, and what may be done with each. Raises `plan`. */
export class PlanPanel extends LitElement {
  static override properties = { plan: { attribute: false }, games: { attribute: false }, now: { attribute: false }, busy: { type: Boolean }, may: { attribute: false } };
  declare plan: PlanView;
  declare games: readonly GameView[];
  /** Gives ms since 1970, by the origin. */
  declare now: () => number;
  declare busy: boolean;
  /** What who is here may do: what they may not is not offered. */
  declare may: readonly HostPermission[];
  #timer: ReturnType<typeof setInterval> | undefined;

  static override styles = [controls, css`
    :host { display: block; }
    .next { margin-bottom: var(--cc-space-3); }
    .next b { font-size: var(--cc-size-3); }
    .scroll { max-height: 320px; overflow: auto; }
    li { display: flex; flex-wrap: wrap; align-items: center; gap: var(--cc-space-1) var(--cc-space-3); padding: var(--cc-space-2) 0; border-top: 1px solid var(--cc-line); }
    .what { flex: 1; min-width: 9em; }
    .what span { display: block; }
    .skipped .name, .missed .name { text-decoration: line-through; color: var(--cc-text-muted); }
    .buttons { display: flex; gap: var(--cc-space-2); }
    .check { display: flex; align-items: center; gap: var(--cc-space-2); min-height: 32px; }
  `];

  override connectedCallback(): void {
    super.connectedCallback();
    this.#timer = setInterval(() => this.requestUpdate(), LOOK_MS);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
  }

  override render() {
    const { plan } = this;
    const next = plan.cues.find(({ state }) => state === 'planned');
    return html`<section class="card" aria-label="Plan">
      <div class="card-head"><h2 class="caps">Plan</h2><span class="small muted">${plan.zone}</span></div>
      ${next === undefined ? html`<p class="muted small next">Nothing is left to cue.</p>`
        : html`<p class="next small" data-test="next-cue">Next: <b>${this.#title(next)}</b> ${localText(next.local)} <span class="num muted">${untilText(next.at - this.now())}</span></p>`}
      ${!this.may.includes('own') ? nothing : html`<label class="check small"><input type="checkbox" name="plan-auto" .checked=${plan.auto} ?disabled=${this.busy} @change=${(e: Event) => this.#raise({ auto: (e.target as HTMLInputElement).checked })}> Rounds cue themselves at their time</label>`}
      ${plan.shows.some(({ twice }) => twice) ? html`<p class="small muted">Clocks show this time twice on ${plan.shows.filter(({ twice }) => twice).map(({ local }) => localText(local)).join(', ')}; the first is meant.</p>` : nothing}
      <div class="scroll" tabindex="0" role="region" aria-label="Planned rounds"><ul>${plan.cues.map((cue) => this.#row(cue))}</ul></div>
    </section>`;
  }

  #row(cue: Cue): TemplateResult {
    const name = `${this.#title(cue)}, ${localText(cue.local)}`;
    const button = (verb: 'cue' | 'skip' | 'undo', text: string): TemplateResult =>
      html`<button class="small" aria-label="${text}: ${name}" ?disabled=${this.busy} @click=${() => this.#raise({ cue: cue.id, verb })}>${text}</button>`;
    return html`<li class=${cue.state} data-test="planned" data-state=${cue.state}>
      <span class="what"><span class="name">${this.#title(cue)}</span><span class="small muted num">${localText(cue.local)} · ${cue.state}${cue.round === undefined ? nothing : html`, round ${cue.round}`}${cue.code === undefined ? nothing : html` (${cue.code})`}</span></span>
      ${!this.may.includes('show') ? nothing : html`<span class="buttons">${cue.state === 'cued' ? button('undo', 'Undo') : button('cue', 'Cue now')}${cue.state === 'planned' ? button('skip', 'Skip') : nothing}${cue.state === 'skipped' ? button('undo', 'Undo') : nothing}</span>`}</li>`;
  }

  #title({ game }: Cue): string {
    return this.games.find(({ id }) => id === game)?.title ?? game;
  }

  #raise(detail: PlanCommand): void {
    this.dispatchEvent(new CustomEvent<PlanCommand>('plan', { detail }));
  }
}

customElements.define('cc-plan', PlanPanel);
