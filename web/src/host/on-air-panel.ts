import type { EventOverview, GameView, Phase } from '@crowdcue/protocol';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { controls } from '../shared/controls.js';
import { clockFace, count, counted } from '../shared/format.js';
import { icons } from '../shared/icons.js';
import { boardStyles, boardView, headlineOf } from './board-view.js';
import { revealText } from './pictures.js';

const BADGE: Record<Phase, string> = { idle: 'Standby', armed: 'Starting', live: 'On air', over: 'Round over', off: 'Off air', ended: 'Event over' };
const FRAME_MS = 100; // the countdown's tenth: smooth enough for its bar

/** What is on air: phase, countdown, board, the best. */
export class OnAirPanel extends LitElement {
  static override properties = { overview: { attribute: false }, game: { attribute: false }, eventNow: { attribute: false }, busy: { type: Boolean }, watching: { type: Boolean } };
  declare overview: EventOverview | undefined;
  declare game: GameView | undefined;
  /** Gives event time now, ms. */
  declare eventNow: () => number;
  declare busy: boolean;
  /** Who looks on may neither stop nor settle. */
  declare watching: boolean;
  #timer: ReturnType<typeof setInterval> | undefined;

  static override styles = [controls, boardStyles, css`
    :host { display: block; }
    .card { position: relative; overflow: hidden; min-height: 372px; display: flex; flex-direction: column; gap: var(--cc-space-3); padding: var(--cc-space-4) var(--cc-space-5) var(--cc-space-5); }
    .card.live { border-color: var(--cc-on-air); box-shadow: 0 0 0 1px var(--cc-on-air); }
    header { display: flex; align-items: center; gap: var(--cc-space-3); min-height: 40px; }
    @media (max-width: 719px) { .card { min-height: 0; padding: var(--cc-space-4); } }
    .wide { margin-left: -.25em; }
    @media (max-width: 480px) { .wide { display: none; } }
    .badge { white-space: nowrap; display: inline-flex; align-items: center; gap: var(--cc-space-2); padding: 4px 12px; border-radius: var(--cc-radius-full); font-size: var(--cc-size-2); font-weight: var(--cc-weight-loud);
      letter-spacing: var(--cc-tracking-caps); text-transform: uppercase; background: var(--cc-surface-2); color: var(--cc-text-muted); }
    .badge::before { content: ''; width: 9px; height: 9px; border-radius: 50%; background: currentColor; }
    .badge.armed { background: var(--cc-accent-fill); color: var(--cc-accent-ink); }
    .badge.live { background: var(--cc-on-air); color: var(--cc-on-air-ink); }
    .badge.live::before { animation: blink var(--cc-time-4) ease-in-out infinite alternate; }
    @media (prefers-reduced-motion: reduce) { .badge.live::before { animation: none; } }
    @keyframes blink { to { opacity: .25; } }
    .stop { margin-left: auto; }
    .ask { font-size: var(--cc-size-4); font-weight: var(--cc-weight-strong); line-height: 1.3; overflow-wrap: anywhere; }
    .outcomes { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 160px), 1fr)); gap: var(--cc-space-2); }
    .outcomes button { min-height: 56px; white-space: normal; overflow-wrap: anywhere; font-size: var(--cc-size-3); }
    .head { display: flex; flex-wrap: wrap; align-items: flex-end; min-height: 52px; justify-content: space-between; gap: var(--cc-space-4); }
    h2 { font-size: var(--cc-size-6); font-weight: var(--cc-weight-loud); letter-spacing: var(--cc-tracking-loud); }
    .clock { font-size: var(--cc-size-7); font-weight: var(--cc-weight-loud); line-height: .9; letter-spacing: var(--cc-tracking-loud); }
    .bar { height: 6px; border-radius: 3px; background: var(--cc-surface-2); overflow: hidden; }
    .bar { flex: none; } .bar i { display: block; height: 100%; background: var(--cc-on-air); transform-origin: left; }
    .armed .bar i { background: var(--cc-accent-fill); }
    .reveal { font-size: var(--cc-size-4); font-weight: var(--cc-weight-strong); }
    .top { display: grid; grid-template-columns: repeat(auto-fill, minmax(200px, 1fr)); gap: var(--cc-space-1) var(--cc-space-5); font-size: var(--cc-size-2); }
    .top li { display: flex; gap: var(--cc-space-2); min-width: 0; }
    .top .who { flex: 1; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    .top { padding-top: var(--cc-space-3); border-top: 1px solid var(--cc-line); }
    .empty { margin: auto; text-align: center; max-width: 34ch; display: grid; gap: var(--cc-space-2); }
    .hold { padding: var(--cc-space-2) var(--cc-space-3); border-radius: var(--cc-radius-s); background: color-mix(in oklab, var(--cc-warn) 16%, var(--cc-surface)); color: var(--cc-text); font-size: var(--cc-size-2); }
  `];

  override connectedCallback(): void {
    super.connectedCallback();
    this.#timer = setInterval(() => {
      if (this.overview?.phase === 'armed' || this.overview?.phase === 'live') this.requestUpdate();
    }, FRAME_MS);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
  }

  override render() {
    const o = this.overview;
    const phase = o?.phase ?? 'idle';
    return html`<section class="card ${phase}" aria-label="On air">
      <header>
        <span class="badge ${phase}" data-test="phase">${BADGE[phase]}</span>
        ${o && o.round > 0 ? html`<span class="muted small num">Round ${o.round}</span>` : nothing}
        ${!this.watching && (phase === 'armed' || phase === 'live') ? html`<button class="stop danger" aria-label="Stop round" title="Stop round (S)" ?disabled=${this.busy} @click=${this.#stop}>${icons.stop} Stop<span class="wide">round</span></button>` : nothing}
      </header>
      ${o?.hold ? html`<p class="hold" role="status">The room is on hold while the server recovers. Viewers stay connected; it goes on by itself.</p>` : nothing}
      ${o === undefined || o.round === 0 || phase === 'off' || phase === 'ended' ? this.#empty(o) : this.#round(o)}
    </section>`;
  }

  #empty(o: EventOverview | undefined): TemplateResult {
    return html`<div class="empty"><h2>${o === undefined ? 'Loading the event …' : o.phase === 'off' ? 'Off the air' : o.phase === 'ended' ? 'The event is over' : 'Nothing has been on air yet'}</h2>
      ${o?.phase === 'off' ? html`<p class="muted">Viewers who are in see that the show is back soon. Nobody new comes in.</p>` : o && o.phase !== 'ended' ? html`<p class="muted">Share the join card${this.watching ? '; the host starts the rounds' : ', then press Cue'}. Viewers see the round start at the same instant.</p>` : nothing}</div>`;
  }

  #round(o: EventOverview): TemplateResult {
    const title = this.game?.title ?? o.game;
    const headline = o.phase === 'over' ? headlineOf(o) : undefined;
    const left = o.phase === 'armed' ? o.startsAt - this.eventNow() : o.phase === 'live' ? o.endsAt - this.eventNow() : 0;
    const span = o.phase === 'armed' ? 5_000 : o.endsAt - o.startsAt;
    const running = o.phase === 'armed' || o.phase === 'live';
    const reveal = revealText(o, this.eventNow());
    return html`
      <div class="head"><h2 data-test="headline">${headline ?? title}</h2>
        ${running ? html`<span class="clock num" role="timer" aria-label="Time left">${clockFace(left)}</span>`
          : html`<span class="muted num small">${title} · ${counted(o.players, 'player')} · ${counted(o.actions, 'action')}</span>`}</div>
      ${running ? html`<div class="bar"><i style="transform: scaleX(${Math.min(1, Math.max(0, left / span)).toFixed(3)})"></i></div>` : nothing}
      ${reveal === undefined ? nothing : html`<p class="reveal num" data-test="reveal">${reveal}</p>`}
      ${(o.outcomes ?? 0) > 0 && !this.watching ? this.#settlement(o) : boardView(o, this.game)}
      ${o.phase !== 'armed' && o.top.length > 0 ? html`<ol class="top num" aria-label="Best of the round">${o.top.slice(0, 8).map((row) => html`<li><span class="muted">${row.rank}</span>
        <span class="who">${row.name}</span><b>${count(row.score)}</b></li>`)}</ol>` : nothing}`;
  }

  /** Bets are closed: the host says which of the outcomes it was. */
  #settlement(o: EventOverview): TemplateResult {
    const names = Array.from({ length: o.outcomes ?? 0 }, (_, i) => String(o.board[`option${i + 1}`] ?? i + 1));
    const settle = (outcome: number): void => void this.dispatchEvent(new CustomEvent('settle-round', { detail: { outcome, name: names[outcome]! } }));
    return html`<p class="ask" dir="auto">${o.board['question']}</p><p class="muted small">Bets are closed. Which was it?</p>
      <div class="outcomes">${names.map((name, i) => html`<button class="primary" dir="auto" ?disabled=${this.busy} @click=${() => settle(i)} data-test="settle">${name}</button>`)}</div>`;
  }

  #stop(): void {
    this.dispatchEvent(new Event('stop-round'));
  }
}

customElements.define('cc-on-air', OnAirPanel);
