import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { controls } from '../shared/controls.js';
import { counted } from '../shared/format.js';
import type { SetupDesk } from './setup-panel.js';

type Row = 'sponsor' | 'embedding' | 'quests' | 'twitch' | 'workspaces';

/** Each is loaded when it is first opened: most shows open none of them. */
const PARTS: Readonly<Record<Row, { readonly title: string; load(): Promise<unknown>; show(desk: SetupDesk): TemplateResult }>> = {
  sponsor: { title: 'Sponsor', load: () => import('./sponsor-panel.js'), show: (desk) => html`<cc-sponsor .desk=${desk}></cc-sponsor>` },
  embedding: { title: 'On other pages', load: () => import('./embed-panel.js'), show: (desk) => html`<cc-embed .desk=${desk}></cc-embed>` },
  quests: { title: 'Quests', load: () => import('./quests-panel.js'), show: (desk) => html`<cc-quests .desk=${desk}></cc-quests>` },
  twitch: { title: 'Twitch', load: () => import('./twitch-panel.js'), show: (desk) => html`<cc-twitch .desk=${desk}></cc-twitch>` },
  workspaces: { title: 'Workspaces', load: () => import('./workspaces-panel.js'), show: (desk) => html`<cc-workspaces .desk=${desk}></cc-workspaces>` },
};

/** What is set up once rather than done on air: a row each, closed until somebody opens it. What was typed outlives closing. */
export class SetupCard extends LitElement {
  static override properties = { desk: { attribute: false }, open: { state: true }, loaded: { state: true }, failed: { state: true } };
  declare desk: SetupDesk;
  private declare open: ReadonlySet<Row>;
  private declare loaded: ReadonlySet<Row>;
  private declare failed: ReadonlySet<Row>;

  static override styles = [controls, css`
    :host { display: block; min-width: 0; }
    .card-head { margin-bottom: 0; }
    details { border-top: 1px solid var(--cc-line); }
    details:first-of-type { border-top: 0; }
    summary { display: flex; align-items: center; justify-content: space-between; gap: var(--cc-space-3); min-height: 44px; cursor: pointer; font-size: var(--cc-size-2); font-weight: var(--cc-weight-strong); }
    summary:focus-visible { outline-offset: -3px; border-radius: var(--cc-radius-s); }
    summary::after { content: '+'; color: var(--cc-text-muted); font-weight: var(--cc-weight-text); }
    [open] > summary::after { content: '–'; }
    summary span { margin-left: auto; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-weight: var(--cc-weight-text); color: var(--cc-text-muted); }
    .body { padding-block: var(--cc-space-1) var(--cc-space-4); }
  `];

  constructor() {
    super();
    this.open = this.loaded = this.failed = new Set();
  }

  override render() {
    const { me, places } = this.desk;
    const rows: Row[] = ['sponsor', 'embedding', 'quests', 'twitch'];
    if (places.length > 1 || (me?.workspace.id === 'own' && this.desk.mayOwn)) rows.push('workspaces');
    return html`<section class="card" aria-label="Set-up"><div class="card-head"><h2 class="caps">Set-up</h2></div>${rows.map((row) => this.#row(row))}</section>`;
  }

  #row(row: Row): TemplateResult {
    const { title, show } = PARTS[row];
    const open = this.open.has(row);
    return html`<details ?open=${open} @toggle=${(e: Event) => this.#toggled(row, (e.target as HTMLDetailsElement).open)} data-test=${`set-${row}`}>
      <summary>${title}<span>${this.#standing(row)}</span></summary>
      ${!open && !this.loaded.has(row) ? nothing : html`<div class="body">${this.loaded.has(row) ? show(this.desk) : this.failed.has(row)
        ? html`<p class="small" role="alert">This part could not be loaded. <button class="small" @click=${() => this.#load(row)}>Try again</button></p>` : html`<p class="muted small">Loading …</p>`}</div>`}</details>`;
  }

  /** What there is, as far as the desk knows it without asking. */
  #standing(row: Row): string {
    const { event: { sponsor, embedOrigins = [] }, places } = this.desk;
    if (row === 'sponsor') return sponsor?.name ?? 'none';
    if (row === 'embedding') return embedOrigins.length === 0 ? 'no frames' : counted(embedOrigins.length, 'site');
    return row === 'workspaces' && places.length > 1 ? String(places.length) : '';
  }

  #toggled(row: Row, open: boolean): void {
    if (open === this.open.has(row)) return;
    this.open = new Set(open ? [...this.open, row] : [...this.open].filter((each) => each !== row));
    if (open && !this.loaded.has(row)) void this.#load(row);
  }

  async #load(row: Row): Promise<void> {
    this.failed = new Set([...this.failed].filter((each) => each !== row));
    try {
      await PARTS[row].load();
      this.loaded = new Set([...this.loaded, row]);
    } catch {
      this.failed = new Set([...this.failed, row]); // no network, or another build is served by now
    }
  }
}

customElements.define('cc-setup', SetupCard);
