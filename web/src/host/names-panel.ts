/**
 * Names that viewers ask for: whether they may, the queue, and the last decisions. By pointer or keyboard, one at a time or all that are
 * chosen: ↑ ↓ walk, Space chooses, A approves, D declines. Raises `tell` with a `Toast` that undoes what was decided.
 */
import type { AskedName, AskedNamesView } from '@crowdcue/protocol';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { asApiError } from '../shared/api.js';
import { controls } from '../shared/controls.js';
import { explain } from '../shared/explain.js';
import { counted } from '../shared/format.js';
import type { Question } from './dialogs.js';
import type { HostApi } from './host-api.js';
import { Refresher } from './refresher.js';
import { type Toast, UNDO_MS } from './toasts.js';

type Outcome = 'approve' | 'decline';

const REFRESH_MS = 2_000;
const BY_KEY: Readonly<Record<string, Outcome>> = { a: 'approve', d: 'decline' };
const DONE: Record<Outcome, string> = { approve: 'approved', decline: 'declined' };

export class NamesPanel extends LitElement {
  static override properties = { eventId: { attribute: false }, api: { attribute: false }, ask: { attribute: false }, own: { type: Boolean }, names: { state: true }, chosen: { state: true }, busy: { state: true }, failed: { state: true } };
  declare eventId: string;
  declare api: HostApi;
  declare ask: (question: Question) => Promise<boolean>;
  /** Whether who is here sets it on and off. */
  declare own: boolean;
  private declare names: AskedNamesView | undefined;
  private declare chosen: ReadonlySet<number>;
  private declare busy: boolean;
  private declare failed: string | undefined;
  readonly #refresher = new Refresher(this, {
    ask: () => this.api.names(this.eventId), took: (names) => this.#took(names), every: () => REFRESH_MS,
    failed: (thrown) => {
      this.failed = explain(asApiError(thrown));
    },
  });

  static override styles = [controls, css`
    :host { display: block; }
    .card { display: grid; gap: var(--cc-space-3); }
    .card-head { margin: 0; }
    .check { display: flex; align-items: center; gap: var(--cc-space-2); min-height: 32px; }
    .queue { max-height: 320px; overflow: auto; }
    .queue li { display: flex; flex-wrap: wrap; align-items: center; gap: var(--cc-space-1) var(--cc-space-2); padding: var(--cc-space-1) 0; border-top: 1px solid var(--cc-line); }
    .queue li:focus-within { background: var(--cc-surface-2); }
    .queue label { display: flex; flex: 1; align-items: center; gap: var(--cc-space-3); min-width: 8em; min-height: 40px; }
    .queue b { overflow-wrap: anywhere; font-size: var(--cc-size-3); unicode-bidi: isolate; }
    .bulk { display: flex; flex-wrap: wrap; align-items: center; gap: var(--cc-space-2); }
    .bulk .check { flex: 1; }
    .last li { display: flex; align-items: center; gap: var(--cc-space-2); min-height: 36px; }
    .last b { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; unicode-bidi: isolate; }
    .last .declined { text-decoration: line-through; color: var(--cc-text-muted); }
    summary { cursor: pointer; min-height: 32px; align-content: center; }
    .count { padding: 0 var(--cc-space-2); border-radius: var(--cc-radius-full); background: var(--cc-accent-fill); color: var(--cc-accent-ink); font-weight: var(--cc-weight-strong); }
    input[type=checkbox] { width: 20px; height: 20px; flex: none; accent-color: var(--cc-accent-text); }
    .keys { font-size: var(--cc-size-1); }
    @media (pointer: coarse) { .keys { display: none; } }
  `];

  constructor() {
    super();
    this.chosen = new Set();
    this.busy = false;
  }

  override willUpdate(changed: Map<string, unknown>): void {
    if (!changed.has('eventId')) return;
    this.names = this.failed = undefined;
    this.chosen = new Set();
    this.#refresher.soon();
  }

  #took(names: AskedNamesView): void {
    const there = new Set(names.names.map(({ viewer }) => viewer));
    this.chosen = new Set([...this.chosen].filter((viewer) => there.has(viewer)));
    this.names = names;
    this.failed = undefined;
  }

  override render() {
    const { names } = this;
    return html`<section class="card" aria-label="Names">
      <div class="card-head"><h2 class="caps">Names</h2>${names === undefined || names.waiting === 0 ? nothing : html`<span class="small count num" data-test="names-waiting">${counted(names.waiting, 'waits', 'wait')}</span>`}</div>
      ${this.failed === undefined ? nothing : html`<p class="small" role="status">${this.failed}</p>`}
      ${names === undefined ? html`<p class="muted small">Loading …</p>` : html`${this.#switch(names)}${names.free ? this.#queue(names) : nothing}${this.#last(names)}`}
    </section>`;
  }

  #switch({ free }: AskedNamesView): TemplateResult {
    if (!this.own) return free ? html`` : html`<p class="muted small">Names come from a list of words; the host has not let viewers choose.</p>`;
    return html`<label class="check small"><input type="checkbox" name="free-names" .checked=${free} ?disabled=${this.busy} @change=${this.#setFree}> Viewers may choose a name, shown once it is approved</label>
      ${free ? nothing : html`<p class="muted small">Now everybody has a name from a list of words.</p>`}`;
  }

  #queue({ names, waiting }: AskedNamesView): TemplateResult {
    if (names.length === 0) return html`<p class="muted small">No name waits.</p>`;
    const all = names.every(({ viewer }) => this.chosen.has(viewer));
    const n = this.chosen.size;
    return html`<div class="bulk">
        <label class="check small"><input type="checkbox" name="all-names" .checked=${all} .indeterminate=${!all && n > 0} @change=${() => this.#choose(all ? [] : names.map(({ viewer }) => viewer))}> ${n === 0 ? 'Choose all' : `${n} chosen`}</label>
        <button class="small" data-test="approve-names" ?disabled=${n === 0 || this.busy} @click=${() => this.#decide([...this.chosen], 'approve')}>Approve</button>
        <button class="small danger" data-test="decline-names" ?disabled=${n === 0 || this.busy} @click=${() => this.#decide([...this.chosen], 'decline')}>Decline</button></div>
      <ul class="queue" aria-label="Names that wait" @keydown=${this.#keydown}>${repeat(names, ({ viewer }) => viewer, (name) => this.#row(name))}</ul>
      ${waiting > names.length ? html`<p class="muted small">The first ${names.length} of ${waiting}.</p>` : nothing}
      <p class="muted keys">↑ ↓ walk · Space chooses · A approves · D declines: what is chosen, or the one in focus</p>`;
  }

  #row({ viewer, name }: AskedName): TemplateResult {
    return html`<li data-viewer=${viewer} data-test="asked-name"><label><input type="checkbox" .checked=${this.chosen.has(viewer)} @change=${() => this.#toggle(viewer)}><b dir="auto">${name}</b></label>
      <button class="small" ?disabled=${this.busy} @click=${() => this.#decide([viewer], 'approve')} aria-label="Approve ${name}">Approve</button>
      <button class="small quiet" ?disabled=${this.busy} @click=${() => this.#decide([viewer], 'decline')} aria-label="Decline ${name}">Decline</button></li>`;
  }

  #last({ decided }: AskedNamesView): TemplateResult | typeof nothing {
    if (decided.length === 0) return nothing;
    return html`<details class="last"><summary class="small">Last decisions</summary><ul>${decided.map(({ viewer, name, state }) => html`<li data-test="decided">
      <b class="small ${state}" dir="auto">${name}</b>
      <button class="small quiet" ?disabled=${this.busy} @click=${() => this.#decide([viewer], state === 'approved' ? 'decline' : 'approve')} aria-label="${state === 'approved' ? 'Take back' : 'Approve'} ${name}">${state === 'approved' ? 'Take back' : 'Approve'}</button></li>`)}</ul></details>`;
  }

  #toggle(viewer: number): void {
    const chosen = new Set(this.chosen);
    if (!chosen.delete(viewer)) chosen.add(viewer);
    this.chosen = chosen;
  }

  #choose(viewers: readonly number[]): void {
    this.chosen = new Set(viewers);
  }

  readonly #keydown = (event: KeyboardEvent): void => {
    const row = (event.target as Element).closest('li');
    if (row === null || event.ctrlKey || event.metaKey || event.altKey) return;
    const outcome = BY_KEY[event.key.toLowerCase()];
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') this.#walk(row, event.key === 'ArrowDown' ? 1 : -1);
    else if (outcome !== undefined && !event.repeat && !this.busy) void this.#decide(this.chosen.size > 0 ? [...this.chosen] : [Number(row.dataset['viewer'])], outcome);
    else return;
    event.preventDefault();
    event.stopPropagation(); // the desk has keys of its own
  };

  #walk(row: HTMLElement, by: 1 | -1): void {
    const next = by > 0 ? row.nextElementSibling : row.previousElementSibling;
    next?.querySelector('input')?.focus();
  }

  async #decide(viewers: readonly number[], outcome: Outcome, event = this.eventId): Promise<void> {
    const at = this.#focused();
    await this.#run(async () => {
      const { done, left } = await this.api.decideNames(event, viewers, outcome);
      this.chosen = new Set([...this.chosen].filter((viewer) => !viewers.includes(viewer))); // others may have been chosen meanwhile
      const [only] = done;
      const who = done.length === 1 ? [...(this.names?.names ?? []), ...(this.names?.decided ?? [])].find(({ viewer }) => viewer === only)?.name ?? 'The name' : counted(done.length, 'name');
      const undo: Outcome = outcome === 'approve' ? 'decline' : 'approve';
      if (done.length > 0) this.#tell({ text: `${who} ${done.length === 1 ? 'is' : 'are'} ${DONE[outcome]}.`, tone: 'info', ms: UNDO_MS, action: { label: 'Undo', run: () => void this.#decide(done, undo, event) } });
      const [first] = left;
      if (first !== undefined) this.#tell({ text: `${counted(left.length, 'name')} could not be ${DONE[outcome]}: taken by then, taken back, or its viewer never came in.`, tone: 'bad', code: first.code });
    });
    this.#refocus(at);
  }

  readonly #setFree = async (event: Event): Promise<void> => {
    const box = event.target as HTMLInputElement;
    const free = box.checked;
    if (!free && !(await this.ask({ title: 'No names of viewers’ own?', text: 'Everybody has the name again that the event gave them, and the queue is emptied. This cannot be undone.', yes: 'Turn off' }))) {
      box.checked = true;
      return;
    }
    await this.#run(() => this.api.freeNames(this.eventId, free));
  };

  async #run(command: () => Promise<unknown>): Promise<void> {
    this.busy = true;
    try {
      await command();
    } catch (thrown) {
      const error = asApiError(thrown);
      this.#tell({ text: explain(error), tone: 'bad', code: error.code });
    }
    await this.#refresher.now();
    this.busy = false;
    await this.updateComplete;
  }

  #focused(): number {
    const row = this.shadowRoot?.activeElement?.closest('.queue li');
    return row === null || row === undefined ? -1 : [...row.parentElement!.children].indexOf(row);
  }

  /** Who decides by keyboard goes on with the one that has come into its place, unless they have walked on already. */
  #refocus(at: number): void {
    if (at < 0 || this.#focused() >= 0) return;
    const rows = this.renderRoot.querySelectorAll<HTMLElement>('.queue li');
    rows[Math.min(at, rows.length - 1)]?.querySelector('input')?.focus();
  }

  #tell(toast: Toast): void {
    this.dispatchEvent(new CustomEvent<Toast>('tell', { detail: toast, bubbles: true, composed: true }));
  }
}

customElements.define('cc-names', NamesPanel);
