import type { GameView, PlanView } from '@crowdcue/protocol';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { controls } from '../shared/controls.js';
import type { RoundDraft } from './host-drafts.js';
import { lengthField, roundField } from './round-fields.js';

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

  /** What was sent was refused: it can be mended, and sent again. */
  stay(): void {
    const { shadowRoot } = this;
    if (shadowRoot?.activeElement === null) void this.updateComplete.then(() => shadowRoot.querySelector<HTMLElement>('[data-test=save-round]')?.focus()); // it was locked meanwhile
  }

  #take(game: string, params: Readonly<Record<string, number | string>>, durationMs: number): void {
    Object.assign(this, { game, params, durationMs });
  }

  override render() {
    const game = this.games.find(({ id }) => id === this.game);
    return html`<form @submit=${this.#save} @keydown=${(e: KeyboardEvent) => { if (e.key === 'Escape') this.#leave(); }}>
      <div class="pair"><label class="field">Game<select name="plan-game" @change=${this.#pick}>${this.games.map(({ id, title }) => html`<option value=${id} ?selected=${id === this.game}>${title}</option>`)}</select></label>
        ${lengthField('plan-length', this.durationMs, (ms) => { this.durationMs = ms; })}</div>
      ${game === undefined ? nothing : this.#fields(game)}
      <div class="buttons"><button class="primary" data-test="save-round" ?disabled=${this.busy}>Save</button><button type="button" @click=${this.#leave}>Leave as it was</button></div></form>`;
  }

  #fields(game: GameView): TemplateResult[] {
    const values = { value: (key: string) => this.params[key] ?? game.params[key]!.fallback, set: (key: string, value: number | string) => { this.params = { ...this.params, [key]: value }; } };
    return Object.keys(game.params).map((key) => roundField(game, key, values));
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
