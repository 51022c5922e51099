import type { EventOverview } from '@crowdcue/protocol';
import { css, html, LitElement, nothing, svg, type TemplateResult } from 'lit';
import { controls } from '../shared/controls.js';
import { count, percent } from '../shared/format.js';
import { tenthsOf } from './pictures.js';
import type { PulseHistory } from './pulse-history.js';
import { patchAgeOf } from './patch-age.js';
import { sparkline, twinSparkline } from './sparkline.js';

const BAR = 8;
const BARS_HEIGHT = 40;

/** The crowd beside the cue: who is here, who plays, how fast it acts, what it claims, how late its pictures are. */
export class PulsePanel extends LitElement {
  static override properties = { overview: { attribute: false }, pulses: { attribute: false } };
  declare overview: EventOverview | undefined;
  declare pulses: Readonly<Record<'actions' | 'viewers' | 'claims' | 'ages' | 'oldest', PulseHistory>>;

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
    .more { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5em, 1fr)); gap: var(--cc-space-3); margin-top: var(--cc-space-4); padding-top: var(--cc-space-3); border-top: 1px solid var(--cc-line); }
    .more .spark { height: 40px; min-height: 40px; }
    .more b { font-weight: var(--cc-weight-strong); }
    .above { stroke-dasharray: 3 3; }
    .bar { fill: var(--cc-accent-text); }
  `];

  override render() {
    const o = this.overview;
    const rate = o?.actionsPerSecond ?? 0;
    const granted = o?.drops.reduce((sum, drop) => sum + drop.granted, 0) ?? 0;
    return html`<section class="card" aria-label="Crowd">
      <dl class="figures num">
        <div><dt class="caps">Viewers</dt><dd class="big" data-test="viewers">${o ? count(o.viewers) : '–'}</dd>
          <dd class="small muted">${o ? `peak ${count(o.peakViewers)}` : ' '}</dd></div>
        <div><dt class="caps">Players</dt><dd class="big" data-test="players">${o ? count(o.players) : '–'}</dd>
          <dd class="small muted">${o ? `${percent(o.players, o.viewers)} of viewers` : ' '}</dd></div>
      </dl>
      <div class="rate num">
        <header><span class="caps">Actions / s</span><b data-test="rate">${o ? count(rate) : '–'}</b></header>
        ${sparkline(this.pulses.actions, `Actions a second over the last minute: now ${count(rate)}, highest ${count(this.pulses.actions.peak)}`)}
        <div class="axis small muted"><span>last minute</span><span>${o ? `${count(o.actions)} this round` : ''}</span></div>
      </div>
      <div class="more num small">
        <div><span class="caps">Here</span> <b>${o ? count(o.viewers) : '–'}</b>${sparkline(this.pulses.viewers, `Viewers over the last minute: now ${count(o?.viewers ?? 0)}, highest ${count(this.pulses.viewers.peak)}`)}</div>
        <div><span class="caps">Claimed</span> <b data-test="claimed">${count(granted)}</b>${sparkline(this.pulses.claims, `Claims granted a second over the last minute: highest ${count(this.pulses.claims.peak)}; ${count(granted)} in all`)}</div>
        <div><span class="caps">Late by</span>${this.#late()}</div>
        <div><span class="caps">Patch age</span>${this.#ages()}</div>
      </div>
    </section>`;
  }

  /** How old the crowd's picture of the room is: half of it, and the oldest but one of a hundred. */
  #ages(): TemplateResult {
    const age = patchAgeOf(this.overview?.relays ?? []);
    const said = age === undefined ? 'No relay says how old its patches are' : `Age of patches at the viewers' relays over the last minute: now half within ${age.p50} ms, 99 of 100 within ${age.p99} ms; highest ${count(this.pulses.oldest.peak)} ms`;
    return html` <b data-test="patch-age">${age === undefined ? '–' : `${count(age.p50)} · ${count(age.p99)} ms`}</b>${twinSparkline(this.pulses.ages, this.pulses.oldest, said)}`;
  }

  /** How many viewers are how late, a bar a delay; the relays round delays, so there are few. */
  #late(): TemplateResult {
    const delays = this.overview?.delays ?? [];
    const most = Math.max(1, ...delays.map(({ viewers }) => viewers));
    const said = delays.map(({ delay, viewers }) => `${tenthsOf(delay)}: ${count(viewers)}`).join(', ');
    const bars = delays.map(({ viewers }, i) => {
      const height = Math.max(2, (viewers / most) * BARS_HEIGHT);
      return svg`<rect class="bar" x=${i * BAR} y=${BARS_HEIGHT - height} width=${BAR - 2} height=${height} rx="1"></rect>`;
    });
    return html`${delays.length === 0 ? nothing : html` <b>${[...new Set([tenthsOf(delays[0]!.delay), tenthsOf(delays.at(-1)!.delay)])].join(' – ')}</b>`}
      <svg class="spark" viewBox="0 0 ${Math.max(6, delays.length) * BAR} ${BARS_HEIGHT}" preserveAspectRatio="none" role="img" data-test="late"
        aria-label=${said === '' ? 'No viewer says how late its picture is' : `Viewers by how late their pictures are: ${said}`}>${bars}</svg>`;
  }
}

customElements.define('cc-pulse', PulsePanel);
