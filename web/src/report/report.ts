/**
 * The public report of one drop: what there was, who might claim it, by which policies, and how its lot was drawn. Everything comes from one
 * answer of the origin that anybody may ask for, and whatever a host wrote is text. It is asked again while something may still change.
 */
import { loaderOf, loadText, numberText } from '@crowdcue/games/texts';
import type { DropReport } from '@crowdcue/protocol';
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { request } from '../shared/api.js';
import { controls } from '../shared/controls.js';
import { mark } from '../shared/icons.js';
import { setAccent } from '../shared/page.js';
import { Poller } from '../shared/poller.js';
import { siteUrl } from '../shared/site.js';
import './draw-section.js';
import { reportStyles } from './report-styles.js';
import { reportTexts, type ReportText } from './text.js';

/** A crowd may read at once: the last figures may be so old, ms. */
const POLL_MS = 30_000;
const LANGUAGE = new URLSearchParams(location.search).get('lang') ?? navigator.language;

type View = { readonly kind: 'loading' | 'unknown' | 'failed' } | { readonly kind: 'ready'; readonly report: DropReport };

/** The last two parts of the page's path: an event's id or code, and a drop's id. */
export const namesOfPath = (pathname: string): readonly [event: string, drop: string] => {
  const [event = '', drop = ''] = pathname.split('/').filter((part) => part !== '').slice(-2).map((part) => {
    try {
      return decodeURIComponent(part);
    } catch {
      return part; // a stray % is no name; the origin says so
    }
  });
  return [event, drop];
};

/** Whether nothing of it changes any more that a reader waits for. */
const isFinal = ({ lot, soldOutAt }: DropReport): boolean => (lot === null ? soldOutAt !== null : lot.state === 'settled');

export class ReportPage extends LitElement {
  static override properties = { view: { state: true }, text: { state: true }, event: { state: true } };
  private declare view: View;
  private declare text: ReportText;
  private declare event: string;
  readonly #names = namesOfPath(location.pathname);
  readonly #poller = new Poller<DropReport>({
    periodMs: POLL_MS,
    ask: () => request(siteUrl(`api/events/${encodeURIComponent(this.#names[0])}/reports/${encodeURIComponent(this.#names[1])}`)),
    onAnswer: (report) => {
      this.view = { kind: 'ready', report };
      document.title = `${report.name} · ${this.text.title} · Crowdcue`;
      if (isFinal(report)) queueMicrotask(() => this.#poller.stop());
    },
    onState: (state) => {
      if (this.view.kind === 'ready') return; // older figures are better than none
      if (state.kind === 'refused') this.view = { kind: 'unknown' };
      if (state.kind === 'unreachable') this.view = { kind: 'failed' };
    },
  });

  static override styles = [controls, reportStyles];

  constructor() {
    super();
    this.view = { kind: 'loading' };
    this.text = reportTexts.en;
    this.event = '';
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener('visibilitychange', this.#seen);
    void this.#begin();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener('visibilitychange', this.#seen);
    this.#poller.stop();
  }

  /** Nobody looks: nothing is asked. */
  readonly #seen = (): void => {
    if (document.hidden) this.#poller.stop();
    else if (this.view.kind !== 'ready' || !isFinal(this.view.report)) this.#poller.start();
  };

  async #begin(): Promise<void> {
    if (loaderOf(reportTexts, LANGUAGE) !== undefined) this.text = await loadText(reportTexts, LANGUAGE);
    const { lang, dir } = this.text;
    document.documentElement.lang = lang;
    document.documentElement.dir = dir ?? 'ltr';
    this.#poller.start();
    // The event's name and colour, where it still lets people in.
    const card = await request<{ name: string; accent: string }>(siteUrl(`api/join/${encodeURIComponent(this.#names[0])}`)).catch(() => undefined);
    this.event = card?.name ?? '';
    setAccent(card?.accent);
  }

  override render() {
    const { view, text: t } = this;
    switch (view.kind) {
      case 'loading': return html`<main class="note" aria-busy="true"><p class="muted">${t.loading}</p></main>`;
      case 'unknown': return html`<main class="note" data-test="unknown"><h1>${t.unknown.title}</h1><p class="muted">${t.unknown.body}</p></main>`;
      case 'failed': return html`<main class="note" data-test="failed"><h1>${t.failed.title}</h1><p class="muted">${t.failed.body}</p></main>`;
      case 'ready': return this.#page(view.report);
    }
  }

  #page(report: DropReport): TemplateResult {
    const { text: t } = this;
    const kind = t.kind[report.kind] ?? report.kind;
    return html`<header>${mark}<span class="grow">${this.event === '' ? t.title : html`${this.event} · ${t.title}`}</span><button class="small" @click=${() => print()}>${t.print}</button></header>
      <main><h1>${report.name}</h1>
        <p class="sub">${kind}${report.sponsor === '' ? nothing : html` · ${t.sponsor(report.sponsor)}`}</p>
        ${report.test ? html`<p class="test" data-test="test">${t.test}</p>` : nothing}
        <p class="state num" data-test="state">${this.#state(report)}</p>
        ${this.#supply(report)}${this.#when(report)}${this.#who(report)}${this.#policies(report)}
        ${report.lot === null ? nothing : html`<cc-draw .lot=${report.lot} .text=${t} style="display: block; padding: 0; max-width: none"></cc-draw>`}</main>
      <footer><p>${t.source} ${t.times(Intl.DateTimeFormat().resolvedOptions().timeZone)}</p></footer>`;
  }

  #number(value: number): string {
    return numberText(value, this.text.lang);
  }

  #instant(at: number | null, otherwise: string): TemplateResult {
    if (at === null) return html`${otherwise}`;
    const date = new Date(at);
    return html`<time datetime=${date.toISOString()}>${new Intl.DateTimeFormat(this.text.lang, { dateStyle: 'medium', timeStyle: 'medium' }).format(date)}</time>`;
  }

  #state({ variants, soldOutAt }: DropReport): string {
    const { state } = this.text;
    const all = Object.values(variants);
    const sum = (of: (count: (typeof all)[number]) => number): number => all.reduce((total, each) => total + of(each), 0);
    if (soldOutAt !== null) return state.soldOut(new Intl.DateTimeFormat(this.text.lang, { dateStyle: 'medium', timeStyle: 'medium' }).format(soldOutAt));
    if (all.some(({ supply }) => supply === null)) return state.unlimited(this.#number(sum(({ granted }) => granted)));
    return state.left(this.#number(sum(({ supply, taken }) => supply! - taken)), this.#number(sum(({ supply }) => supply!)));
  }

  /** One variant is a few figures; of several, a table lets them be compared. */
  #supply({ variants, name }: DropReport): TemplateResult {
    const { columns: c, supply: title, unlimitedUnits } = this.text;
    const rows = Object.entries(variants);
    // What never happened would only be in the way.
    const rare = (['reserved', 'converted', 'revoked', 'refunded', 'expired', 'refused'] as const).filter((key) => rows.some(([, row]) => row[key] > 0));
    const columns = (['defined', 'supply', 'left', 'granted', ...rare] as const);
    const shown = (row: DropReport['variants'][string], key: (typeof columns)[number]): string => {
      const value = key === 'left' ? (row.supply === null ? null : row.supply - row.taken) : row[key];
      return value === null ? unlimitedUnits : this.#number(value);
    };
    const [only] = rows;
    const inside = rows.length === 1 ? html`<dl class="figures num" data-test="supply">${columns.map((key) => html`<div><dt>${c[key]}</dt><dd>${shown(only![1], key)}</dd></div>`)}</dl>`
      : html`<div class="tables" tabindex="0" role="region" aria-label=${`${title}: ${name}`}><table class="num" data-test="supply">
        <thead><tr><th scope="col">${c.variant}</th>${columns.map((key) => html`<th scope="col">${c[key]}</th>`)}</tr></thead>
        <tbody>${rows.map(([id, row]) => html`<tr data-test="variant"><th scope="row">${id}</th>${columns.map((key) => html`<td>${shown(row, key)}</td>`)}</tr>`)}</tbody></table></div>`;
    return html`<section aria-labelledby="supply"><h2 id="supply">${title}</h2>${inside}</section>`;
  }

  #facts(id: string, title: string, rows: readonly (readonly [string, unknown] | undefined)[], lead?: string): TemplateResult {
    return html`<section aria-labelledby=${id}><h2 id=${id}>${title}</h2>${lead === undefined ? nothing : html`<p class="lead">${lead}</p>`}<dl class="facts" data-test=${id}>${rows.map((row) => (row === undefined ? nothing : html`<dt>${row[0]}</dt><dd>${row[1]}</dd>`))}</dl></section>`;
  }

  #when({ opensAt, closesAt, early, firstGrantAt, lastGrantAt, soldOutAt }: DropReport): TemplateResult {
    const { text: t } = this;
    return this.#facts('when', t.when, [
      ...Object.entries(early).map(([tier, at]) => [t.early(tier), this.#instant(at, '')] as const),
      [t.opens, this.#instant(opensAt, t.fromStart)], [t.closes, this.#instant(closesAt, t.byHost)],
      [t.first, this.#instant(firstGrantAt, t.notYet)], [t.last, this.#instant(lastGrantAt, t.notYet)], [t.soldOut, this.#instant(soldOutAt, t.notYet)],
    ]);
  }

  #who({ eligible: { tiers, countries, minAge }, proof, allocation, entitlementMs }: DropReport): TemplateResult {
    const { text: t } = this;
    const regions = new Intl.DisplayNames(t.lang, { type: 'region' });
    const listed = (names: readonly string[]): string => new Intl.ListFormat(t.lang).format(names);
    const open = tiers === undefined && countries === undefined && minAge === undefined;
    return this.#facts('who', t.who, [
      tiers && [t.tiers, listed(tiers)], countries && [t.countries, listed(countries.map((code) => regions.of(code) ?? code))],
      minAge === undefined ? undefined : [t.ageLabel, t.age(this.#number(minAge))],
      [t.proof, t.proofs[proof]], [t.allocation, t.allocations[allocation]],
      [t.lasts, entitlementMs === null ? t.forGood : t.hours(new Intl.NumberFormat(t.lang, { maximumFractionDigits: 1 }).format(entitlementMs / 3_600_000))],
    ], open ? t.everybody : undefined);
  }

  #policies({ restock, refundPolicy, rules, variants }: DropReport): TemplateResult {
    const { text: t } = this;
    const several = Object.keys(variants).length > 1;
    return this.#facts('policies', t.policies, [
      [t.restockPolicy, restock.policy || t.nothingSaid], [t.takenBack, restock.returns ? t.returns : t.burns],
      [t.restocks, restock.done.length === 0 ? t.noRestocks : html`<ul>${restock.done.map(({ at, count, variant, reason }) => html`<li data-test="restock">${this.#instant(at, '')} · ${t.restock(this.#number(count), several ? variant : '', reason)}</li>`)}</ul>`],
      [t.refundPolicy, refundPolicy || t.nothingSaid],
      // Anything but an address of the web stays words.
      rules === '' ? undefined : [t.rules, /^https?:\/\//i.test(rules) ? html`<a href=${rules} target="_blank" rel="noopener noreferrer nofollow">${rules}</a>` : rules],
    ]);
  }
}

customElements.define('cc-report', ReportPage);
