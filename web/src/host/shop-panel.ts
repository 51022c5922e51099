/** What a shop needs to say what became of an entitlement: the address, and a secret to sign with, of this event or of all. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import './copy-text.js';
import { DropPart } from './drop-panel.js';
import './secret-once.js';
import { newShopSecret, removeShopSecret, reportUrl, shopSecret, type ShopScope, type ShopSecret } from './shop-api.js';

const SCOPES: readonly { readonly scope: ShopScope; readonly title: string; readonly of: string }[] = [
  { scope: 'event', title: 'For this event', of: 'reports for this event' },
  { scope: 'workspace', title: 'For all events of the workspace', of: 'reports for all events' },
];

type Secrets = Readonly<Record<ShopScope, ShopSecret | null>>;

export class ShopPanel extends DropPart {
  static override properties = { ...DropPart.properties, secrets: { state: true }, made: { state: true } };
  private declare secrets: Secrets | undefined;
  /** Shown once; nobody can read it again. */
  private declare made: { readonly of: string; readonly secret: string } | undefined;
  #event = '';

  static override styles = [...DropPart.styles, css`
    ul { display: grid; gap: var(--cc-space-4); margin-block: var(--cc-space-3); }
    li { display: grid; gap: var(--cc-space-2); min-width: 0; }
    .address { display: grid; gap: var(--cc-space-2); margin-top: var(--cc-space-2); }
  `];

  protected override willUpdate(): void {
    const { id } = this.tools.event;
    if (id === this.#event) return;
    this.#event = id;
    this.secrets = this.made = undefined;
    void this.#read();
  }

  override render() {
    const { secrets, made, tools: { event } } = this;
    return html`<p class="muted small">A shop reports here what became of an entitlement: confirmed, fulfilled, bought or paid back. That moves the entitlement and the statement. Reports are signed, and one that comes twice counts once.</p>
      ${made === undefined ? nothing : keyed(made, html`<cc-secret-once .of=${made.of} .secret=${made.secret} text="Put it where the shop signs." @kept=${() => { this.made = undefined; }}></cc-secret-once>`)}
      <div class="address small"><b>Address</b><cc-copy-text .text=${reportUrl(event.id)} name="address for reports"></cc-copy-text></div>
      ${secrets === undefined ? html`<p class="muted small">${this.problem === undefined ? 'Loading …' : nothing}</p>` : html`<ul>${SCOPES.map((each) => this.#row(each, secrets[each.scope]))}</ul>`}
      ${this.wrongOf('secrets')}${this.wrongOf('shop')}
      <div class="buttons"><button class="small" ?disabled=${this.busy} @click=${() => this.#read()}>Refresh</button></div>`;
  }

  #row({ scope, title, of }: (typeof SCOPES)[number], secret: ShopSecret | null): TemplateResult {
    const button = (text: string, test: string, press: () => Promise<void>, danger = false): TemplateResult =>
      html`<button class="small ${danger ? 'danger' : ''}" ?disabled=${this.busy} @click=${(e: Event) => this.pressed(e.target as HTMLElement, press)} data-test=${test} aria-label="${text} ${title}">${text}</button>`;
    return html`<li data-test="shop-${scope}"><b class="small">${title}</b>
      <p class="small muted" data-test="standing">${secret === null ? 'No secret yet.' : `Signed since ${new Date(secret.since).toLocaleString()}.`}
        ${secret?.oldSecretUntil === undefined ? nothing : html`The secret before counts too until ${new Date(secret.oldSecretUntil).toLocaleString()}.`}</p>
      <div class="buttons">${secret === null ? button('Make a secret', 'make', () => this.#make(scope, of))
        : html`${button('New secret …', 'make', () => this.#replace(scope, of))}${button('Remove …', 'remove', () => this.#remove(scope, of), true)}`}</div></li>`;
  }

  async #read(): Promise<void> {
    const { api, event: { id } } = this.tools;
    const ask = async (): Promise<Secrets> => {
      const [event, workspace] = await Promise.all([shopSecret(api, 'event', id), shopSecret(api, 'workspace', id)]);
      return { event, workspace };
    };
    await this.read('secrets', ask, (secrets) => {
      this.secrets = secrets;
    });
  }

  async #make(scope: ShopScope, of: string): Promise<void> {
    const { api, event: { id } } = this.tools;
    await this.run('shop', async () => {
      const secret = await newShopSecret(api, scope, id);
      if (id === this.tools.event.id) this.made = { of, secret };
    });
    await this.#read();
  }

  async #replace(scope: ShopScope, of: string): Promise<void> {
    if (await this.tools.ask({ title: `Make a new secret for ${of}?`, text: 'The present one counts for 24 hours more, then the new one alone. Put it where the shop signs by then.', yes: 'New secret' })) await this.#make(scope, of);
  }

  async #remove(scope: ShopScope, of: string): Promise<void> {
    const { api, event: { id }, ask } = this.tools;
    if (!(await ask({ title: `Remove the secret for ${of}?`, text: 'What is signed with it is refused from now on. This cannot be undone.', yes: 'Remove' }))) return;
    if (await this.run('shop', () => removeShopSecret(api, scope, id))) this.done(`The secret for ${of} is removed.`);
    await this.#read();
  }
}

customElements.define('cc-shop', ShopPanel);
