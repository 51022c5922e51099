/**
 * What the panels of the set-up have in common: they get the desk's means as one property, run one command at a time, say what went wrong
 * beside the field that it is about, and are there, but locked, for roles that may not change anything.
 */
import type { EventView, GameView, HostPersonView } from '@crowdcue/protocol';
import { css, html, LitElement, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import { asApiError, type ApiError } from '../shared/api.js';
import { controls } from '../shared/controls.js';
import type { Question } from './dialogs.js';
import type { HostApi } from './host-api.js';
import { problemOf, problemStyles, type FieldProblem, type FieldWords } from './setup-fields.js';
import { ROLE_TEXT } from './team-panel.js';
import type { Toast } from './toasts.js';
import { tellDone } from './undoable.js';
import type { Workplace } from './workplaces.js';

/** What a panel gets of the desk. */
export interface SetupDesk {
  readonly api: HostApi;
  readonly event: EventView;
  /** Of the workspace. */
  readonly events: readonly EventView[];
  readonly games: readonly GameView[];
  readonly me: HostPersonView | undefined;
  readonly mayOwn: boolean;
  /** The event is over for good: nothing of it changes any more. */
  readonly ended: boolean;
  readonly places: readonly Workplace[];
  ask(question: Question): Promise<boolean>;
  tell(toast: Toast): void;
  /** Something changed: the overview is asked for now. */
  refresh(): void;
  enter(place: Workplace): void;
  /** Opens the dialog of a drop that this achievement unlocks. */
  addDrop(unlockedBy: { readonly id: string; readonly label: string }): void;
  /** There may be other workplaces now. */
  lookAround(): void;
}

export abstract class SetupPanel extends LitElement {
  static override properties: PropertyDeclarations = { desk: { attribute: false }, busy: { state: true }, problem: { state: true } };
  declare desk: SetupDesk;
  protected declare busy: boolean;
  protected declare problem: FieldProblem | undefined;
  #event = '';

  static override styles = [controls, problemStyles, css`
    :host { display: block; }
    form, fieldset, .stack { display: grid; grid-template-columns: minmax(0, 1fr); gap: var(--cc-space-3); min-width: 0; }
    fieldset { margin: 0; padding: 0; border: 0; }
    legend { padding: 0; font-size: var(--cc-size-2); font-weight: var(--cc-weight-strong); }
    input, select, button, label { scroll-margin-block: 72px 140px; } /* a phone's cue button covers what is below it */
    input:disabled, select:disabled { color: var(--cc-text-muted); cursor: not-allowed; opacity: .75; }
    .buttons { display: flex; flex-wrap: wrap; gap: var(--cc-space-2); }
    .locked { padding: var(--cc-space-2) var(--cc-space-3); border-radius: var(--cc-radius-s); background: var(--cc-surface-2); }
    code, pre { font-family: var(--cc-font-mono); font-size: var(--cc-size-1); overflow-wrap: anywhere; }
  `];

  constructor() {
    super();
    this.busy = false;
    this.addEventListener('input', () => { this.problem = undefined; }); // what is typed now was not refused yet
  }

  /** Words for what this panel's fields get wrong, by their paths. */
  protected abstract readonly words: FieldWords;

  /** Another event is on the desk: what was typed belonged to the one before. */
  protected abstract reset(): void;

  protected override willUpdate(): void {
    if (this.desk.event.id === this.#event) return;
    this.#event = this.desk.event.id;
    this.problem = undefined;
    this.reset();
  }

  protected get locked(): boolean {
    return !this.desk.mayOwn || this.desk.ended;
  }

  /** Runs a command. What it refuses stands beside the field that it is about, which gets the focus. Resolves whether it worked. */
  protected async run(command: () => Promise<unknown>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.problem = undefined;
    const { id } = this.desk.event;
    try {
      await command();
      return true;
    } catch (thrown) {
      if (id === this.desk.event.id) await this.#refused(asApiError(thrown));
      return false;
    } finally {
      this.busy = false;
      this.desk.refresh();
    }
  }

  async #refused(error: ApiError): Promise<void> {
    this.problem = problemOf(error, this.words);
    this.busy = false; // what is locked takes no focus
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>('[aria-invalid=true]')?.focus();
  }

  /** Says what was done, and offers to take it back. */
  protected done(text: string, undo?: () => Promise<unknown>): void {
    tellDone(this.desk, text, undo, (error) => problemOf(error, this.words).text);
  }

  /** Why nothing can be changed here, where that is so. */
  protected lockedNote(): TemplateResult | typeof nothing {
    const { me, mayOwn, ended } = this.desk;
    if (mayOwn && !ended) return nothing;
    const why = mayOwn ? 'This event is over for good, so nothing of it changes any more.'
      : `Only the host changes this${me === undefined ? '' : `; you are here as ${ROLE_TEXT[me.role].name.toLowerCase()}`}. Ask the host.`;
    return html`<p class="locked small" id="locked" data-test="locked">${why}</p>`;
  }
}
