import type { EventOverview, RelayOverview } from '@crowdcue/protocol';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { controls } from '../shared/controls.js';
import { count, counted, percent } from '../shared/format.js';

/** Load from which a relay's bar warns: the origin prefers others from here on. */
const BUSY = 0.8;

/** The origin's own door has an id that no relay can have. */
const isOrigin = ({ id }: RelayOverview): boolean => id.startsWith('@');

/** What a host should know of a relay, in a word or two; undefined when all is well. */
export const troubleOf = (relay: RelayOverview): string | undefined => {
  const { standing } = relay;
  if (isOrigin(relay)) return undefined;
  if (standing === undefined) return 'silent';
  if (standing.draining) return 'draining';
  if (standing.level > 0) return `slowed, step ${standing.level}`;
  return standing.load >= 1 ? 'full' : undefined;
};

/** The relays that viewers come through: where, how full, and what is wrong with one. */
export class RelaysPanel extends LitElement {
  static override properties = { relays: { attribute: false } };
  declare relays: EventOverview['relays'];

  static override styles = [controls, css`
    :host { display: block; }
    ul { display: grid; gap: var(--cc-space-3); }
    .line { display: flex; align-items: baseline; justify-content: space-between; gap: var(--cc-space-3); }
    .name { font-weight: var(--cc-weight-strong); overflow: hidden; text-overflow: ellipsis; }
    .bar { height: 6px; margin-top: 6px; border-radius: 3px; background: var(--cc-surface-2); overflow: hidden; }
    .bar i { display: block; height: 100%; border-radius: 3px; background: var(--cc-accent-fill); transition: width var(--cc-time-3) var(--cc-ease); }
    .bar.busy i { background: var(--cc-bad); }
    .trouble { color: var(--cc-bad); font-weight: var(--cc-weight-strong); }
  `];

  override render() {
    return html`<section class="card" aria-label="Relays">
      <div class="card-head"><h2 class="caps">Relays</h2></div>
      ${this.relays.length === 0
        ? html`<p class="muted small">No relay has come yet. Viewers get in once one has.</p>`
        : html`<ul class="num">${this.relays.toSorted((a, b) => b.viewers - a.viewers || a.id.localeCompare(b.id)).map((relay) => this.#row(relay))}</ul>`}
    </section>`;
  }

  #row(relay: RelayOverview): TemplateResult {
    const { standing } = relay;
    const trouble = troubleOf(relay);
    return html`<li data-test="relay">
      <div class="line"><span class="name">${isOrigin(relay) ? 'origin' : relay.id}</span><span class="small">${counted(relay.viewers, 'viewer')}</span></div>
      ${standing === undefined && trouble === undefined ? nothing : html`<div class="line small muted">
        <span>${standing?.region ?? ''}</span>
        <span>${trouble === undefined ? nothing : html`<span class="trouble">${trouble}</span> `}${standing === undefined ? nothing : `${percent(standing.load, 1)} load`}</span></div>`}
      ${standing === undefined ? nothing : html`<div class="bar ${standing.load >= BUSY ? 'busy' : ''}" role="meter" aria-label="Load of ${relay.id}" aria-valuemin="0" aria-valuemax="100"
        aria-valuenow=${count(standing.load * 100)}><i style="width: ${(standing.load * 100).toFixed(1)}%"></i></div>`}
    </li>`;
  }
}

customElements.define('cc-relays', RelaysPanel);
