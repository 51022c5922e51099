import type { GameView, HostPermission, PlanView } from '@crowdcue/protocol';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { controls } from '../shared/controls.js';
import { clockFace, counted, seconds } from '../shared/format.js';
import type { RoundDraft } from './host-drafts.js';
import './plan-editor.js';
import type { PlanEditor } from './plan-editor.js';

type Cue = PlanView['cues'][number];

/** What the host wants of the plan. */
export type PlanCommand =
  | { readonly auto: boolean }
  | { readonly cue: string; readonly verb: 'cue' | 'skip' | 'undo' }
  | { readonly cue: string; readonly edit: RoundDraft }
  | { readonly cue: string; readonly move: 1 | -1 }
  /** `title`: what it is called, to say what can be brought back. */
  | { readonly cue: string; readonly remove: true; readonly title: string };

const LOOK_MS = 1_000;
const DAY_S = 86_400;

// A local time is read and written as if it were Greenwich's: it has its zone's hours already.
const day = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', weekday: 'short', day: 'numeric', month: 'short' });

/** A round that is still the host's to change. */
const isOpen = (cue: Cue | undefined): boolean => cue !== undefined && cue.state !== 'cued';

/** What tells one plan from the next; each poll brings a new object. */
const roundsOf = ({ cues }: PlanView): string => JSON.stringify(cues.map(({ id, game, durationMs, params }) => [id, game, durationMs, params]));

/** `Fri 27 Nov 20:05`. */
export const localText = (local: string): string => `${day.format(new Date(`${local}Z`)).replace(',', '')} ${local.slice(11, 16)}`;

/** How long until then: `in 2 days`, `in 3:07:05`, `0:42 ago`. */
export const untilText = (ms: number): string => {
  const s = Math.abs(Math.round(ms / 1_000));
  const days = Math.floor(s / DAY_S);
  const text = days >= 1 ? counted(days, 'day') : clockFace(s * 1_000);
  return ms >= 0 ? `in ${text}` : `${text} ago`;
};

/** The planned rounds, which is next, and what may be done with each. */
export class PlanPanel extends LitElement {
  static override properties = { plan: { attribute: false }, games: { attribute: false }, now: { attribute: false }, busy: { type: Boolean }, may: { attribute: false }, give: { attribute: false }, changing: { state: true }, open: { state: true } };
  declare plan: PlanView;
  declare games: readonly GameView[];
  /** Gives ms since 1970, by the origin. */
  declare now: () => number;
  declare busy: boolean;
  /** What who is here may do: what they may not is not offered. */
  declare may: readonly HostPermission[];
  /** Gives a command; resolves whether it worked, and says itself why not. */
  declare give: (command: PlanCommand) => Promise<boolean>;
  /** Rounds are changed now, not cued. */
  private declare changing: boolean;
  /** The round whose fields stand open. */
  private declare open: string | undefined;
  /** Where the focus goes once the plan has changed. */
  #focus: { readonly before: string; readonly selector: string } | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;

  static override styles = [controls, css`
    :host { display: block; }
    .next { margin-bottom: var(--cc-space-3); }
    .next b { font-size: var(--cc-size-3); }
    .scroll { max-height: 320px; overflow: auto; }
    .scroll:has(cc-plan-editor) { max-height: none; }
    li { display: flex; flex-wrap: wrap; align-items: center; gap: var(--cc-space-1) var(--cc-space-3); padding: var(--cc-space-2) 0; border-top: 1px solid var(--cc-line); }
    .what { flex: 1; min-width: 9em; }
    .what span { display: block; }
    .skipped .name, .missed .name { text-decoration: line-through; color: var(--cc-text-muted); }
    .zone { flex: 1; text-align: end; }
    .move { min-width: 36px; padding: 0; }
    button[aria-pressed=true] { border-color: var(--cc-accent-text); background: var(--cc-accent-soft); }
    .buttons { display: flex; flex-wrap: wrap; gap: var(--cc-space-2); }
    .check { display: flex; align-items: center; gap: var(--cc-space-2); min-height: 32px; }
  `];

  constructor() {
    super();
    this.changing = false;
  }

  protected override updated(): void {
    if (this.#focus === undefined || this.busy || this.#focus.before === roundsOf(this.plan)) return;
    const to = this.renderRoot.querySelector<HTMLElement>(this.#focus.selector);
    this.#focus = undefined;
    to?.focus();
  }

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
      <div class="card-head"><h2 class="caps">Plan</h2><span class="small muted zone">${plan.zone}</span>${this.may.includes('own') ? html`<button class="small" data-test="change-plan" aria-pressed=${this.changing} @click=${() => { this.changing = !this.changing; this.open = undefined; }}>Change</button>` : nothing}</div>
      ${next === undefined ? html`<p class="muted small next">Nothing is left to cue.</p>`
        : html`<p class="next small" data-test="next-cue">Next: <b>${this.#title(next)}</b> ${localText(next.local)} <span class="num muted">${untilText(next.at - this.now())}</span></p>`}
      ${!this.may.includes('own') ? nothing : html`<label class="check small"><input type="checkbox" name="plan-auto" .checked=${plan.auto} ?disabled=${this.busy} @change=${(e: Event) => this.give({ auto: (e.target as HTMLInputElement).checked })}> Rounds cue themselves at their time</label>`}
      ${plan.shows.some(({ twice }) => twice) ? html`<p class="small muted">Clocks show this time twice on ${plan.shows.filter(({ twice }) => twice).map(({ local }) => localText(local)).join(', ')}; the first is meant.</p>` : nothing}
      <div class="scroll" tabindex="0" role="region" aria-label="Planned rounds"><ul>${plan.cues.map((cue) => this.#row(cue))}</ul></div>
    </section>`;
  }

  #row(cue: Cue): TemplateResult {
    const name = `${this.#title(cue)}, ${localText(cue.local)}`;
    const button = (verb: 'cue' | 'skip' | 'undo', text: string): TemplateResult =>
      html`<button class="small" aria-label="${text}: ${name}" ?disabled=${this.busy} @click=${() => this.give({ cue: cue.id, verb })}>${text}</button>`;
    return html`<li class=${cue.state} data-test="planned" data-state=${cue.state} data-cue=${cue.id}>
      <span class="what"><span class="name">${this.#title(cue)}</span><span class="small muted num">${localText(cue.local)} · ${seconds(cue.durationMs)} · ${cue.state}${cue.round === undefined ? nothing : html`, round ${cue.round}`}${cue.code === undefined ? nothing : html` (${cue.code})`}</span></span>
      ${this.changing ? this.#change(cue, name) : !this.may.includes('show') ? nothing : html`<span class="buttons">${cue.state === 'cued' ? button('undo', 'Undo') : button('cue', 'Cue now')}${cue.state === 'planned' ? button('skip', 'Skip') : nothing}${cue.state === 'skipped' ? button('undo', 'Undo') : nothing}</span>`}</li>`;
  }

  /** What may be done with a round before it is cued. */
  #change(cue: Cue, name: string): TemplateResult | typeof nothing {
    if (cue.state === 'cued') return nothing;
    if (this.open === cue.id) {
      return html`<cc-plan-editor .cue=${cue} .games=${this.games} ?busy=${this.busy} @leave=${() => this.#shut(cue.id)} @save=${(e: CustomEvent<RoundDraft>) => this.#save(cue.id, e)}></cc-plan-editor>`;
    }
    const places = this.plan.cues.filter(({ id }) => id.split('-')[0] === cue.id.split('-')[0]);
    const at = places.indexOf(cue);
    const move = (by: 1 | -1, sign: string, word: string): TemplateResult => html`<button class="small move" data-move=${by} aria-label="${word}: ${name}" title=${word} ?disabled=${this.busy || !isOpen(places[at + by])} @click=${() => this.#move(cue, places[at + by]!, by)}>${sign}</button>`;
    return html`<span class="buttons">${move(-1, '↑', 'Earlier')}${move(1, '↓', 'Later')}
      <button class="small" data-edit aria-label="Edit: ${name}" ?disabled=${this.busy} @click=${() => { this.open = cue.id; }}>Edit</button>
      <button class="small danger" aria-label="Remove: ${name}" ?disabled=${this.busy} @click=${() => this.#remove(cue, places[at + 1] ?? places[at - 1])}>Remove</button></span>`;
  }

  /** What was refused stays open, as it was typed. */
  async #save(cue: string, { detail: edit, target }: CustomEvent<RoundDraft>): Promise<void> {
    if (await this.give({ cue, edit })) this.#shut(cue);
    else (target as PlanEditor).stay();
  }

  #shut(cue: string): void {
    this.open = undefined;
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>(`[data-cue="${cue}"] [data-edit]`)?.focus());
  }

  /** The focus goes along with the round. */
  #move(cue: Cue, into: Cue, by: 1 | -1): void {
    this.#focus = { before: roundsOf(this.plan), selector: `[data-cue="${into.id}"] [data-move="${by}"]:enabled, [data-cue="${into.id}"] .move:enabled` };
    void this.give({ cue: cue.id, move: by });
  }

  #remove(cue: Cue, next: Cue | undefined): void {
    this.#focus = { before: roundsOf(this.plan), selector: next === undefined ? '[data-test=change-plan]' : `[data-cue="${next.id}"] [data-edit]` };
    void this.give({ cue: cue.id, remove: true, title: `${this.#title(cue)}, ${localText(cue.local)}` });
  }

  #title({ game }: Cue): string {
    return this.games.find(({ id }) => id === game)?.title ?? game;
  }
}

customElements.define('cc-plan', PlanPanel);
