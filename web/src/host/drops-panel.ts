import type { EventOverview } from '@crowdcue/protocol';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { controls } from '../shared/controls.js';
import { count } from '../shared/format.js';
import { icons } from '../shared/icons.js';

type Drop = EventOverview['drops'][number];

/** The drops of the event and what is left of each. Raises `add-drop`. */
export class DropsPanel extends LitElement {
  static override properties = { drops: { attribute: false }, fixed: { type: Boolean } };
  declare drops: readonly Drop[];
  /** None may be added. */
  declare fixed: boolean;

  static override styles = [controls, css`
    :host { display: block; }
    ul { display: grid; gap: var(--cc-space-4); }
    .line { display: flex; align-items: baseline; justify-content: space-between; gap: var(--cc-space-3); }
    .name { font-weight: var(--cc-weight-strong); overflow: hidden; text-overflow: ellipsis; }
    .left b { font-size: var(--cc-size-4); font-weight: var(--cc-weight-loud); }
    .bar { height: 8px; margin: 6px 0; border-radius: 4px; background: var(--cc-surface-2); overflow: hidden; }
    .bar i { display: block; height: 100%; border-radius: 4px; background: var(--cc-accent-fill); transition: width var(--cc-time-3) var(--cc-ease); }
    .out .left { color: var(--cc-bad); }
    .meta { display: flex; flex-wrap: wrap; gap: 0 var(--cc-space-3); }
  `];

  override render() {
    return html`<section class="card" aria-label="Drops">
      <div class="card-head"><h2 class="caps">Drops</h2>${this.fixed ? nothing : html`<button class="small quiet" @click=${() => this.dispatchEvent(new Event('add-drop'))}>${icons.plus} Add drop</button>`}</div>
      ${this.drops.length === 0
        ? html`<p class="muted small">No drops yet. A drop is a limited reward that viewers unlock by playing; its supply can never be oversold.</p>`
        : html`<ul>${this.drops.map((drop) => this.#row(drop))}</ul>`}
    </section>`;
  }

  #row(drop: Drop): TemplateResult {
    const unlimited = drop.supply < 0;
    const part = unlimited || drop.supply === 0 ? 0 : drop.left / drop.supply;
    return html`<li class=${!unlimited && drop.left === 0 ? 'out' : ''} data-test="drop">
      <div class="line"><span class="name">${drop.name}</span><span class="left num small">${this.#left(drop)}</span></div>
      ${unlimited ? nothing : html`<div class="bar" role="meter" aria-label="Left of ${drop.name}" aria-valuemin="0" aria-valuemax=${drop.supply} aria-valuenow=${drop.left}><i style="width: ${(part * 100).toFixed(1)}%"></i></div>`}
      <div class="meta small muted num"><span>${count(drop.unlocked)} unlocked</span><span>${count(drop.granted)} granted</span>${drop.open ? nothing : html`<span>closed</span>`}</div>
    </li>`;
  }

  #left(drop: Drop): TemplateResult {
    if (drop.supply < 0) return html`unlimited`;
    if (drop.left === 0) return html`<b>0</b> left of ${count(drop.supply)}`;
    return html`<b>${count(drop.left)}</b> left of ${count(drop.supply)}`;
  }
}

customElements.define('cc-drops', DropsPanel);
