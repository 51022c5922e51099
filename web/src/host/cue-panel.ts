import type { EventOverview, GameView } from '@crowdcue/protocol';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { controls } from '../shared/controls.js';
import { seconds } from '../shared/format.js';
import type { CueDraft } from './host-drafts.js';
import { lengthField, roundField, timeField } from './round-fields.js';

const LEADS_MS = [0, 3_000, 5_000, 10_000]; // 3 s: long enough to lift a thumb, short enough for "now!"

/** What is next, and the one big button. Raises `cue` with a `CueDraft`. */
export class CuePanel extends LitElement {
  static override properties = {
    games: { attribute: false }, overview: { attribute: false }, reachable: { type: Boolean }, busy: { type: Boolean },
    selected: { state: true }, params: { state: true }, leadMs: { state: true }, lengthMs: { state: true },
  };
  declare games: readonly GameView[];
  declare overview: EventOverview | undefined;
  declare reachable: boolean;
  declare busy: boolean;
  private declare selected: string | undefined;
  private declare params: Record<string, number | string>;
  private declare leadMs: number;
  private declare lengthMs: number | undefined;

  static override styles = [controls, css`
    :host { display: block; }
    .card { height: 100%; display: flex; flex-direction: column; gap: var(--cc-space-3); }
    .games { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: var(--cc-space-2); }
    .games label { display: grid; gap: 2px; padding: var(--cc-space-2) var(--cc-space-3); border: 1px solid var(--cc-line); border-radius: var(--cc-radius-s); cursor: pointer; background: var(--cc-bg); }
    .games label:has(:checked) { border-color: var(--cc-accent-text); background: var(--cc-accent-soft); box-shadow: inset 0 0 0 1px var(--cc-accent-text); }
    .games label:has(:focus-visible) { outline: 3px solid var(--cc-focus); outline-offset: 2px; }
    .games input { position: absolute; opacity: 0; pointer-events: none; min-height: 0; width: 1px; height: 1px; }
    .games span { font-size: var(--cc-size-1); color: var(--cc-text-muted); line-height: 1.3; }
    .games label:has(:checked) span { color: var(--cc-text); }
    .params { display: grid; grid-template-columns: repeat(auto-fit, minmax(110px, 1fr)); gap: var(--cc-space-3); }
    .texts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 200px), 1fr)); gap: var(--cc-space-2) var(--cc-space-3); }
    .texts .long { grid-column: 1 / -1; }
    .cue { min-height: 104px; width: 100%; flex-direction: column; gap: 2px; border-radius: var(--cc-radius-m); font-size: var(--cc-size-6);
      font-weight: var(--cc-weight-loud); letter-spacing: var(--cc-tracking-loud); box-shadow: var(--cc-shadow); white-space: normal; }
    .cue small { font-size: var(--cc-size-2); font-weight: var(--cc-weight-strong); letter-spacing: 0; }
    .cue.primary:disabled { background: var(--cc-surface-2); color: var(--cc-text-muted); box-shadow: none; opacity: 1; }
    kbd { font: inherit; border: 1px solid currentColor; border-radius: 4px; padding: 0 6px; opacity: .8; }
    @media (pointer: coarse) { kbd { display: none; } }
    .dock { margin-top: auto; }
    @media (max-width: 719px) {
      .dock { position: fixed; inset: auto 0 0; z-index: 3; padding: var(--cc-space-3); padding-bottom: calc(var(--cc-space-3) + env(safe-area-inset-bottom)); background: var(--cc-surface); border-top: 1px solid var(--cc-line); }
      .cue { min-height: 76px; box-shadow: none; font-size: var(--cc-size-5); }
    }
  `];

  constructor() {
    super();
    this.games = [];
    this.params = {};
    this.leadMs = 3_000;
  }

  get game(): GameView | undefined {
    return this.games.find(({ id }) => id === this.selected) ?? this.games[0];
  }

  /** Whether a cue can be given now. */
  get ready(): boolean {
    const phase = this.overview?.phase;
    return this.reachable && !this.busy && this.game !== undefined && (phase === 'idle' || phase === 'over');
  }

  /** Gives the cue, as the button does. */
  cue(): void {
    const game = this.game;
    const fields = this.renderRoot.querySelectorAll<HTMLInputElement>('.params input, .texts input');
    if (!this.ready || game === undefined || ![...fields].every((field) => field.reportValidity())) return;
    const params = Object.fromEntries(Object.keys(game.params).map((key) => [key, this.#value(game, key)]));
    const detail: CueDraft = { game: game.id, params, inMs: this.leadMs, durationMs: this.lengthMs ?? game.durationMs };
    this.dispatchEvent(new CustomEvent('cue', { detail }));
  }

  override render() {
    const game = this.game;
    return html`<section class="card" aria-label="Next">
      <h2 class="caps">Next</h2>
      <div class="games" role="radiogroup" aria-label="Game">${this.games.map((g) => html`<label><input type="radio" name="game" .checked=${g === game}
        @change=${() => this.#pick(g)}><b>${g.title}</b><span>${g.howTo}</span></label>`)}</div>
      ${game === undefined ? html`<p class="muted">This server has no games.</p>` : html`<div class="params">
        ${timeField('Countdown', 'cue-lead', LEADS_MS, this.leadMs, (ms) => { this.leadMs = ms; }, (ms) => (ms === 0 ? 'None' : seconds(ms)))}
        ${lengthField('cue-length', this.lengthMs ?? game.durationMs, (ms) => { this.lengthMs = ms; })}
        ${this.#fields(game, 'number')}</div>
        ${this.#texts(game)}`}
      <div class="dock"><button class="cue primary" ?disabled=${!this.ready} @click=${this.cue} data-test="cue">${this.#label(game)}</button></div>
    </section>`;
  }

  #label(game: GameView | undefined): TemplateResult {
    const phase = this.overview?.phase;
    if (this.overview?.phase === 'off' || this.overview?.phase === 'ended') return html`Cue <small>${this.overview.phase === 'off' ? 'the event is off the air' : 'the event is over'}</small>`;
    if (!this.reachable) return html`Cue <small>waiting for the server</small>`;
    if (phase === 'armed') return html`Cued <small>the round is about to start</small>`;
    if (phase === 'live') return html`On air <small>the next cue comes after this round</small>`;
    if (game === undefined || this.overview === undefined) return html`Cue`;
    return html`Cue <small>${game.title} · ${seconds(this.lengthMs ?? game.durationMs)}${this.leadMs > 0 ? ` · in ${seconds(this.leadMs)}` : ' · now'} <kbd aria-hidden="true">C</kbd></small>`;
  }

  #pick(game: GameView): void {
    this.selected = game.id;
    this.lengthMs = undefined;
  }

  #texts(game: GameView): TemplateResult | typeof nothing {
    const texts = this.#fields(game, 'text');
    return texts.length === 0 ? nothing : html`<div class="texts">${texts}</div>`;
  }

  #fields(game: GameView, kind: 'number' | 'text'): TemplateResult[] {
    const values = { value: (key: string) => this.#value(game, key), set: (key: string, value: number | string) => this.#set(game, key, value) };
    return Object.entries(game.params).filter(([, param]) => param.kind === kind).map(([key]) => roundField(game, key, values));
  }

  #value(game: GameView, key: string): number | string {
    return this.params[`${game.id}.${key}`] ?? game.params[key]!.fallback;
  }

  #set(game: GameView, key: string, value: number | string): void {
    this.params = { ...this.params, [`${game.id}.${key}`]: value };
  }
}

customElements.define('cc-cue', CuePanel);
