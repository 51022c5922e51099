/** A round's board and outcome on the desk: each of our games in its own way, any other as figures. */
import type { EventOverview, GameView } from '@crowdcue/protocol';
import { gameText } from '@crowdcue/games';
import { css, html, nothing, type TemplateResult } from 'lit';
import { boardValue, count, counted, percent, words } from '../shared/format.js';

export type Board = Readonly<Record<string, number | string>>;

const sightOf = (board: Board) => {
  const entries = Object.entries(board);
  return {
    numbers: new Map(entries.filter((entry): entry is [string, number] => typeof entry[1] === 'number')),
    texts: new Map(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string')),
  };
};

const numberOf = (board: Board, key: string): number => {
  const value = board[key];
  return typeof value === 'number' ? value : 0;
};

/** What is on the board and says something. */
const figuresOf = (board: Board): readonly (readonly [string, string])[] =>
  Object.entries(board).filter(([, value]) => value !== '').map(([key, value]) => [words(key), boardValue(value)] as const);

const figures = (rows: readonly (readonly [string, string])[]): TemplateResult | typeof nothing =>
  rows.length === 0 ? nothing : html`<dl class="tiles num">${rows.map(([key, value]) => html`<div><dt class="caps">${key}</dt><dd>${value}</dd></div>`)}</dl>`;

/** The outcome of a round in a line: the game's own words, or the figures of a game without text here. */
export const outcomeText = (game: string, outcome: Board): string => {
  const text = gameText(game);
  if (text === undefined) return figuresOf(outcome).map(([key, value]) => `${key} ${value}`).join(' · ');
  const sight = sightOf(outcome);
  return `${text.headline(sight)}. ${text.outcome(sight)}`;
};

/** The left team's part of the rope, 0 to 1: the rope runs from -100 (left has won) to 100. */
export const leftShare = (board: Board): number => Math.min(1, Math.max(0, (100 - numberOf(board, 'rope')) / 200));

const tugBoard = (board: Board): TemplateResult => {
  const taps = numberOf(board, 'pullLeft') + numberOf(board, 'pullRight');
  const goal = numberOf(board, 'goal');
  const left = leftShare(board);
  const team = (key: 'left' | 'right', pull: string) => html`${counted(numberOf(board, key), 'player')} · ${counted(numberOf(board, pull), 'tap')}`;
  return html`<div class="versus num">
      <div class="names"><span class="a"><b>Left</b> ${team('left', 'pullLeft')}</span><span class="b"><b>Right</b> ${team('right', 'pullRight')}</span></div>
      <div class="track" role="img" aria-label="Left holds ${percent(left, 1)} of the rope"><i class="a" style="flex-grow: ${left}"></i><i class="knot"></i><i class="b" style="flex-grow: ${1 - left}"></i></div>
    </div>
    ${goal > 0 ? html`<p class="goal num small"><span class="muted">Crowd goal</span> <b>${count(taps)}</b> of ${counted(goal, 'tap')}${taps >= goal ? html` · <b class="reached">reached</b>` : nothing}</p>` : nothing}`;
};

const quickdrawBoard = (board: Board): TemplateResult => html`<p class="signal ${board['signal'] === 'go' ? 'go' : ''}">${board['signal'] === 'go' ? 'Draw!' : 'Wait for it …'}</p>`;

/** What was asked, and the shares of the answers as far as they are told. */
const questionBoard = (board: Board): TemplateResult => {
  const options = Object.keys(board).filter((key) => /^option\d$/.test(key) && board[key] !== '').toSorted();
  const told = options.some((_, i) => numberOf(board, `share${i + 1}`) > 0);
  return html`<p class="question" dir="auto">${boardValue(board['question'] ?? '')}</p>
    <ol class="shares num">${options.map((key, i) => {
      const share = numberOf(board, `share${i + 1}`);
      return html`<li>${told ? html`<i style="inline-size: ${share}%"></i>` : nothing}<span class="muted">${i + 1}</span><b dir="auto">${board[key]!}</b>${told ? html`<span>${percent(share, 100)}</span>` : nothing}</li>`;
    })}</ol>`;
};

const bossBoard = (board: Board): TemplateResult => {
  const health = numberOf(board, 'health');
  return html`<div class="versus num"><div class="names"><span class="b">Boss <b>${percent(health, 100)}</b></span><span class="b">Hits <b>${count(numberOf(board, 'hits'))}</b></span></div>
    <div class="track" role="img" aria-label="The boss has ${percent(health, 100)} of its health"><i class="b" style="flex-grow: ${health / 100}"></i><i class="gone" style="flex-grow: ${1 - health / 100}"></i></div></div>`;
};

const running = (game: string, board: Board): TemplateResult | typeof nothing => {
  switch (game) {
    case 'tug': return tugBoard(board);
    case 'quickdraw': return quickdrawBoard(board);
    case 'boss': return bossBoard(board);
    case 'trivia': case 'poll': case 'predict': return questionBoard(board);
    default: return figures(figuresOf(board));
  }
};

/** The outcome in a few words, where the game has words for it. */
export const headlineOf = (o: EventOverview): string | undefined => gameText(o.game)?.headline(sightOf(o.board));

/** What the desk shows of a round: its how-to while it counts down, its board while it runs, its outcome afterwards. */
export const boardView = (o: EventOverview, game: GameView | undefined): TemplateResult => {
  const text = gameText(o.game);
  if (o.phase === 'armed') return html`<p class="muted">${game?.howTo ?? text?.howTo ?? ''}</p>`;
  if (o.phase === 'live') return html`${running(o.game, o.board)}`;
  if (text === undefined) return html`${figures(figuresOf(o.board))}`;
  return html`<p class="muted">${text.outcome(sightOf(o.board))}</p>${o.game === 'quickdraw' ? nothing : running(o.game, o.board)}`;
};

export const boardStyles = css`
  .versus { display: grid; gap: var(--cc-space-2); }
  .versus .names { display: grid; grid-template-columns: 1fr 1fr; gap: var(--cc-space-4); font-size: var(--cc-size-2); }
  .names .b { text-align: right; }
  .names .a b { color: var(--cc-left-text); } .names .b b { color: var(--cc-right-text); }
  .names b { display: block; font-size: var(--cc-size-3); }
  .track { display: flex; height: 36px; border-radius: var(--cc-radius-s); overflow: hidden; }
  .track i { display: block; flex-basis: 0; transition: flex-grow var(--cc-time-3) var(--cc-ease); }
  .track .a { background: var(--cc-left); } .track .b { background: var(--cc-right); }
  .track .knot { flex: none; width: 6px; background: var(--cc-text); }
  .track .gone { background: var(--cc-surface-2); }
  .question { font-size: var(--cc-size-4); font-weight: var(--cc-weight-strong); line-height: 1.3; overflow-wrap: anywhere; }
  .shares { display: grid; gap: var(--cc-space-2); }
  .shares li { position: relative; display: flex; align-items: center; gap: var(--cc-space-3); min-height: 36px; padding: 2px var(--cc-space-3); border-radius: var(--cc-radius-s); overflow: hidden; background: var(--cc-surface-2); isolation: isolate; }
  .shares i { position: absolute; z-index: -1; inset-block: 0; inset-inline-start: 0; background: var(--cc-accent-soft); box-shadow: inset 0 -3px var(--cc-accent-fill); transition: inline-size var(--cc-time-3) var(--cc-ease); }
  .shares b { flex: 1; min-width: 0; overflow-wrap: anywhere; font-weight: var(--cc-weight-strong); }
  .goal .reached { color: var(--cc-good); }
  .tiles { display: flex; flex-wrap: wrap; gap: var(--cc-space-3) var(--cc-space-6); }
  .tiles dd { font-size: var(--cc-size-4); font-weight: var(--cc-weight-strong); }
  .signal { font-size: var(--cc-size-6); font-weight: var(--cc-weight-loud); letter-spacing: var(--cc-tracking-loud); color: var(--cc-text-muted); }
  .signal.go { color: var(--cc-good); }
`;
