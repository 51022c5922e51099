import { css, html, nothing, type TemplateResult } from 'lit';
import { count } from '../shared/format.js';
import './dead-letters.js';
import { DropPart } from './drop-panel.js';
import { newSecret, pauseEndpoint, ping, removeEndpoint, type Endpoint, type Ping, type Standing } from './webhooks-api.js';

/** What an endpoint's state is called, and what that means for what waits. */
const stateOf = ({ state }: Endpoint, standing: Standing | undefined): { readonly name: string; readonly means?: string } => {
  if (state === 'paused') return { name: 'Paused', means: 'What happens meanwhile is told when it goes on.' };
  if (state === 'gone') return { name: 'Switched off', means: 'It answered 410, so nothing goes to it. Put it on again, then replay its dead letters.' };
  return standing?.down === true ? { name: 'Down', means: 'It failed five times in a row. One message goes now and then to see whether it is back; the others wait and lose no tries.' } : { name: 'On' };
};

const pingText = ({ delivered, error, took }: Ping, at: number): string => `The ping of ${new Date(at).toLocaleTimeString()} ${delivered ? `arrived in ${count(took)} ms` : `did not arrive: ${error ?? 'no answer'}`}.`;

/** One endpoint: how it does, and the host's hand on it. Raises `changed`, and `secret` with the new one. */
export class WebhookRow extends DropPart {
  static override properties = { ...DropPart.properties, endpoint: { attribute: false }, standing: { attribute: false }, pinged: { state: true } };
  declare endpoint: Endpoint;
  declare standing: Standing | undefined;
  private declare pinged: string;

  static override styles = [...DropPart.styles, css`
    .url { font-weight: var(--cc-weight-strong); overflow-wrap: anywhere; }
    .meta { display: flex; flex-wrap: wrap; gap: 0 var(--cc-space-3); margin-bottom: var(--cc-space-2); }
    .what { overflow-wrap: anywhere; }
    .state { font-weight: var(--cc-weight-strong); }
    .bad { color: var(--cc-bad); overflow-wrap: anywhere; }
    .buttons { margin-top: var(--cc-space-2); }
    .said { margin-top: var(--cc-space-2); }
  `];

  constructor() {
    super();
    this.pinged = '';
  }

  override render() {
    const { endpoint, standing, busy } = this;
    const { url, description, state, event, oldSecretUntil } = endpoint;
    const { name, means } = stateOf(endpoint, standing);
    return html`<div role="group" aria-label="Endpoint ${url}" data-test="endpoint">
      <p class="url small">${url}</p>
      ${description === '' ? nothing : html`<p class="what small muted" data-test="description">${description}</p>`}
      <div class="meta small muted num"><span class="state ${name === 'On' || name === 'Paused' ? '' : 'bad'}" data-test="state">${name}</span>
        ${standing === undefined ? nothing : html`<span data-test="pending">${count(standing.pending)} pending</span><span class=${standing.dead > 0 ? 'bad' : ''} data-test="dead-count">${count(standing.dead)} dead</span>`}
        <span>${event === undefined ? 'all events' : 'one event'}</span></div>
      ${means === undefined ? nothing : html`<p class="small muted">${means}</p>`}
      ${standing?.lastError === undefined ? nothing : html`<p class="small bad" data-test="last-error">Last try failed ${new Date(standing.lastError.at).toLocaleTimeString()}: ${standing.lastError.error}</p>`}
      ${oldSecretUntil === undefined ? nothing : html`<p class="small muted">The secret before signs too until ${new Date(oldSecretUntil).toLocaleString()}.</p>`}
      <div class="buttons">${state === 'on' ? this.#button('Pause', 'pause', () => this.#pause(true)) : this.#button(state === 'gone' ? 'Put on again' : 'Resume', 'resume', () => this.#pause(false))}
        ${this.#button('Ping', 'ping', () => this.#ping())}${this.#button('New secret …', 'rotate', () => this.#rotate())}
        <button class="small danger" ?disabled=${busy} @click=${this.#remove} data-test="remove">Remove …</button></div>
      <p class="small ${this.pinged === '' ? '' : 'said'}" role="status" data-test="pinged">${this.pinged}</p>
      ${this.wrongOf('endpoint')}
      <cc-dead-letters .tools=${this.tools} .endpoint=${endpoint} .standing=${standing} @changed=${this.#changed}></cc-dead-letters></div>`;
  }

  #button(text: string, test: string, press: () => Promise<void>): TemplateResult {
    return html`<button class="small" ?disabled=${this.busy} @click=${(e: Event) => this.pressed(e.target as HTMLElement, press)} data-test=${test}>${text}</button>`;
  }

  readonly #changed = (): void => { this.dispatchEvent(new Event('changed')); };

  async #pause(paused: boolean): Promise<void> {
    const { tools: { api }, endpoint: { id, state } } = this;
    const set = async (to: boolean): Promise<void> => {
      await pauseEndpoint(api, id, to);
      this.#changed();
    };
    if (!(await this.run('endpoint', () => set(paused)))) return;
    this.done(paused ? 'The endpoint is paused.' : 'The endpoint is on.', state === 'gone' ? undefined : () => set(!paused));
  }

  async #ping(): Promise<void> {
    const { tools: { api }, endpoint: { id } } = this;
    this.pinged = '';
    await this.run('endpoint', async () => { this.pinged = pingText(await ping(api, id), this.tools.now); });
  }

  async #rotate(): Promise<void> {
    const { tools: { api, ask }, endpoint: { id, url } } = this;
    if (!(await ask({ title: 'Make a new secret?', text: `Messages to ${url} are signed with both for 24 hours, then with the new one alone. Put it there by then.`, yes: 'New secret' }))) return;
    await this.run('endpoint', async () => {
      const secret = await newSecret(api, id);
      this.dispatchEvent(new CustomEvent('secret', { detail: { url, secret } }));
    });
    this.#changed();
  }

  readonly #remove = async (): Promise<void> => {
    const { tools: { api, ask }, endpoint: { id, url } } = this;
    if (!(await ask({ title: 'Remove this endpoint?', text: `${url} is told nothing more. What waits for it, and its dead letters, are forgotten. This cannot be undone.`, yes: 'Remove' }))) return;
    if (!(await this.run('endpoint', () => removeEndpoint(api, id)))) return;
    this.done('The endpoint is removed.');
    this.#changed();
  };
}

customElements.define('cc-webhook', WebhookRow);
