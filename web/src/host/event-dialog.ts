import { DEFAULT_ACCENT } from '@crowdcue/games/design-tokens';
import type { TemplateView } from '@crowdcue/protocol';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { asApiError, type ApiError } from '../shared/api.js';
import { controls } from '../shared/controls.js';
import { explain } from '../shared/explain.js';
import { icons } from '../shared/icons.js';
import { dialogStyles } from './dialogs.js';
import type { Achievement } from './achievements.js';
import { draftOf, dropFields, dropFieldStyles, emptyDrop, type DropForm } from './drop-fields.js';
import { dropProblems, needMore, noProblems, ownProblems, type DropProblems } from './drop-problems.js';
import type { DropDraft, EventDraft } from './host-drafts.js';
import { emptyPlan, planDraftOf, planFields, planFieldStyles, type PlanForm } from './plan-fields.js';

/** Seconds by which a picture may be late and still be scored. */
const MAX_DELAYS = [2, 5, 8, 12, 20, 30];
const DEFAULT_MAX_DELAY = 12;
const COLOURS = [DEFAULT_ACCENT, '#ff5a3c', '#ff4fa3', '#a06bff', '#4d8dff', '#17c3b2', '#5ed33f'];
const MAX_DROPS = 8; // more fit into no show; the rest can be added later

type Mode = { readonly kind: 'event'; save(draft: EventDraft): Promise<unknown> } | { readonly kind: 'drop'; readonly unlockedBy?: Achievement; save(draft: DropDraft): Promise<unknown> };

/** Creates an event with its drops, or adds one drop. What went wrong is said in the dialog, which stays open with its values. */
export class EventDialog extends LitElement {
  static override properties = { mode: { state: true }, name: { state: true }, accent: { state: true }, maxDelay: { state: true }, drops: { state: true }, plan: { state: true }, templates: { state: true }, saving: { state: true }, error: { state: true }, problems: { state: true } };
  private declare mode: Mode | undefined;
  private declare name: string;
  private declare accent: string;
  private declare maxDelay: number;
  private declare drops: readonly DropForm[];
  private declare plan: PlanForm;
  private declare templates: readonly TemplateView[];
  private declare saving: boolean;
  private declare error: ApiError | undefined;
  /** Of the drops, by their place. */
  private declare problems: ReadonlyMap<number, DropProblems>;

  static override styles = [controls, dialogStyles, dropFieldStyles, planFieldStyles, css`
    fieldset { margin: 0; padding: 0; border: 0; min-width: 0; display: grid; gap: var(--cc-space-3); }
    legend { padding: 0 0 var(--cc-space-2); font-size: var(--cc-size-2); font-weight: var(--cc-weight-strong); }
    .colours { display: flex; flex-wrap: wrap; gap: var(--cc-space-2); align-items: center; }
    .swatch { width: 36px; min-height: 36px; padding: 0; border-radius: 50%; border: 2px solid var(--cc-surface); box-shadow: 0 0 0 1px var(--cc-line); }
    .swatch[aria-pressed=true] { box-shadow: 0 0 0 3px var(--cc-focus); }
    input[type=color] { width: 48px; height: 36px; padding: 0; border: 1px solid var(--cc-line); border-radius: var(--cc-radius-s); background: none; cursor: pointer; }
    .drop { position: relative; padding: var(--cc-space-3); border: 1px solid var(--cc-line); border-radius: var(--cc-radius-m); background: var(--cc-bg); }
    .drop input:not([type=color]), .drop select { background: var(--cc-surface); }
    .drop .remove { position: absolute; right: 6px; bottom: 6px; }
  `];

  constructor() {
    super();
    this.#reset();
  }

  #reset(): void {
    this.name = '';
    this.accent = DEFAULT_ACCENT;
    this.maxDelay = DEFAULT_MAX_DELAY;
    this.drops = [];
    this.plan = emptyPlan();
    this.templates = [];
    this.saving = false;
    this.error = undefined;
    this.problems = new Map();
  }

  /** Opens for a new event. Without templates, an empty one can be made all the same. */
  openEvent(save: (draft: EventDraft) => Promise<unknown>, templates: () => Promise<readonly TemplateView[]>): void {
    void this.#open({ kind: 'event', save }, []);
    templates().then((found) => { this.templates = found; }, () => undefined);
  }

  /** Opens for one more drop; of an achievement of the event's own, where one is given. */
  openDrop(save: (draft: DropDraft) => Promise<unknown>, unlockedBy?: Achievement): void {
    void this.#open({ kind: 'drop', save, ...(unlockedBy === undefined ? {} : { unlockedBy }) }, [unlockedBy === undefined ? emptyDrop : { ...emptyDrop, unlockedBy: unlockedBy.id }]);
  }

  async #open(mode: Mode, drops: readonly DropForm[]): Promise<void> {
    this.#reset();
    this.mode = mode;
    this.drops = drops;
    await this.updateComplete;
    this.#dialog.showModal();
  }

  get #dialog(): HTMLDialogElement {
    return this.renderRoot.querySelector('dialog')!;
  }

  override render() {
    const forEvent = this.mode?.kind !== 'drop';
    return html`<dialog aria-labelledby="title"><form class="body" @submit=${this.#submit}>
      <h2 id="title">${forEvent ? 'New event' : 'Add a drop'}</h2>
      ${forEvent ? this.#eventFields() : this.#drop(0)}
      ${this.error === undefined ? nothing : html`<p class="problem" role="alert">${explain(this.error)}<span class="code">${this.error.code}</span></p>`}
      <div class="actions"><button type="button" @click=${() => this.#dialog.close()}>Cancel</button>
        <button class="primary" data-test="save" ?disabled=${this.saving}>${this.saving ? 'Saving …' : forEvent ? 'Create event' : 'Add drop'}</button></div>
    </form></dialog>`;
  }

  #eventFields(): TemplateResult {
    return html`
      ${planFields(this.plan, this.templates, (plan) => { this.plan = plan; })}
      <label class="field">Name<input type="text" name="name" required maxlength="80" pattern=".*\\S.*" autocomplete="off" placeholder="Friday finale" .value=${this.name}
        @input=${(e: Event) => { this.name = (e.target as HTMLInputElement).value; }}></label>
      <fieldset><legend>Accent colour</legend><div class="colours">
        ${COLOURS.map((colour) => html`<button type="button" class="swatch" style="background: ${colour}" aria-label="Colour ${colour}" aria-pressed=${this.accent === colour} @click=${() => { this.accent = colour; }}></button>`)}
        <input type="color" aria-label="Another colour" .value=${this.accent} @input=${(e: Event) => { this.accent = (e.target as HTMLInputElement).value; }}></div></fieldset>
      <label class="field">Latest picture that is scored<select name="max-delay" @change=${(e: Event) => { this.maxDelay = Number((e.target as HTMLSelectElement).value); }}>
        ${MAX_DELAYS.map((s) => html`<option value=${s} ?selected=${s === this.maxDelay}>${s} seconds late</option>`)}</select>
        <span class="hint muted small">Later viewers play along. An outcome waits for the latest scored picture.</span></label>
      <fieldset><legend>Drops</legend>
        ${this.drops.map((_, i) => html`<div class="drop">${this.#drop(i)}
          <button type="button" class="icon small quiet remove" aria-label="Remove this drop" title="Remove this drop" @click=${() => { this.drops = this.drops.filter((_gone, at) => at !== i); this.problems = new Map(); }}>${icons.cross}</button></div>`)}
        ${this.drops.length < MAX_DROPS ? html`<button type="button" data-test="add-drop" @click=${() => { this.drops = [...this.drops, emptyDrop]; }}>${icons.plus} Add a drop</button>` : nothing}
      </fieldset>`;
  }

  #drop(i: number): TemplateResult {
    const own = this.mode?.kind === 'drop' && this.mode.unlockedBy !== undefined ? [this.mode.unlockedBy] : [];
    return dropFields(this.drops[i] ?? emptyDrop, (changed) => this.#change(i, changed), own, this.problems.get(i) ?? noProblems);
  }

  #change(i: number, form: DropForm): void {
    this.drops = this.drops.map((present, at) => (at === i ? form : present));
  }

  async #submit(e: Event): Promise<void> {
    e.preventDefault();
    const { mode } = this;
    if (this.saving || mode === undefined) return;
    this.error = undefined;
    const own = new Map(this.drops.map((form, i) => [i, ownProblems(form)] as const).filter(([, found]) => found.size > 0));
    if (own.size > 0) return this.#point(own);
    this.problems = new Map();
    this.saving = true;
    try {
      if (mode.kind === 'event') await mode.save({ name: this.name.trim(), accent: this.accent, maxDelay: this.maxDelay * 1_000, drops: this.drops.map(draftOf), ...planDraftOf(this.plan) });
      else await mode.save(draftOf(this.drops[0] ?? emptyDrop));
      this.#dialog.close();
    } catch (thrown) {
      const error = asApiError(thrown);
      const problems = dropProblems(error, this.drops);
      if (problems === undefined) this.error = error;
      else await this.#point(problems);
    } finally {
      this.saving = false;
    }
  }

  /** Shows what is wrong beside the fields that it is about, and leads there. */
  async #point(problems: ReadonlyMap<number, DropProblems>): Promise<void> {
    this.problems = problems;
    this.drops = this.drops.map((form, i) => (needMore(problems.get(i) ?? noProblems) ? { ...form, more: true } : form));
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>('[aria-invalid=true]')?.focus();
  }
}

customElements.define('cc-event-dialog', EventDialog);
