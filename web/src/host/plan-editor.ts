import type { GameView, PlanView } from '@crowdcue/protocol';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { controls } from '../shared/controls.js';
import { seconds, words } from '../shared/format.js';
import type { RoundDraft } from './host-drafts.js';

const LENGTHS_MS = [10_000, 15_000, 20_000, 30_000, 45_000, 60_000, 90_000];
const NOT_BLANK = '.*\\S.*';

/** Another game and other options for one planned round. Raises `save` with a `RoundDraft`, and `leave`. */
export class PlanEditor extends LitElement {
  static override properties = { cue: { attribute: false }, games: { attribute: false }, busy: { type: Boolean }, game: { state: true }, params: { state: true }, durationMs: { state: true } };
  declare cue: PlanView['cues'][number];
  declare games: readonly GameView[];
  declare busy: boolean;
  private declare game: string;
  private declare params: Readonly<Record<string, number | string>>;
  private declare durationMs: number;

  static override styles = [controls, css`
    :host { display: block; width: 100%; }
    form { display: grid; gap: var(--cc-space-3); padding: var(--cc-space-3); border-radius: var(--cc-radius-s); background: var(--cc-surface-2); }
    .pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(8em, 1fr)); gap: var(--cc-space-3); }
    .buttons { display: flex; flex-wrap: wrap; gap: var(--cc-space-2); }
    .buttons > * { flex: 1; }
  `];

  override willUpdate(changed: Map<string, unknown>): void {
    const before = changed.get('cue') as PlanView['cues'][number] | undefined;
    if (!changed.has('cue') || before?.id === this.cue.id) return; // a poll brings the same round again: what was typed stays
    this.#take(this.cue.game, this.cue.params, this.cue.durationMs);
  }

  protected override firstUpdated(): void {
    this.renderRoot.querySelector('select')?.focus();
  }

  #take(game: string, params: Readonly<Record<string, number | string>>, durationMs: number): void {
    Object.assign(this, { game, params, durationMs });
  }

  override render() {
    const game = this.games.find(({ id }) => id === this.game);
    const lengths = [...new Set([...LENGTHS_MS, this.durationMs])].toSorted((a, b) => a - b);
    return html`<form @submit=${this.#save} @keydown=${(e: KeyboardEvent) => { if (e.key === 'Escape') this.#leave(); }}>
      <div class="pair"><label class="field">Game<select name="plan-game" @change=${this.#pick}>${this.games.map(({ id, title }) => html`<option value=${id} ?selected=${id === this.game}>${title}</option>`)}</select></label>
        <label class="field">Length<select name="plan-length" @change=${(e: Event) => { this.durationMs = Number((e.target as HTMLSelectElement).value); }}>${lengths.map((ms) => html`<option value=${ms} ?selected=${ms === this.durationMs}>${seconds(ms)}</option>`)}</select></label></div>
      ${game === undefined ? nothing : Object.entries(game.params).map(([key, param]) => this.#field(key, param))}
      <div class="buttons"><button class="primary" data-test="save-round" ?disabled=${this.busy}>Save</button><button type="button" @click=${this.#leave}>Leave as it was</button></div></form>`;
  }

  #field(key: string, param: GameView['params'][string]): TemplateResult {
    const value = this.params[key] ?? param.fallback;
    const set = (next: number | string): void => { this.params = { ...this.params, [key]: next }; };
    if (param.kind === 'number') return html`<label class="field">${words(key)}<input type="number" name=${key} required min=${param.min ?? nothing} max=${param.max ?? nothing} step=${param.picks === undefined ? 'any' : 1} .value=${String(value)} @input=${(e: Event) => set((e.target as HTMLInputElement).valueAsNumber)}></label>`;
    const needed = (param.minLength ?? 0) > 0;
    return html`<label class="field"><span>${words(key)}${needed ? nothing : html` <span class="hint">optional</span>`}</span><input name=${key} ?required=${needed} pattern=${needed ? NOT_BLANK : nothing} maxlength=${param.maxLength ?? nothing} autocomplete="off" dir="auto" .value=${String(value)} @input=${(e: Event) => set((e.target as HTMLInputElement).value)}></label>`;
  }

  readonly #pick = (e: Event): void => {
    const id = (e.target as HTMLSelectElement).value;
    const game = this.games.find((each) => each.id === id);
    if (id === this.cue.game) this.#take(id, this.cue.params, this.cue.durationMs);
    else this.#take(id, {}, game?.durationMs ?? this.durationMs);
  };

  readonly #save = (e: Event): void => {
    e.preventDefault();
    const known = this.games.find(({ id }) => id === this.game)?.params ?? {};
    const params = Object.fromEntries(Object.entries(known).map(([key, { fallback }]) => [key, this.params[key] ?? fallback]));
    this.dispatchEvent(new CustomEvent<RoundDraft>('save', { detail: { game: this.game, params, durationMs: this.durationMs } }));
  };

  readonly #leave = (): void => {
    this.dispatchEvent(new CustomEvent('leave'));
  };
}

customElements.define('cc-plan-editor', PlanEditor);
