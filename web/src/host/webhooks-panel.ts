/** Where the workspace's messages go: endpoints, how each does, and a form for another. Asked again every few seconds while it is open. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import { repeat } from 'lit/directives/repeat.js';
import { explain } from '../shared/explain.js';
import { Poller, type PollState } from '../shared/poller.js';
import { DropPart } from './drop-panel.js';
import './secret-once.js';
import './webhook-row.js';
import { addEndpoint, endpoints, MESSAGE_TYPES, standing, typeText, type Endpoint, type EndpointDraft, type Standing } from './webhooks-api.js';

const REFRESH_MS = 2_000;

interface Row {
  readonly endpoint: Endpoint;
  /** undefined: it was removed between the two questions */
  readonly standing: Standing | undefined;
}

export class WebhooksPanel extends DropPart {
  static override properties = { ...DropPart.properties, rows: { state: true }, link: { state: true }, secret: { state: true } };
  private declare rows: readonly Row[] | undefined;
  private declare link: PollState;
  /** Shown once; nobody can read it again. */
  private declare secret: { readonly url: string; readonly secret: string } | undefined;
  readonly #poller = new Poller<readonly Row[]>({
    periodMs: REFRESH_MS,
    ask: () => this.#ask(),
    onAnswer: (rows) => { this.rows = rows; },
    onState: (state) => { if (state.kind !== 'starting') this.link = state; },
  });

  static override styles = [...DropPart.styles, css`
    ul { display: grid; grid-template-columns: minmax(0, 1fr); gap: var(--cc-space-4); margin-block: var(--cc-space-2); }
    li + li { min-width: 0; border-top: 1px solid var(--cc-line); padding-top: var(--cc-space-3); }
    .check { display: flex; align-items: center; gap: var(--cc-space-2); min-height: 32px; font-size: var(--cc-size-2); }
    fieldset { border: 0; margin: 0; padding: 0; min-width: 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); }
    legend { padding: 0; font-size: var(--cc-size-2); font-weight: var(--cc-weight-strong); }
  `];

  constructor() {
    super();
    this.link = { kind: 'starting' };
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#poller.start();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#poller.stop();
  }

  override render() {
    return html`<p class="muted small">Shops and bots that are told of every change of an entitlement, in all events of the workspace or in one. Each message goes again until it arrives.</p>
      ${this.#secretOf()}${this.#list()}${this.#form()}`;
  }

  #list(): TemplateResult {
    const { rows, link, tools } = this;
    const away = link.kind === 'unreachable' || link.kind === 'refused' ? html`<p class="wrong" role="alert">${explain(link.error)} <span class="code">${link.error.code}</span>${link.kind === 'refused' ? html` <button class="small" @click=${this.#again}>Try again</button>` : nothing}</p>` : nothing;
    if (rows === undefined) return html`${away}${away === nothing ? html`<p class="muted small">Loading …</p>` : nothing}`;
    return html`${away}${rows.length === 0 ? html`<p class="muted small" data-test="no-endpoints">No endpoint yet.</p>`
      : html`<ul>${repeat(rows, ({ endpoint: { id } }) => id, ({ endpoint, standing: of }) => html`<li><cc-webhook .tools=${tools} .endpoint=${endpoint} .standing=${of} @changed=${this.#again} @secret=${(e: CustomEvent<{ url: string; secret: string }>) => { this.secret = e.detail; }}></cc-webhook></li>`)}</ul>`}`;
  }

  #secretOf(): TemplateResult | typeof nothing {
    const { secret } = this;
    if (secret === undefined) return nothing;
    return html`${keyed(secret, html`<cc-secret-once .of=${secret.url} .secret=${secret.secret} text="Put it where the messages are checked." @kept=${() => { this.secret = undefined; }}></cc-secret-once>`)}`;
  }

  #form(): TemplateResult {
    return html`<details data-test="add-endpoint"><summary>Add an endpoint</summary><form @submit=${this.#add} novalidate>
      <label class="field">Address<input name="url" type="url" inputmode="url" maxlength="2000" autocomplete="off" spellcheck="false" placeholder="https://shop.example/hooks" aria-invalid=${this.invalid('url')} data-test="url"></label>${this.wrongOf('url')}
      <label class="field">What it is<input name="description" maxlength="200" autocomplete="off" placeholder="optional" data-test="what"></label>
      <details><summary data-test="more-endpoint">More</summary>
        <label class="check"><input type="checkbox" name="own" data-test="own"> Only this event</label>
        <label class="check"><input type="checkbox" name="start" data-test="start"> Tell also what happened before</label>
        <fieldset><legend>Messages</legend>${MESSAGE_TYPES.map(({ type, usual }) => html`<label class="check"><input type="checkbox" name="types" value=${type} .defaultChecked=${usual} aria-invalid=${this.invalid('types')}> ${typeText(type)}</label>`)}</fieldset>${this.wrongOf('types')}</details>
      <div class="buttons"><button class="small" ?disabled=${this.busy} data-test="add">Add endpoint</button></div></form></details>`;
  }

  readonly #add = async (e: SubmitEvent): Promise<void> => {
    e.preventDefault();
    const form = e.target as HTMLFormElement;
    const values = new FormData(form);
    const url = String(values.get('url')).trim();
    const types = values.getAll('types').map(String);
    if (url === '') return this.wrong('url', 'The address that messages go to.', 'webhook_bad_request');
    if (types.length === 0) form.querySelector('details')!.open = true;
    if (types.length === 0) return this.wrong('types', 'Choose one at least.', 'webhook_bad_request');
    const draft: EndpointDraft = { url, description: String(values.get('description')).trim(), types, from: values.has('start') ? 'start' : 'now', ...(values.has('own') ? { event: this.tools.event.id } : {}) };
    let secret = '';
    if (!(await this.run('url', async () => { secret = await addEndpoint(this.tools.api, draft); }))) return;
    form.reset();
    form.closest('details')!.open = false;
    this.#again();
    this.secret = { url, secret };
  };

  /** Asks anew: the answer to a question of before a command would be an old one. */
  readonly #again = (): void => this.#poller.start();

  async #ask(): Promise<readonly Row[]> {
    const { api } = this.tools;
    const all = await endpoints(api);
    return Promise.all(all.map(async (endpoint) => ({ endpoint, standing: await standing(api, endpoint.id).catch(() => undefined) })));
  }
}

customElements.define('cc-webhooks', WebhooksPanel);
