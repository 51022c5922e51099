import { css, html, nothing, type TemplateResult } from 'lit';
import { ApiError, asApiError } from '../shared/api.js';
import { explain } from '../shared/explain.js';
import { counted } from '../shared/format.js';
import { icons } from '../shared/icons.js';
import { emptyQuest, MOST_QUESTS, questFormOf, questSpecOf, type QuestForm, type QuestSpec } from './quest-form.js';
import { questFields, questFieldStyles, QUEST_WORDS } from './quest-fields.js';
import { setupApi } from './setup-api.js';
import { patternOf, unplaced, type FieldWords } from './setup-fields.js';
import { SetupPanel } from './setup-panel.js';

/** Not `randomUUID`, which pages without TLS lack. */
const letters = (): string => [...crypto.getRandomValues(new Uint8Array(4))].map((byte) => (byte % 36).toString(36)).join('');

/** The quests of an event: a list, and one of them open to be composed. The origin takes all of them at once. */
export class QuestsPanel extends SetupPanel {
  static override properties = { quests: { state: true }, form: { state: true }, failed: { state: true } };
  private declare quests: readonly QuestSpec[] | undefined;
  private declare form: QuestForm | undefined;
  private declare failed: ApiError | undefined;

  static override styles = [...SetupPanel.styles, questFieldStyles, css`
    li { display: flex; flex-wrap: wrap; align-items: center; gap: var(--cc-space-2); padding: var(--cc-space-2) 0; border-top: 1px solid var(--cc-line); }
    li > span { flex: 1 1 9em; min-width: 0; overflow-wrap: anywhere; }
    li b, li small { display: block; }
    .open { padding-top: var(--cc-space-3); border-top: 1px solid var(--cc-line); }
    h3 { font-size: var(--cc-size-3); }
  `];

  protected override readonly words: FieldWords = QUEST_WORDS;

  protected override reset(): void {
    this.quests = this.form = this.failed = undefined;
    if (this.desk.mayOwn) void this.#look();
  }

  async #look(): Promise<void> {
    const { api, event } = this.desk;
    try {
      const quests = await setupApi.quests(api, event.id);
      if (event.id === this.desk.event.id) this.quests = quests;
      this.failed = undefined;
    } catch (thrown) {
      this.failed = asApiError(thrown);
    }
  }

  override render() {
    if (!this.desk.mayOwn) return html`<div class="stack">${this.lockedNote()}<p class="muted small">Right answers stand in quests, so they are shown to the host alone.</p></div>`;
    const { quests, failed, form } = this;
    if (failed !== undefined && quests === undefined) return html`<p class="small" role="alert">${explain(failed)} <span class="code">${failed.code}</span> <button class="small" @click=${this.#look}>Try again</button></p>`;
    if (quests === undefined) return html`<p class="muted small">Loading …</p>`;
    return html`<div class="stack">${this.lockedNote()}
      ${quests.length === 0 && form === undefined ? html`<p class="muted small" data-test="no-quests">None yet. A quest is a series of steps over the show; viewers see it as a card, and finishing it unlocks drops.</p>` : nothing}
      ${quests.length === 0 ? nothing : html`<ul>${quests.map((quest, i) => this.#row(quest, i))}</ul>`}
      ${form === undefined ? html`${unplaced(this.problem, [])}${quests.length < MOST_QUESTS ? html`<div class="buttons"><button ?disabled=${this.locked || this.busy} @click=${() => this.#edit(emptyQuest)} data-test="new-quest">${icons.plus} New quest</button></div>` : nothing}` : this.#editor(form, quests)}</div>`;
  }

  #row(quest: QuestSpec, place: number): TemplateResult {
    const off = this.locked || this.busy || this.form !== undefined;
    return html`<li data-test="quest"><span><b>${quest.title}</b><small class="muted">${counted(quest.steps.length, 'step')} · unlocks as <code>quest-${quest.id}</code></small></span>
      <button class="small" ?disabled=${off} @click=${() => this.#edit(questFormOf(quest))} aria-label="Edit ${quest.title}" data-test="edit-quest">Edit</button>
      <button class="small" ?disabled=${off} @click=${() => this.desk.addDrop({ id: `quest-${quest.id}`, label: `Finishes “${quest.title}”` })} aria-label="Drop: add one behind ${quest.title}" data-test="quest-drop">${icons.plus} Drop</button>
      <button class="small danger" ?disabled=${off} @click=${() => this.#remove(place)} aria-label="Remove ${quest.title}" data-test="remove-quest">Remove</button></li>`;
  }

  #editor(form: QuestForm, quests: readonly QuestSpec[]): TemplateResult {
    const place = this.#placeOf(form, quests);
    return html`<form class="stack open" novalidate @submit=${this.#save}><h3>${form.saved === undefined ? 'New quest' : `Edit “${form.saved.title}”`}</h3>
      <fieldset ?disabled=${this.locked || this.busy}>${questFields({ form, place, games: this.desk.games, problem: this.problem, change: (changed) => { this.form = changed; } })}</fieldset>
      ${form.saved === undefined ? nothing : html`<p class="muted small">Who has done a step keeps it. A step that asks for something else is a new one, which nobody has done.</p>`}
      ${this.#unplaced()}
      <div class="buttons"><button class="primary" ?disabled=${this.locked || this.busy} data-test="save-quest">${this.busy ? 'Saving …' : 'Save quest'}</button>
        <button type="button" @click=${() => { this.form = this.problem = undefined; }}>Cancel</button></div></form>`;
  }

  /** Problems of fields that there are stand beside them. */
  #unplaced(): TemplateResult | typeof nothing {
    const { problem } = this;
    return problem !== undefined && /^quests\.\d+\./.test(problem.path) && Object.hasOwn(QUEST_WORDS, patternOf(problem.path)) ? nothing : unplaced(problem, []);
  }

  #placeOf({ saved }: QuestForm, quests: readonly QuestSpec[]): number {
    const at = quests.findIndex(({ id }) => id === saved?.id);
    return at < 0 ? quests.length : at;
  }

  #edit(form: QuestForm): void {
    this.problem = undefined;
    this.form = form;
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>('[name=quest-title]')?.focus());
  }

  readonly #save = async (e: Event): Promise<void> => {
    e.preventDefault();
    const { form, quests } = this;
    if (form === undefined || quests === undefined) return;
    const quest = questSpecOf(form, letters);
    if (await this.#set(quests.toSpliced(this.#placeOf(form, quests), 1, quest), `“${quest.title}” is saved.`)) this.form = undefined;
  };

  #remove(place: number): void {
    const { title } = this.quests![place]!;
    void this.#set(this.quests!.toSpliced(place, 1), `“${title}” is gone; who had done steps of it keeps them, should it come back.`);
  }

  /** Gives all of them, unless somebody else did so since they were read here: then nothing of theirs is lost. */
  async #set(next: readonly QuestSpec[], said: string): Promise<boolean> {
    const { api, event } = this.desk;
    const before = this.quests!;
    let fresh: readonly QuestSpec[] = before;
    const replace = async (old: readonly QuestSpec[], by: readonly QuestSpec[]): Promise<boolean> => {
      fresh = await setupApi.quests(api, event.id);
      const same = JSON.stringify(fresh) === JSON.stringify(old);
      if (same) fresh = await setupApi.setQuests(api, event.id, by);
      if (event.id === this.desk.event.id) this.quests = fresh;
      return same;
    };
    let replaced = false;
    if (!(await this.run(async () => { replaced = await replace(before, next); }))) return false;
    if (!replaced) {
      this.problem = { path: '', code: '', text: 'Somebody else changed the quests meanwhile. The list is fresh now: do it again, and yours goes into it.' };
      return false;
    }
    const after = fresh;
    this.done(said, async () => {
      if (!(await replace(after, before))) throw new ApiError('command_conflict', 'Somebody else changed the quests since.', false);
    });
    return true;
  }
}

customElements.define('cc-quests', QuestsPanel);
