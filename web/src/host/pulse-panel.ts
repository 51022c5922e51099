import type { EventOverview } from '@crowdcue/protocol';
import { css, html, LitElement } from 'lit';
import { controls } from '../shared/controls.js';
import { count, percent } from '../shared/format.js';
import type { PulseHistory } from './pulse-history.js';
import { sparkline } from './sparkline.js';

/** The crowd beside the cue: who is here, who plays, how fast it acts. */
export class PulsePanel extends LitElement {
  static override properties = { overview: { attribute: false }, history: { attribute: false } };
  declare overview: EventOverview | undefined;
  declare history: PulseHistory;

  static override styles = [controls, css`
    :host { display: block; }
    .card { height: 100%; display: flex; flex-direction: column; }
    .figures { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: var(--cc-space-3); }
    dd.big { font-size: var(--cc-size-6); font-weight: var(--cc-weight-loud); letter-spacing: var(--cc-tracking-loud); line-height: 1.1; overflow: hidden; text-overflow: ellipsis; }
    .rate { flex: 1; display: flex; flex-direction: column; margin-top: var(--cc-space-4); padding-top: var(--cc-space-3); border-top: 1px solid var(--cc-line); min-height: 110px; }
    .rate header { display: flex; align-items: baseline; justify-content: space-between; gap: var(--cc-space-3); }
    .rate b { font-size: var(--cc-size-5); font-weight: var(--cc-weight-loud); letter-spacing: var(--cc-tracking-loud); }
    .spark { flex: 1; display: block; width: 100%; min-height: 56px; margin-top: var(--cc-space-2); overflow: visible; }
    .spark-line { fill: none; stroke: var(--cc-accent-text); stroke-width: 2; stroke-linejoin: round; }
    .spark-area { fill: color-mix(in oklab, var(--cc-accent-fill) 22%, transparent); }
    .axis { display: flex; justify-content: space-between; }
  `];

  override render() {
    const o = this.overview;
    const rate = o?.actionsPerSecond ?? 0;
    return html`<section class="card" aria-label="Crowd">
      <dl class="figures num">
        <div><dt class="caps">Viewers</dt><dd class="big" data-test="viewers">${o ? count(o.viewers) : '–'}</dd>
          <dd class="small muted">${o ? `peak ${count(o.peakViewers)}` : ' '}</dd></div>
        <div><dt class="caps">Players</dt><dd class="big" data-test="players">${o ? count(o.players) : '–'}</dd>
          <dd class="small muted">${o ? `${percent(o.players, o.viewers)} of viewers` : ' '}</dd></div>
      </dl>
      <div class="rate num">
        <header><span class="caps">Actions / s</span><b data-test="rate">${o ? count(rate) : '–'}</b></header>
        ${sparkline(this.history, rate)}
        <div class="axis small muted"><span>last minute</span><span>${o ? `${count(o.actions)} this round` : ''}</span></div>
      </div>
    </section>`;
  }
}

customElements.define('cc-pulse', PulsePanel);
