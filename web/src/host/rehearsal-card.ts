/**
 * The event's rehearsal: started here, where the origin runs one, followed live and stopped; or by a command that is shown. Its charts are
 * those of any event on the desk. Raises `show-event`.
 */
import type { EventView, RehearsalRunView } from '@crowdcue/protocol';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { asApiError, type ApiError } from '../shared/api.js';
import { controls } from '../shared/controls.js';
import { explain } from '../shared/explain.js';
import { clockFace } from '../shared/format.js';
import { icons } from '../shared/icons.js';
import type { HostApi } from './host-api.js';
import type { RunDraft } from './host-drafts.js';
import { Refresher } from './refresher.js';

const VIEWERS = 500;
const CROWDS = [50, 100, 200, 500, 1_000, 2_000] as const;
/** Beginning with the one that is offered first. */
const LENGTHS: Readonly<Record<string, { readonly name: string } & Omit<RunDraft, 'viewers'>>> = {
  full: { name: 'Full: three games, pictures up to 15 s late', seconds: 10, delays: [0, 1_500, 4_000, 8_000, 15_000], games: ['tug', 'trivia', 'quickdraw'] },
  quick: { name: 'Quick: two games, pictures up to 4 s late', seconds: 5, delays: [0, 1_500, 4_000], games: ['tug', 'quickdraw'] },
};
const LOOK_MS = 1_000;
const REST_MS = 5_000;

interface Prepared {
  readonly event: EventView;
  /** A one-time link to the console. */
  readonly link: string;
}

export class RehearsalCard extends LitElement {
  static override properties = { event: { attribute: false }, api: { attribute: false }, prepare: { attribute: false }, run: { state: true }, ready: { state: true }, error: { state: true }, busy: { state: true }, copied: { state: true }, crowd: { state: true }, length: { state: true } };
  declare event: EventView;
  declare api: HostApi;
  declare prepare: () => Promise<Prepared>;
  /** What the origin runs, or ran last. */
  private declare run: RehearsalRunView | undefined;
  private declare ready: Prepared | undefined;
  private declare error: ApiError | undefined;
  private declare busy: boolean;
  private declare copied: boolean;
  private declare crowd: number;
  private declare length: string;
  readonly #refresher = new Refresher(this, {
    // The desk says what is wrong with the link.
    ask: () => this.api.run(this.event.id), every: () => (this.run?.state === 'running' ? LOOK_MS : REST_MS),
    took: (run) => {
      this.run = run;
    },
  });

  static override styles = [controls, css`
    :host { display: block; }
    .card, .fields, .running { display: grid; gap: var(--cc-space-3); }
    .card-head { margin: 0; }
    code { display: block; margin-top: var(--cc-space-2); padding: var(--cc-space-3); border: 1px solid var(--cc-line); border-radius: var(--cc-radius-s); background: var(--cc-bg); font-family: var(--cc-font-mono); font-size: var(--cc-size-1); overflow-wrap: anywhere; user-select: all; }
    .buttons { display: flex; flex-wrap: wrap; gap: var(--cc-space-2); }
    .buttons > * { flex: 1; }
    details, details * { box-sizing: border-box; }
    details > * + * { margin-top: var(--cc-space-2); }
    summary { cursor: pointer; min-height: 32px; align-content: center; }
    .lines { max-height: 9.5em; overflow: auto; padding: var(--cc-space-3); border-radius: var(--cc-radius-s); background: var(--cc-surface-2); font-size: var(--cc-size-1); overflow-wrap: anywhere; }
    .verdict { font-size: var(--cc-size-4); }
    .good { color: var(--cc-good); }
    .bad { color: var(--cc-bad); }
    .findings li { display: grid; grid-template-columns: 1.4em minmax(0, 1fr); padding: var(--cc-space-1) 0; border-top: 1px solid var(--cc-line); font-size: var(--cc-size-2); overflow-wrap: anywhere; }
    .findings span { display: block; font-size: var(--cc-size-1); }
  `];

  constructor() {
    super();
    this.crowd = 200;
    this.length = 'full';
  }

  override willUpdate(changed: Map<string, unknown>): void {
    const before = changed.get('event') as EventView | undefined;
    if (before === undefined || before.id === this.event.id) return;
    this.error = undefined;
    if (this.event.rehearsalOf === before.id || before.rehearsalOf === this.event.id) return; // there and back
    this.ready = this.run = undefined;
    this.#refresher.soon();
  }

  override render() {
    const { rehearsalOf } = this.event;
    return html`<section class="card" aria-label="Rehearsal">
      <div class="card-head"><h2 class="caps">Rehearsal</h2>${this.run?.state === 'running' ? html`<span class="small num" data-test="run-time">${clockFace(this.run.forMs ?? 0)}</span>` : nothing}</div>
      <p class="muted small">${rehearsalOf === undefined
        ? 'Simulated viewers with late pictures play a copy of this event, lose a relay and claim. Its drops are in test mode: nothing of the real stock is touched.'
        : 'You are looking at the rehearsal: drops here are in test mode.'}</p>
      ${this.error === undefined ? nothing : html`<p class="small bad" role="alert">${explain(this.error)} <span class="muted">${this.error.code}</span></p>`}
      ${this.run === undefined ? nothing : this.#runner(this.run)}
      ${rehearsalOf !== undefined ? html`<div class="buttons"><button data-test="back" @click=${() => this.#show(rehearsalOf)}>Back to the event</button></div>` : this.#byHand()}
    </section>`;
  }

  #runner(run: RehearsalRunView): TemplateResult {
    if (run.most === 0) return html`<p class="muted small">This server runs no rehearsals itself. A command does, from any machine.</p>`;
    return run.state === 'running' ? this.#running(run) : html`${this.#outcome(run)}${this.#start(run)}`;
  }

  #running({ lines, viewers }: RehearsalRunView): TemplateResult {
    return html`<div class="running" data-test="running"><p class="small" role="status">${viewers} simulated viewers: ${lines.at(-1) ?? 'on their way'}</p>
      <ol class="lines num" tabindex="0" aria-label="What it did so far">${lines.slice(0, -1).reverse().map((line) => html`<li>${line}</li>`)}</ol>
      <div class="buttons">${this.event.rehearsalOf === undefined ? html`<button data-test="watch-run" ?disabled=${this.busy} @click=${() => this.#command(async () => this.#show((await this.api.rehearsal(this.event.id)).id))}>Watch it</button>` : nothing}
        <button class="danger" data-test="stop-run" ?disabled=${this.busy} @click=${() => this.#command(async () => { this.run = await this.api.stopRun(this.event.id); })}>Stop</button></div></div>`;
  }

  #outcome({ state, findings, code, lines }: RehearsalRunView): TemplateResult | typeof nothing {
    if (state === 'none' || state === 'running') return nothing;
    if (state === 'stopped') return html`<p class="small" role="status" data-test="verdict">Stopped. The real event is as it was.</p>`;
    if (state === 'failed') return html`<p class="small bad" role="status" data-test="verdict">It ended without a verdict${lines.length === 0 ? '' : `: ${lines.at(-1)}`} <span class="muted">${code}</span></p>`;
    const wrong = (findings ?? []).filter(({ good }) => !good).length;
    return html`<p role="status" data-test="verdict"><b class="verdict ${state === 'ready' ? 'good' : 'bad'}">${state === 'ready' ? 'Ready' : 'Not ready'}</b>${wrong === 0 ? nothing : html` <span class="small muted">${wrong} of ${findings!.length} findings are bad</span>`}</p>
      <ul class="findings">${(findings ?? []).map(({ what, good, said }) => html`<li data-test="finding"><b class=${good ? 'good' : 'bad'} aria-hidden="true">${good ? '✓' : '✗'}</b><div><b>${what}<span class="hidden-text">${good ? ': good' : ': bad'}</span></b><span class="muted">${said}</span></div></li>`)}</ul>`;
  }

  #start({ most, state }: RehearsalRunView): TemplateResult {
    const crowds = CROWDS.filter((crowd) => crowd <= most);
    const offered = crowds.length === 0 ? [most] : crowds;
    const crowd = offered.includes(this.crowd) ? this.crowd : offered.at(-1)!;
    return html`<div class="fields">
      <label class="field">Viewers<select name="crowd" @change=${(e: Event) => { this.crowd = Number((e.target as HTMLSelectElement).value); }}>${offered.map((each) => html`<option value=${each} ?selected=${each === crowd}>${each}</option>`)}</select></label>
      <label class="field">How<select name="length" @change=${(e: Event) => { this.length = (e.target as HTMLSelectElement).value; }}>${Object.entries(LENGTHS).map(([id, { name }]) => html`<option value=${id} ?selected=${id === this.length}>${name}</option>`)}</select></label>
      <div class="buttons"><button class="primary" data-test="start-run" ?disabled=${this.busy} @click=${() => this.#command(() => this.#begin(crowd))}>${state === 'none' ? 'Start a rehearsal' : 'Rehearse again'}</button></div></div>`;
  }

  async #begin(viewers: number): Promise<void> {
    const { name: _, ...how } = LENGTHS[this.length]!;
    this.run = await this.api.startRun(this.event.id, { viewers, ...how });
    this.#refresher.soon(LOOK_MS);
  }

  /** From a terminal, on any machine. */
  #byHand(): TemplateResult {
    const buttons = html`<div class="buttons"><button data-test="rehearse" ?disabled=${this.busy} @click=${() => this.#command(async () => { this.copied = false; this.ready = await this.prepare(); })}>${this.ready === undefined ? 'Prepare a rehearsal' : 'New command'}</button>
      ${this.ready === undefined ? nothing : html`<button data-test="watch" @click=${() => this.#show(this.ready!.event.id)}>Watch it</button>`}</div>`;
    const command = this.ready === undefined ? nothing : this.#commandText(this.ready);
    return this.run === undefined || this.run.most === 0 ? html`${command}${buttons}` : html`<details ?open=${this.ready !== undefined}><summary class="small">From a terminal instead</summary>${command}${buttons}</details>`;
  }

  #commandText({ event, link }: Prepared): TemplateResult {
    const text = `npm run crowdcue -- rehearse ${event.rehearsalOf ?? event.id} --host-link '${link}' --viewers ${VIEWERS}`;
    return html`<div><p class="small" role="status">It is ready. Run this in Crowdcue's folder, once and soon; it ends in a verdict.</p><code data-test="command">${text}</code></div>
      <button @click=${() => this.#copy(text)}>${this.copied ? icons.done : icons.copy} ${this.copied ? 'Copied' : 'Copy command'}</button>`;
  }

  async #command(run: () => Promise<unknown>): Promise<void> {
    this.busy = true;
    this.error = undefined;
    try {
      await run();
    } catch (thrown) {
      this.error = asApiError(thrown);
    } finally {
      this.busy = false;
    }
  }

  /** Without permission it stands there, to be selected by a tap. */
  #copy(text: string): void {
    navigator.clipboard?.writeText(text).then(() => { this.copied = true; }, () => undefined);
  }

  #show(id: string): void {
    this.dispatchEvent(new CustomEvent<string>('show-event', { detail: id }));
  }
}

customElements.define('cc-rehearsal', RehearsalCard);
