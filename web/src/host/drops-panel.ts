import type { DropStanding } from '@crowdcue/protocol';
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { now } from '../shared/clock.js';
import { controls } from '../shared/controls.js';
import { count } from '../shared/format.js';
import { icons } from '../shared/icons.js';
import type { DropTools } from './drop-panel.js';
import { lotText } from './drop-words.js';
import { PulseHistory } from './pulse-history.js';

/** Parts that are loaded when they are first opened: most shows open few of them. */
const PARTS = { drop: () => import('./drop-detail.js'), tiers: () => import('./tiers-panel.js'), money: () => import('./settlement-panel.js'), hooks: () => import('./webhooks-panel.js'), shop: () => import('./shop-panel.js') } as const;
type Part = keyof typeof PARTS;
/** Sections under the drops: the host's alone. One that says why stands there, locked, for the others. */
const SECTIONS: readonly { readonly part: Exclude<Part, 'drop'>; readonly title: string; readonly locked?: string; show(tools: DropTools): TemplateResult }[] = [
  { part: 'tiers', title: 'Links for tiers', show: (tools) => html`<cc-tiers .tools=${tools}></cc-tiers>` },
  { part: 'money', title: 'Settlement', show: (tools) => html`<cc-settlement .tools=${tools}></cc-settlement>` },
  { part: 'hooks', title: 'Webhooks', locked: 'Only the host sees where messages go and what was not delivered, and may change it.', show: (tools) => html`<cc-webhooks .tools=${tools}></cc-webhooks>` },
  { part: 'shop', title: 'Shop reports', show: (tools) => html`<cc-shop .tools=${tools}></cc-shop>` },
];

/** The drops of the event and what is left of each; everything about one behind its row. Raises `add-drop`. */
export class DropsPanel extends LitElement {
  static override properties = { drops: { attribute: false }, fixed: { type: Boolean }, tools: { attribute: false }, open: { state: true }, loaded: { state: true }, failed: { state: true } };
  declare drops: readonly DropStanding[];
  /** None may be added. */
  declare fixed: boolean;
  /** Left out, there is nothing behind the rows. */
  declare tools: DropTools | undefined;
  private declare open: ReadonlySet<string>;
  private declare loaded: ReadonlySet<Part>;
  private declare failed: ReadonlySet<Part>;
  /** By drop and variant; kept from the first look on, so that a curve is there when its row is opened. */
  #left = new Map<string, Map<string, PulseHistory>>();
  #event: string | undefined;

  static override styles = [controls, css`
    :host { display: block; min-width: 0; }
    ul { display: grid; grid-template-columns: minmax(0, 1fr); gap: var(--cc-space-4); }
    .line { display: flex; align-items: baseline; justify-content: space-between; gap: var(--cc-space-3); }
    .name { font-weight: var(--cc-weight-strong); overflow: hidden; text-overflow: ellipsis; }
    .left { flex: none; }
    .left b { font-size: var(--cc-size-4); font-weight: var(--cc-weight-loud); }
    .bar { height: 8px; margin: 6px 0; border-radius: 4px; background: var(--cc-surface-2); overflow: hidden; }
    .bar i { display: block; height: 100%; border-radius: 4px; background: var(--cc-accent-fill); transition: width var(--cc-time-3) var(--cc-ease); }
    .out .left { color: var(--cc-bad); }
    .meta { display: flex; flex-wrap: wrap; gap: 0 var(--cc-space-3); }
    .section { border-top: 1px solid var(--cc-line); margin-top: var(--cc-space-4); padding-top: var(--cc-space-1); }
    details > * { box-sizing: border-box; }
    summary { min-height: 40px; margin-inline: -6px; padding-inline: 6px; display: flex; align-items: center; gap: var(--cc-space-2); cursor: pointer; font-size: var(--cc-size-2); border-radius: var(--cc-radius-s); scroll-margin-block: 72px 140px; }
    summary::before { content: '+'; width: 1ch; color: var(--cc-text-muted); }
    summary:focus-visible { outline-offset: -3px; }
    [open] > summary::before { content: '–'; }
    .locked { padding-top: var(--cc-space-3); }
    .section > summary { font-weight: var(--cc-weight-strong); }
  `];

  constructor() {
    super();
    this.drops = [];
    this.open = this.loaded = this.failed = new Set();
  }

  protected override willUpdate(changed: PropertyValues): void {
    const event = this.tools?.event.id;
    if (event !== this.#event) {
      this.#event = event;
      this.#left = new Map();
      this.open = new Set([...this.open].filter((key) => key.startsWith('part:')));
    }
    if (changed.has('drops')) for (const drop of this.drops) this.#remember(drop);
  }

  #remember({ id, left, variants }: DropStanding): void {
    const histories = this.#left.get(id) ?? new Map<string, PulseHistory>();
    this.#left.set(id, histories);
    for (const [name, units] of [['', left] as const, ...Object.entries(variants).map(([variant, { left: of }]) => [variant, of] as const)]) {
      const history = histories.get(name) ?? new PulseHistory();
      histories.set(name, history);
      history.add(now(), Math.max(0, units));
    }
  }

  override render() {
    const { tools } = this;
    return html`<section class="card" aria-label="Drops">
      <div class="card-head"><h2 class="caps">Drops</h2>${this.fixed ? nothing : html`<button class="small quiet" @click=${() => this.dispatchEvent(new Event('add-drop'))}>${icons.plus} Add drop</button>`}</div>
      ${this.drops.length === 0
        ? html`<p class="muted small">No drops yet. A drop is a limited reward that viewers unlock by playing; its supply can never be oversold.</p>`
        : html`<ul>${this.drops.map((drop) => this.#row(drop))}</ul>`}
      ${tools === undefined || this.drops.length === 0 ? nothing : SECTIONS.map((section) => this.#section(section, tools))}
    </section>`;
  }

  #section({ part, title, locked, show }: (typeof SECTIONS)[number], tools: DropTools): TemplateResult | typeof nothing {
    if (tools.may('own')) return this.#fold(`part:${part}`, part, title, () => show(tools), 'section');
    return locked === undefined ? nothing : html`<p class="section locked small muted" data-test=${`locked-${part}`}><b>${title}</b> ${locked}</p>`;
  }

  #row(drop: DropStanding): TemplateResult {
    const unlimited = drop.supply < 0;
    const part = unlimited || drop.supply === 0 ? 0 : drop.left / drop.supply;
    const { tools } = this;
    return html`<li class=${!unlimited && drop.left === 0 ? 'out' : ''} data-test="drop">
      <div class="line"><span class="name">${drop.name}</span><span class="left num small">${this.#leftOf(drop)}</span></div>
      ${unlimited ? nothing : html`<div class="bar" role="meter" aria-label="Left of ${drop.name}" aria-valuemin="0" aria-valuemax=${drop.supply} aria-valuenow=${drop.left}><i style="width: ${(part * 100).toFixed(1)}%"></i></div>`}
      <div class="meta small muted num"><span>${count(drop.unlocked)} unlocked</span><span>${count(drop.granted)} granted</span>${drop.reserved > 0 ? html`<span>${count(drop.reserved)} held</span>` : nothing}${this.#standing(drop)}</div>
      ${tools === undefined ? nothing : this.#fold(`drop:${drop.id}`, 'drop', html`Details<span class="hidden-text"> of ${drop.name}</span>`, () => html`<cc-drop-detail .tools=${tools} .drop=${drop} .left=${this.#left.get(drop.id) ?? new Map()}></cc-drop-detail>`)}
    </li>`;
  }

  #standing({ open, shut, test, lot }: DropStanding): TemplateResult {
    const at = this.tools?.now;
    return html`${shut ? html`<span>closed by the host</span>` : open ? nothing : html`<span>closed</span>`}${test ? html`<span>test</span>` : nothing}${lot === undefined || at === undefined ? nothing : html`<span>lot: ${lotText(lot, at)}</span>`}`;
  }

  #fold(key: string, part: Part, title: string | TemplateResult, show: () => TemplateResult, style = ''): TemplateResult {
    const open = this.open.has(key);
    return html`<details class=${style} ?open=${open} @toggle=${(e: Event) => this.#toggled(e, key, part)} data-test=${`fold-${part}`}><summary>${title}</summary>
      ${!open ? nothing : this.loaded.has(part) ? show() : this.failed.has(part)
        ? html`<p class="small" role="alert">This part could not be loaded. <button class="small" @click=${() => this.#load(part)}>Try again</button></p>` : html`<p class="muted small">Loading …</p>`}</details>`;
  }

  #toggled(e: Event, key: string, part: Part): void {
    const { open } = e.target as HTMLDetailsElement;
    if (open === this.open.has(key)) return;
    this.open = new Set(open ? [...this.open, key] : [...this.open].filter((each) => each !== key));
    if (open && !this.loaded.has(part)) void this.#load(part);
  }

  async #load(part: Part): Promise<void> {
    this.failed = new Set([...this.failed].filter((each) => each !== part));
    try {
      await PARTS[part]();
      this.loaded = new Set([...this.loaded, part]);
    } catch {
      this.failed = new Set([...this.failed, part]); // no network, or another build is served by now
    }
  }

  #leftOf(drop: DropStanding): TemplateResult {
    if (drop.supply < 0) return html`unlimited`;
    if (drop.left === 0) return html`<b>0</b> left of ${count(drop.supply)}`;
    return html`<b>${count(drop.left)}</b> left of ${count(drop.supply)}`;
  }
}

customElements.define('cc-drops', DropsPanel);
