import type { DropStanding } from '@crowdcue/protocol';
import { css, html, nothing, type TemplateResult } from 'lit';
import { count, counted } from '../shared/format.js';
import { siteUrl } from '../shared/site.js';
import './codes-form.js';
import { restock, save, setOpen, takeBack, winnersCsv } from './drop-api.js';
import { DropPart } from './drop-panel.js';
import { isRefusal, lotText, reasonText } from './drop-words.js';
import { PulseHistory } from './pulse-history.js';
import { sparkline } from './sparkline.js';

/** Units of a host's view: -1 is unlimited. */
const units = (value: number): string => (value < 0 ? '∞' : count(value));

/** One drop in full: its figures, the last minute of its claims, its lot, and what a host does with it. Loaded when it is first opened. */
export class DropDetail extends DropPart {
  static override properties = { ...DropPart.properties, drop: { attribute: false }, left: { attribute: false } };
  declare drop: DropStanding;
  /** What was left of each variant since the desk was opened, and of all under the empty name. */
  declare left: ReadonlyMap<string, PulseHistory>;

  static override styles = [...DropPart.styles, css`
    .part { padding-top: var(--cc-space-3); margin-top: var(--cc-space-3); border-top: 1px solid var(--cc-line); }
    .tables { overflow-x: auto; }
    table { width: 100%; border-collapse: collapse; font-size: var(--cc-size-1); }
    th, td { padding: 3px 0 3px var(--cc-space-2); text-align: right; white-space: nowrap; }
    th:first-child, td:first-child { padding-left: 0; text-align: left; min-width: 3.5rem; max-width: 9rem; overflow-wrap: break-word; white-space: normal; }
    th { font-weight: var(--cc-weight-text); color: var(--cc-text-muted); }
    .curves { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: var(--cc-space-3); font-size: var(--cc-size-2); }
    .spark { display: block; width: 100%; height: 44px; margin-top: var(--cc-space-1); overflow: visible; }
    td .spark { width: 64px; height: 18px; margin: 0 0 0 auto; }
    .spark-line { fill: none; stroke: var(--cc-accent-text); stroke-width: 2; stroke-linejoin: round; }
    .spark-area { fill: color-mix(in oklab, var(--cc-accent-fill) 22%, transparent); }
    .reasons { display: flex; flex-wrap: wrap; gap: var(--cc-space-1) var(--cc-space-3); font-size: var(--cc-size-2); margin-top: var(--cc-space-2); }
    .reasons b { font-weight: var(--cc-weight-strong); }
    .pair { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: var(--cc-space-2); }
    a.button { min-height: 32px; padding: 0 var(--cc-space-3); }
    @media (pointer: coarse) { a.button { min-height: 40px; } }
  `];

  override render() {
    const { drop, tools } = this;
    const own = tools.may('own');
    return html`<div class="part">${this.#table()}</div>
      ${drop.lot === undefined ? nothing : html`<p class="part small" data-test="lot" role="status"><span class="caps">Lot</span> ${lotText(drop.lot, tools.now)}</p>`}
      <div class="part">${this.#minute()}</div>
      <div class="part buttons">
        ${tools.may('show') ? html`<button class="small" ?disabled=${this.busy} @click=${() => this.#setOpen(drop.shut === true)} data-test="toggle">${drop.shut ? 'Open again' : 'Close'}</button>` : nothing}
        ${own ? html`<button class="small" ?disabled=${this.busy} @click=${this.#winners} data-test="winners">Winners, CSV</button>` : nothing}
        <a class="button small" href=${this.#reportUrl()} target="_blank" rel="noopener" data-test="report">Public report</a>
      </div>
      ${this.wrongOf('drop')}
      ${own ? html`<div class="part">${drop.kind === 'code' ? html`<cc-codes .tools=${tools} .drop=${drop}></cc-codes>` : this.#restockForm()}${this.#takeBackForm()}</div>` : nothing}`;
  }

  #reportUrl(): string {
    return siteUrl(`report/${encodeURIComponent(this.tools.event.code)}/${encodeURIComponent(this.drop.id)}`);
  }

  #table(): TemplateResult {
    const rows = Object.entries(this.drop.variants);
    const several = rows.length > 1;
    return html`<div class="tables" tabindex="0" role="region" aria-label="Figures of ${this.drop.name}"><table class="num" data-test="figures"><thead><tr><th scope="col">${several ? 'Variant' : ''}</th><th scope="col">supply</th><th scope="col">left</th><th scope="col">held</th><th scope="col">granted</th><th scope="col">sold</th><th scope="col">refunded</th>${several ? html`<th scope="col">last minute</th>` : nothing}</tr></thead>
      <tbody>${rows.map(([name, { supply, left, reserved, granted, converted, refunded }]) => html`<tr data-test="variant"><th scope="row">${several ? name : 'units'}</th><td>${units(supply)}</td><td>${units(left)}</td><td>${count(reserved)}</td><td>${count(granted)}</td><td>${count(converted)}</td><td>${count(refunded)}</td>
        ${several ? html`<td>${left < 0 ? nothing : sparkline(this.left.get(name) ?? new PulseHistory(), `Left of ${name} over the last minute: now ${count(left)}`)}</td>` : nothing}</tr>`)}</tbody></table></div>`;
  }

  /** Claims a second and what is left, over the last minute, and what was refused in it. */
  #minute(): TemplateResult {
    const { claims, left, name } = this.drop;
    const rate = new PulseHistory();
    (claims?.perSecond ?? []).forEach((value, second) => rate.add(second * 1000, value));
    const last = claims?.perSecond.at(-2) ?? 0; // the present second is not over
    const refused = Object.entries(claims?.minute ?? {}).filter(([result]) => isRefusal(result)).sort(([, a], [, b]) => b - a);
    return html`<div class="curves num"><div><span class="caps">Claims / s</span> <b data-test="claims">${count(last)}</b>${sparkline(rate, `Claims of ${name} a second over the last minute: now ${count(last)}, highest ${count(rate.peak)}`)}</div>
        <div><span class="caps">Left</span> <b>${units(left)}</b>${left < 0 ? nothing : sparkline(this.left.get('') ?? new PulseHistory(), `Left of ${name} over the last minute: now ${count(left)}`)}</div></div>
      ${refused.length === 0 ? html`<p class="muted small">No claim was refused in the last minute.</p>`
        : html`<p class="small muted">Refused in the last minute</p><ul class="reasons num" data-test="refused">${refused.map(([result, times]) => html`<li title=${result}><b>${count(times)}</b> ${reasonText(result)}</li>`)}</ul>`}`;
  }

  async #setOpen(open: boolean): Promise<void> {
    const { tools: { api, event }, drop: { id, name } } = this;
    if (await this.run('drop', () => setOpen(api, event.id, id, open))) this.done(open ? `${name} is open again, within its windows.` : `${name} is closed.`, () => setOpen(api, event.id, id, !open));
  }

  async #winners(): Promise<void> {
    const { tools: { api, event }, drop: { id } } = this;
    await this.run('drop', async () => save(await winnersCsv(api, event.id, id), `${id}-winners.csv`));
  }

  #restockForm(): TemplateResult {
    const limited = Object.entries(this.drop.variants).filter(([, { supply }]) => supply >= 0);
    if (limited.length === 0) return html``;
    return html`<details><summary>Restock</summary><form @submit=${this.#restock}>
      ${limited.length > 1 ? html`<label class="field">Variant<select name="variant">${limited.map(([name]) => html`<option>${name}</option>`)}</select></label>` : nothing}
      <div class="pair"><label class="field">Units to add<input name="add" type="text" inputmode="numeric" autocomplete="off" aria-invalid=${this.invalid('add')} data-test="restock-add"></label>
        <label class="field">Why<input name="reason" type="text" maxlength="200" autocomplete="off" placeholder="public"></label></div>
      <p class="hint muted small">They are on the shelf at once and can’t be taken away again. The reason stands on the public report.</p>${this.wrongOf('add')}
      <div class="buttons"><button class="small" ?disabled=${this.busy} data-test="restock">Add units</button></div></form></details>`;
  }

  async #restock(e: SubmitEvent): Promise<void> {
    e.preventDefault();
    const form = e.target as HTMLFormElement;
    const values = new FormData(form);
    const { tools: { api, event }, drop: { id, variants, name } } = this;
    const variant = String(values.get('variant') ?? Object.keys(variants)[0]);
    const add = Number(String(values.get('add')).trim() || Number.NaN);
    if (!Number.isInteger(add) || add < 1) return this.wrong('add', 'A whole number, at least 1.', 'bad_request');
    const worked = await this.run('add', () => restock(api, event.id, id, { variant, add, reason: String(values.get('reason')).trim() }));
    if (!worked) return;
    form.reset();
    this.done(`${counted(add, 'unit')} more of ${name}.`);
  }

  #takeBackForm(): TemplateResult {
    return html`<details><summary>Take back</summary><form @submit=${this.#takeBack}>
      <div class="pair"><label class="field">Viewer’s number<input name="viewer" type="text" inputmode="numeric" autocomplete="off" aria-invalid=${this.invalid('viewer')} data-test="take-viewer"></label>
        <label class="field">Why<input name="reason" type="text" maxlength="200" autocomplete="off"></label></div>
      <p class="hint muted small">The winners’ list has the numbers. Whoever had it can’t get it again.</p>${this.wrongOf('viewer')}
      <div class="buttons"><button class="small danger" ?disabled=${this.busy} data-test="take-back">Take back …</button></div></form></details>`;
  }

  async #takeBack(e: SubmitEvent): Promise<void> {
    e.preventDefault();
    const form = e.target as HTMLFormElement;
    const values = new FormData(form);
    const { tools: { api, event, ask }, drop: { id, name } } = this;
    const typed = String(values.get('viewer')).trim();
    if (!/^[1-9]\d{0,15}$/.test(typed)) return this.wrong('viewer', 'A viewer’s number, as the winners’ list has it.', 'bad_request');
    const yes = await ask({ title: `Take ${name} back?`, text: `Viewer ${typed} loses it at once and can’t get it again. This cannot be undone.`, yes: 'Take back' });
    if (!yes || !(await this.run('viewer', () => takeBack(api, event.id, id, Number(typed), String(values.get('reason')).trim())))) return;
    form.reset();
    this.done(`${name} is taken back from viewer ${typed}.`);
  }
}

customElements.define('cc-drop-detail', DropDetail);
