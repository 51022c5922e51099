import type { HostViewer } from '@crowdcue/protocol';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { asApiError } from '../shared/api.js';
import { controls } from '../shared/controls.js';
import { explain } from '../shared/explain.js';
import { counted } from '../shared/format.js';
import { Refresher } from './refresher.js';

const REFRESH_MS = 2_000; // names come and go slower than numbers
const TYPING_MS = 200;
const SHOWN = 50; // as many as the origin answers

/** Viewers by name or number. Raises `ban`, `unban`, `hold` and `approve` with a `HostViewer`. */
export class ViewersPanel extends LitElement {
  static override properties = { eventId: { attribute: false }, find: { attribute: false }, viewers: { state: true }, query: { state: true }, failed: { state: true } };
  declare eventId: string;
  /** Asks for viewers. */
  declare find: (query: string) => Promise<readonly HostViewer[]>;
  private declare viewers: readonly HostViewer[] | undefined;
  private declare query: string;
  private declare failed: string | undefined;
  readonly #refresher = new Refresher(this, {
    ask: () => this.find(this.query.trim()), every: () => REFRESH_MS,
    took: (viewers) => {
      this.viewers = viewers;
      this.failed = undefined;
    },
    failed: (thrown) => {
      this.failed = explain(asApiError(thrown));
    },
  });

  static override styles = [controls, css`
    :host { display: block; }
    input { margin-bottom: var(--cc-space-2); }
    ul { max-height: 252px; overflow: auto; }
    li { display: flex; align-items: center; gap: var(--cc-space-3); padding: var(--cc-space-1) 0; border-top: 1px solid var(--cc-line); }
    .dot { flex: none; width: 8px; height: 8px; border-radius: 50%; background: var(--cc-line); }
    .online .dot { background: var(--cc-good); }
    .who { flex: 1; min-width: 0; }
    .who b { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-size: var(--cc-size-2); }
    .who span { font-size: var(--cc-size-1); }
    li button { flex: none; }
    .held .who b { color: var(--cc-text-muted); font-style: italic; }
    .banned .who b { text-decoration: line-through; color: var(--cc-text-muted); }
  `];

  constructor() {
    super();
    this.query = '';
  }

  override willUpdate(changed: Map<string, unknown>): void {
    if (!changed.has('eventId')) return;
    this.viewers = undefined;
    this.refresh();
  }

  /** Asks again at once. */
  refresh(): void {
    this.#refresher.soon();
  }

  override render() {
    return html`<section class="card" aria-label="Viewers">
      <div class="card-head"><h2 class="caps">Viewers</h2>${this.viewers && this.viewers.length >= SHOWN ? html`<span class="small muted">newest ${SHOWN}; search for others</span>` : nothing}</div>
      <input type="search" placeholder="Search by name or number" aria-label="Search viewers" .value=${this.query} @input=${this.#typed}>
      ${this.#list()}
    </section>`;
  }

  #typed(e: Event): void {
    this.query = (e.target as HTMLInputElement).value;
    this.#refresher.soon(TYPING_MS);
  }

  #list(): TemplateResult {
    if (this.failed !== undefined && this.viewers === undefined) return html`<p class="muted small" role="status">${this.failed}</p>`;
    if (this.viewers === undefined) return html`<p class="muted small">Loading …</p>`;
    if (this.viewers.length === 0) return html`<p class="muted small">${this.query.trim() === '' ? 'Nobody is here yet. Show the join card on your stream.' : 'No viewer has this name or number.'}</p>`;
    return html`<ul tabindex="0" aria-label="Viewers">${this.viewers.map((v) => this.#row(v))}</ul>`;
  }

  #row(v: HostViewer): TemplateResult {
    const state = `${v.banned ? 'banned' : v.online ? 'online' : 'away'}${v.held ? ' · name held' : ''}`;
    return html`<li class="${v.online ? 'online' : ''} ${v.banned ? 'banned' : ''} ${v.held ? 'held' : ''}" data-test="viewer">
      <i class="dot" aria-hidden="true"></i>
      <div class="who"><b>${v.name}</b><span class="muted num">${state} · ${counted(v.roundsPlayed, 'round')} · ${counted(v.score, 'point')}</span></div>
      ${v.held ? html`<button class="small" @click=${() => this.#raise('approve', v)} aria-label="Approve the name ${v.name}" data-test="approve">Approve</button>`
        : html`<button class="small quiet" @click=${() => this.#raise('hold', v)} aria-label="Hold the name ${v.name}" title="Others see a placeholder until you approve" data-test="hold">Hold</button>`}
      ${v.banned ? html`<button class="small" @click=${() => this.#raise('unban', v)} aria-label="Take back the ban of ${v.name}">Take back</button>`
        : html`<button class="small danger" @click=${() => this.#raise('ban', v)} aria-label="Ban ${v.name}">Ban</button>`}</li>`;
  }

  #raise(type: 'ban' | 'unban' | 'hold' | 'approve', viewer: HostViewer): void {
    this.dispatchEvent(new CustomEvent(type, { detail: viewer }));
  }
}

customElements.define('cc-viewers', ViewersPanel);
