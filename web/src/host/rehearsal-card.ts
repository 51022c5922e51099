import type { EventView } from '@crowdcue/protocol';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { asApiError, type ApiError } from '../shared/api.js';
import { controls } from '../shared/controls.js';
import { explain } from '../shared/explain.js';
import { icons } from '../shared/icons.js';

const VIEWERS = 500;

interface Prepared {
  readonly event: EventView;
  /** A one-time link to the console. */
  readonly link: string;
}

/** Makes the event's rehearsal and says how to run it; its charts are those of any event on the desk. Raises `show-event`. */
export class RehearsalCard extends LitElement {
  static override properties = { event: { attribute: false }, prepare: { attribute: false }, ready: { state: true }, error: { state: true }, busy: { state: true }, copied: { state: true } };
  declare event: EventView;
  declare prepare: () => Promise<Prepared>;
  private declare ready: Prepared | undefined;
  private declare error: ApiError | undefined;
  private declare busy: boolean;
  private declare copied: boolean;

  static override styles = [controls, css`
    :host { display: block; }
    .card { display: grid; gap: var(--cc-space-3); }
    .card-head { margin: 0; }
    code { display: block; margin-top: var(--cc-space-2); padding: var(--cc-space-3); border: 1px solid var(--cc-line); border-radius: var(--cc-radius-s); background: var(--cc-bg); font-family: var(--cc-font-mono); font-size: var(--cc-size-1); overflow-wrap: anywhere; user-select: all; }
    .buttons { display: flex; flex-wrap: wrap; gap: var(--cc-space-2); }
    .buttons > * { flex: 1; }
  `];

  override willUpdate(changed: Map<string, unknown>): void {
    const before = changed.get('event') as EventView | undefined;
    if (before === undefined || before.id === this.event.id || this.event.rehearsalOf === before.id) return;
    this.ready = undefined;
    this.error = undefined;
  }

  override render() {
    const { rehearsalOf } = this.event;
    return html`<section class="card" aria-label="Rehearsal">
      <div class="card-head"><h2 class="caps">Rehearsal</h2></div>
      <p class="muted small">${rehearsalOf === undefined
        ? 'Simulated viewers with late pictures play a copy of this event, lose a relay and claim. Its drops are in test mode: nothing of the real stock is touched.'
        : 'You are looking at the rehearsal: drops here are in test mode.'}</p>
      ${this.error === undefined ? nothing : html`<p class="small" role="alert">${explain(this.error)} <span class="muted">${this.error.code}</span></p>`}
      ${this.ready === undefined ? nothing : this.#command(this.ready)}
      <div class="buttons">${rehearsalOf === undefined
        ? html`<button data-test="rehearse" ?disabled=${this.busy} @click=${this.#prepare}>${this.ready === undefined ? 'Prepare a rehearsal' : 'New command'}</button>${this.ready === undefined ? nothing : html`<button data-test="watch" @click=${() => this.#show(this.ready!.event.id)}>Watch it</button>`}`
        : html`<button data-test="back" @click=${() => this.#show(rehearsalOf)}>Back to the event</button>`}</div>
    </section>`;
  }

  #command({ event, link }: Prepared): TemplateResult {
    const text = `npm run crowdcue -- rehearse ${event.rehearsalOf ?? event.id} --host-link '${link}' --viewers ${VIEWERS}`;
    return html`<div><p class="small" role="status">It is ready. Run this in Crowdcue's folder, once and soon; it ends in a verdict.</p><code data-test="command">${text}</code></div>
      <button @click=${() => this.#copy(text)}>${this.copied ? icons.done : icons.copy} ${this.copied ? 'Copied' : 'Copy command'}</button>`;
  }

  async #prepare(): Promise<void> {
    this.busy = true;
    this.copied = false;
    this.error = undefined;
    try {
      this.ready = await this.prepare();
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
