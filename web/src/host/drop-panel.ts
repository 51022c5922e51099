/**
 * What the parts of the Drops card have in common: they get the desk's means as one property, run one command at a time, and say beside
 * the field what was refused.
 */
import type { EventView, HostPermission } from '@crowdcue/protocol';
import { css, html, LitElement, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import { asApiError, type ApiError } from '../shared/api.js';
import { controls } from '../shared/controls.js';
import { detailOf, explain } from '../shared/explain.js';
import type { Question } from './dialogs.js';
import type { HostApi } from './host-api.js';
import type { Toast } from './toasts.js';
import { tellDone } from './undoable.js';

/** What a part gets of the desk. */
export interface DropTools {
  readonly api: HostApi;
  readonly event: EventView;
  /** ms since 1970, as the origin has it. */
  readonly now: number;
  may(what: HostPermission): boolean;
  ask(question: Question): Promise<boolean>;
  tell(toast: Toast): void;
  /** Something changed: the overview is asked for now. */
  refresh(): void;
}

/** A sentence begins with a capital; the origin's often begin with the field's name, which stands above. */
const said = (error: ApiError): string => detailOf(error).replace(/^[a-z]\w*: /, '').replace(/^./, (first) => first.toUpperCase()).replace(/([^.!?])$/, '$1.');

/** Codes of which the origin's own sentence says more than any word of ours: which line, which field. */
const TELLING: ReadonlySet<string> = new Set(['bad_request', 'drop_bad_request', 'claim_bad_request', 'codes_bad_request', 'codes_repeated', 'not_found', 'settlement_unbalanced', 'webhook_bad_request', 'webhook_url_refused']);

export abstract class DropPart extends LitElement {
  static override properties: PropertyDeclarations = { tools: { attribute: false }, busy: { state: true }, problem: { state: true } };
  declare tools: DropTools;
  #reads = 0;
  protected declare busy: boolean;
  protected declare problem: { readonly field: string; readonly text: string; readonly code: string } | undefined;

  static override styles = [controls, css`
    :host { display: block; min-width: 0; }
    form { display: grid; grid-template-columns: minmax(0, 1fr); gap: var(--cc-space-2); }
    .buttons { display: flex; flex-wrap: wrap; gap: var(--cc-space-2); align-items: center; }
    .wrong { color: var(--cc-bad); font-size: var(--cc-size-2); overflow-wrap: anywhere; }
    [aria-invalid=true] { border-color: var(--cc-bad) !important; }
    input, select, textarea, button, summary { scroll-margin-block: 72px 140px; } /* a phone's cue button covers what is below it */
    textarea { width: 100%; min-height: 96px; padding: var(--cc-space-2) var(--cc-space-3); font: var(--cc-size-2)/1.4 var(--cc-font-mono); color: inherit; background: var(--cc-bg); border: 1px solid var(--cc-line); border-radius: var(--cc-radius-s); resize: vertical; }
    details > * { box-sizing: border-box; }
    summary { min-height: 40px; display: flex; align-items: center; gap: var(--cc-space-2); cursor: pointer; font-size: var(--cc-size-2); font-weight: var(--cc-weight-strong); }
    summary::before { content: '+'; width: 1ch; color: var(--cc-text-muted); }
    [open] > summary::before { content: '–'; }
  `];

  constructor() {
    super();
    this.busy = false;
    this.addEventListener('input', () => { this.problem = undefined; }); // what is typed now was not refused yet
  }

  /** Runs a command. What it refuses stands beside `field`, which gets the focus. Resolves whether it worked. */
  protected async run(field: string, command: () => Promise<unknown>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.problem = undefined;
    try {
      await command();
      return true;
    } catch (thrown) {
      this.busy = false; // what is locked takes no focus
      await this.#refused(field, thrown);
      return false;
    } finally {
      this.busy = false;
      this.tools.refresh();
    }
  }

  /** What is locked meanwhile loses the focus: it gets it back, unless that went elsewhere. */
  protected async pressed(button: HTMLElement, press: () => Promise<void>): Promise<void> {
    await press();
    await this.updateComplete;
    if (document.activeElement === document.body) button.focus();
  }

  /** Reads what is shown: no command, so that it waits for none. What an older question brings is dropped. */
  protected async read<T>(field: string, ask: () => Promise<T>, took: (answer: T) => void): Promise<void> {
    const read = ++this.#reads;
    try {
      const answer = await ask();
      if (read !== this.#reads) return;
      if (this.problem?.field === field) this.problem = undefined;
      took(answer);
    } catch (thrown) {
      if (read === this.#reads) await this.#refused(field, thrown);
    }
  }

  #refused(field: string, thrown: unknown): Promise<void> {
    const error = asApiError(thrown);
    return this.wrong(field, TELLING.has(error.code) ? said(error) : explain(error), error.code);
  }

  /** Says what is wrong with a field, and leads there. */
  protected async wrong(field: string, text: string, code: string): Promise<void> {
    this.problem = { field, text, code };
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>('[aria-invalid=true]')?.focus();
  }

  protected invalid(field: string): 'true' | 'false' {
    return this.problem?.field === field ? 'true' : 'false';
  }

  protected wrongOf(field: string): TemplateResult | typeof nothing {
    const { problem } = this;
    return problem?.field === field ? html`<p class="wrong" role="alert" data-test="wrong">${problem.text} <span class="code">${problem.code}</span></p>` : nothing;
  }

  /** Says what was done, and offers to take it back. */
  protected done(text: string, undo?: () => Promise<unknown>): void {
    tellDone(this.tools, text, undo, explain);
  }
}
