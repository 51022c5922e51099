/** How a round that is over is shown. Loaded once a game is (view-slot.ts): nobody needs it before the first tap. */
import { css, html, nothing, type CSSResult, type TemplateResult } from 'lit';
import { numberText, type GameText } from '@crowdcue/games/texts';
import type { CrowdView, MeView } from '@crowdcue/protocol';
import { icons } from './icons.js';
import type { PanelContext } from './panels.js';

export const overStyles: CSSResult = css`
  .panel.over .headline { font-size: clamp(2.25rem, 14cqi, 4.5rem); max-inline-size: 100%; overflow-wrap: anywhere; }
  .headline[data-winner=left] { color: var(--cc-left-text); }
  .headline[data-winner=right] { color: var(--cc-right-text); }
  .own { display: flex; flex-wrap: wrap; align-items: center; justify-content: center; gap: var(--cc-space-1) var(--cc-space-3); inline-size: 100%; max-inline-size: 26rem; margin-block: var(--cc-space-2); padding: var(--cc-space-3) var(--cc-space-4); border-radius: var(--cc-radius-m); background: var(--cc-surface-2); }
  .own b { font-size: var(--cc-size-4); font-weight: var(--cc-weight-loud); }
  .own.won { background: var(--cc-accent-fill); color: var(--cc-accent-ink); }
  .own.watched b { font-size: var(--cc-size-3); font-weight: var(--cc-weight-strong); }
  .own em { font-style: normal; font-weight: var(--cc-weight-strong); inline-size: 100%; }
  .top { inline-size: 100%; max-inline-size: 26rem; padding: 0; list-style: none; text-align: start; }
  .top li { display: flex; align-items: baseline; gap: var(--cc-space-3); padding-block: var(--cc-space-2); }
  .top li + li { border-block-start: 1px solid var(--cc-line); }
  .top i { inline-size: 1.2em; font-style: normal; color: var(--cc-text-muted); font-weight: var(--cc-weight-strong); font-variant-numeric: tabular-nums; }
  .top span { flex: 1; min-inline-size: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .top b { font-weight: var(--cc-weight-strong); font-variant-numeric: tabular-nums; }
  @container crowdcue (max-height: 30rem) {
    .panel.over .top { display: none; }
    .panel.over .headline { font-size: var(--cc-size-6); }
  }
`;

const ownResult = ({ text }: PanelContext, game: GameText, state: CrowdView, me: MeView | undefined): TemplateResult => {
  if (me === undefined || me.round !== state.round || me.result === 'none') return html`<div class="own watched" part="own"><b>${text.watched}</b></div>`;
  const won = me.result === 'won';
  return html`<div class="own ${won ? 'won' : 'played'}" part="own ${won ? 'won' : ''}">
    ${won ? icons.trophy : nothing}
    <b>${won ? text.won : text.played}</b>
    <span>${game.score(me)}</span>
    ${me.rank > 0 && me.score > 0 ? html`<span>${text.place(me.rank, Math.max(state.players, me.rank))}</span>` : nothing}
    ${me.fastest ? html`<em>${text.fastest}</em>` : nothing}
  </div>`;
};

const topRows = ({ text, language }: PanelContext, game: GameText, state: CrowdView): TemplateResult | typeof nothing => {
  const rows = ['1', '2', '3'].flatMap((rank) => {
    const entry = state.top.get(rank);
    return entry === undefined || entry.score <= 0 ? [] : [{ rank, name: entry.name, score: game.score(entry) }];
  });
  if (rows.length === 0) return nothing;
  return html`<ol class="top" part="top" aria-label=${text.top}>
    ${rows.map(({ rank, name, score }) => html`<li><i>${numberText(Number(rank), language)}</i><span dir="auto">${name}</span><b>${score}</b></li>`)}
  </ol>`;
};

export const overPanel = (context: PanelContext, game: GameText, state: CrowdView, me: MeView | undefined, recap: unknown): TemplateResult =>
  html`<div class="panel over" part="panel over">
    <p class="kicker" dir="auto">${game.title}</p>
    <h2 class="headline" data-winner=${state.texts.get('winner') ?? ''} dir="auto">${game.headline(state)}</h2>
    <p dir="auto">${game.outcome(state)}</p>
    ${recap}
    ${ownResult(context, game, state, me)}
    ${topRows(context, game, state)}
    <p class="soft">${context.text.next}</p>
  </div>`;
