import type { AuditView } from '@crowdcue/protocol';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { asApiError } from '../shared/api.js';
import { controls } from '../shared/controls.js';
import { explain } from '../shared/explain.js';
import type { HostApi } from './host-api.js';

const REFRESH_MS = 3_000;
const PAGE = 50; // as many as the origin answers

/** One entry in words: who, what, about whom. */
export const auditText = ({ who, does, target, detail }: AuditView): string =>
  [who?.name ?? 'Somebody without a session', ': ', does, ...(detail === undefined ? [] : [` (${detail})`]), ...(target === undefined ? [] : [` · ${target}`])].join('');

/** What came of it, in words. */
export const outcomeOf = ({ outcome, times }: AuditView): string => `${outcome === 'done' ? 'done' : `refused, ${outcome}`}${times === undefined ? '' : ` × ${times}`}`;

/** The newest page in front of what was read before; an entry that moved up stands once. */
export const merged = (fresh: readonly AuditView[], before: readonly AuditView[]): AuditView[] => {
  const oldest = fresh.at(-1)?.id ?? '';
  return fresh.length < PAGE ? [...fresh] : [...fresh, ...before.filter(({ id }) => id < oldest)];
};

/** The audit log: read while it is open, newest first, older ones on request. */
export class AuditPanel extends LitElement {
  static override properties = { api: { attribute: false }, entries: { state: true }, failed: { state: true }, more: { state: true } };
  declare api: HostApi;
  private declare entries: readonly AuditView[] | undefined;
  private declare failed: string | undefined;
  private declare more: boolean;
  #timer: ReturnType<typeof setInterval> | undefined;

  static override styles = [controls, css`
    :host { display: block; }
    summary { cursor: pointer; min-height: 32px; align-content: center; border-radius: var(--cc-radius-s); }
    ul { max-height: 320px; overflow: auto; margin: var(--cc-space-2) 0; }
    li { padding: var(--cc-space-2) 0; border-top: 1px solid var(--cc-line); font-size: var(--cc-size-2); overflow-wrap: anywhere; }
    li span { display: block; font-size: var(--cc-size-1); }
    .refused span { color: var(--cc-bad); }
  `];

  constructor() {
    super();
    this.more = false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
  }

  override render() {
    return html`<section class="card" aria-label="Audit log"><details @toggle=${this.#toggled}><summary class="caps" data-test="audit">Audit log</summary>
      ${this.failed === undefined ? nothing : html`<p class="small muted" role="status">${this.failed}</p>`}
      ${this.entries === undefined ? html`<p class="small muted">Loading …</p>` : this.#list(this.entries)}</details></section>`;
  }

  #list(entries: readonly AuditView[]): TemplateResult {
    if (entries.length === 0) return html`<p class="small muted">No command has been given yet.</p>`;
    return html`<ul tabindex="0" aria-label="Commands, newest first">${entries.map((entry) => html`<li class=${entry.outcome === 'done' ? '' : 'refused'} data-test="deed">${auditText(entry)}
      <span class="muted num">${new Date(entry.at).toLocaleString()} · ${outcomeOf(entry)}</span></li>`)}</ul>
      ${this.more ? html`<button class="small" @click=${() => this.#older()}>Older</button>` : nothing}`;
  }

  #toggled(e: Event): void {
    clearInterval(this.#timer);
    if (!(e.target as HTMLDetailsElement).open) return;
    void this.#load();
    this.#timer = setInterval(() => void this.#load(), REFRESH_MS);
  }

  async #load(): Promise<void> {
    await this.#read(async () => {
      const fresh = await this.api.audit();
      if (this.entries === undefined) this.more = fresh.length === PAGE;
      this.entries = merged(fresh, this.entries ?? []);
    });
  }

  async #older(): Promise<void> {
    await this.#read(async () => {
      const older = await this.api.audit(this.entries?.at(-1)?.id);
      this.more = older.length === PAGE;
      this.entries = [...this.entries ?? [], ...older];
    });
  }

  async #read(read: () => Promise<void>): Promise<void> {
    try {
      await read();
      this.failed = undefined;
    } catch (thrown) {
      this.failed = explain(asApiError(thrown));
    }
  }
}

customElements.define('cc-audit', AuditPanel);
