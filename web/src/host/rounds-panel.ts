import type { EventOverview, GameView } from '@crowdcue/protocol';
import { css, html, LitElement } from 'lit';
import { controls } from '../shared/controls.js';
import { count } from '../shared/format.js';
import { outcomeText } from './board-view.js';

/** The rounds that were, newest first. */
export class RoundsPanel extends LitElement {
  static override properties = { rounds: { attribute: false }, games: { attribute: false } };
  declare rounds: EventOverview['rounds'];
  declare games: readonly GameView[];

  static override styles = [controls, css`
    :host { display: block; }
    .scroll { max-height: 300px; overflow: auto; }
    table { width: 100%; border-collapse: collapse; font-size: var(--cc-size-2); }
    th, td { padding: var(--cc-space-2) 0 var(--cc-space-2) var(--cc-space-4); }
    th:first-child, td:first-child { padding-left: 0; width: 1.5em; }
    th { text-align: left; position: sticky; top: 0; background: var(--cc-surface); }
    td { border-top: 1px solid var(--cc-line); vertical-align: top; }
    td.r, th.r { text-align: right; }
    .outcome { display: block; color: var(--cc-text-muted); }
    @media (max-width: 480px) { .wide { display: none; } }
  `];

  override render() {
    const rounds = this.rounds.toSorted((a, b) => b.round - a.round);
    return html`<section class="card" aria-label="Round history">
      <div class="card-head"><h2 class="caps">Rounds</h2></div>
      ${rounds.length === 0 ? html`<p class="muted small">Each round stays here with its result, so you can read it out again.</p>` : html`<div class="scroll" tabindex="0" role="region" aria-label="Rounds"><table class="num">
        <thead><tr class="caps"><th>#</th><th>Game</th><th class="r">Players</th><th class="r wide">Actions</th><th class="r">Winners</th></tr></thead>
        <tbody>${rounds.map((r) => html`<tr><td class="muted">${r.round}</td><td><b>${this.games.find(({ id }) => id === r.game)?.title ?? r.game}</b>
          <span class="outcome">${outcomeText(r.game, r.outcome)}</span></td>
          <td class="r">${count(r.players)}</td><td class="r wide">${count(r.actions)}</td><td class="r">${count(r.winners)}</td></tr>`)}</tbody></table></div>`}
    </section>`;
  }
}

customElements.define('cc-rounds', RoundsPanel);
