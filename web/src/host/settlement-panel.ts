import type { StatementRow } from '@crowdcue/protocol';
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { closeStatement, save, statement, statementFile, type Statement } from './drop-api.js';
import { DropPart } from './drop-panel.js';

/** Minor units in the currency's own way; one that no browser knows as a plain number. */
export const money = (minor: number, currency: string): string => {
  try {
    const format = new Intl.NumberFormat('en', { style: 'currency', currency });
    return format.format(minor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
  } catch {
    return `${minor} ${currency}`;
  }
};

const accountText = (account: string): string => (account === 'shop' ? 'Shop holds' : account.replace(/^party:/, ''));

/** Who is owed what: the open statement of the event, its files, and its closing. Read when it is opened, and on request. */
export class SettlementPanel extends DropPart {
  static override properties = { ...DropPart.properties, told: { state: true }, all: { state: true } };
  private declare told: Statement | undefined;
  private declare all: boolean;
  #event = '';

  static override styles = [...DropPart.styles, css`
    .tables { overflow-x: auto; margin-block: var(--cc-space-2); }
    table { width: 100%; border-collapse: collapse; font-size: var(--cc-size-1); }
    th, td { padding: 4px 0 4px var(--cc-space-3); text-align: right; white-space: nowrap; }
    th:first-child { padding-left: 0; text-align: left; min-width: 3.5rem; max-width: 9rem; white-space: normal; overflow-wrap: break-word; }
    th { font-weight: var(--cc-weight-text); color: var(--cc-text-muted); }
    tbody th { color: var(--cc-text); font-weight: var(--cc-weight-strong); }
    .check { display: flex; align-items: center; gap: var(--cc-space-2); min-height: 32px; }
    .buttons { margin-top: var(--cc-space-2); }
  `];

  constructor() {
    super();
    this.all = false;
  }

  protected override willUpdate(changed: PropertyValues): void {
    const { id } = this.tools.event;
    if (id === this.#event && !changed.has('all')) return;
    this.#event = id;
    this.told = undefined;
    void this.#read();
  }

  override render() {
    const { told, busy } = this;
    if (told === undefined) return html`<p class="muted small">${this.problem === undefined ? 'Loading …' : nothing}</p>${this.wrongOf('statement')}
      ${this.problem === undefined ? nothing : html`<button class="small" @click=${() => this.#read()}>Try again</button>`}`;
    const last = told.closed.at(-1);
    return html`
      <label class="check small"><input type="checkbox" .checked=${this.all} @change=${(e: Event) => { this.all = (e.target as HTMLInputElement).checked; }} data-test="all"> From the beginning${last === undefined ? '' : `, not from statement ${last.number} on`}</label>
      ${told.rows.length === 0 ? html`<p class="muted small" data-test="no-money">No sale has been reported${this.all ? '' : ' since'}. What a shop reports of checkouts stands here.</p>` : this.#table(told.rows)}
      ${told.faults.map(({ seq, what }) => html`<p class="wrong" role="alert">Entry ${seq}: ${what}. The statement can’t be closed.</p>`)}
      <p class="muted small" data-test="closed">Refunds are taken off where their sales were added. ${last === undefined ? 'No statement is closed yet.' : `Statement ${last.number} was closed ${new Date(last.at).toLocaleString()}.`}</p>
      ${this.wrongOf('statement')}
      <div class="buttons"><button class="small" ?disabled=${busy} @click=${() => this.#read()}>Refresh</button>
        ${(['csv', 'json'] as const).map((kind) => html`<button class="small" ?disabled=${busy} @click=${() => this.#file(kind)} data-test=${`statement-${kind}`}>${kind.toUpperCase()}</button>`)}
        <button class="small" ?disabled=${busy || this.all || told.faults.length > 0} @click=${this.#close} data-test="close-statement">Close statement …</button></div>`;
  }

  #table(rows: readonly StatementRow[]): TemplateResult {
    return html`<div class="tables" tabindex="0" role="region" aria-label="Statement"><table class="num" data-test="statement"><thead><tr><th scope="col"></th><th scope="col">before</th><th scope="col">sold</th><th scope="col">refunded</th><th scope="col">now</th></tr></thead>
      <tbody>${rows.map(({ account, currency, opening, converted, refunded, closing }) => html`<tr data-test="account"><th scope="row">${accountText(account)}</th>${[opening, converted, refunded, closing].map((minor) => html`<td>${money(minor, currency)}</td>`)}</tr>`)}</tbody></table></div>`;
  }

  async #read(): Promise<void> {
    const { api, event: { id } } = this.tools;
    const { all } = this;
    await this.read('statement', () => statement(api, id, all), (told) => {
      this.told = told;
    });
  }

  async #file(kind: 'csv' | 'json'): Promise<void> {
    const { api, event: { id } } = this.tools;
    await this.run('statement', async () => save(await statementFile(api, id, this.all, kind), `${id}-statement.${kind}`));
  }

  async #close(): Promise<void> {
    const { api, event: { id }, ask } = this.tools;
    if (!(await ask({ title: 'Close the statement?', text: 'What it says stands for good; the next one begins after it. This cannot be undone.', yes: 'Close statement' }))) return;
    if (!(await this.run('statement', () => closeStatement(api, id)))) return;
    this.done('The statement is closed.');
    await this.#read();
  }
}

customElements.define('cc-settlement', SettlementPanel);
