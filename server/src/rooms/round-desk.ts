/**
 * Rounds of an event: from cue to outcome. Sets phase and board, asks the game's rules, ranks, and states the facts.
 * Part of the core: no I/O, no clock.
 */
import { createHash } from 'node:crypto';
import type { GameDefinition } from '@crowdcue/games';
import { LIMITS, type ErrorCode, type Phase } from '@crowdcue/protocol';
import type { Fact, FactType } from '../achievements/index.js';
import type { CoreOptions } from './core-options.js';
import type { AirState, RoomInput } from './inputs.js';
import { closingOf, FairWindow, latestScored } from './fair-window.js';
import type { Outbound } from './outbound.js';
import { clearTop, rank, showTop } from './ranking.js';
import { clearBoard, Round, setBoard, type RoundImage } from './round.js';
import type { CrowdState } from './state.js';
import type { ViewerTable } from './viewer-table.js';

/** A round that is over, for the console. */
export interface RoundSummary {
  readonly round: number;
  readonly game: string;
  readonly players: number;
  readonly actions: number;
  readonly winners: number;
  readonly outcome: Readonly<Record<string, number | string>>;
}

export interface DeskImage {
  round: RoundImage | null;
  cue: CueInput | null;
  history: readonly RoundSummary[];
  /** Images of an earlier version lack it. */
  markTick?: number;
}

type CueInput = Extract<RoomInput, { kind: 'cue' }>;

/** Ticks between two rankings of a running round, 1 s: enough for a board, and cheap. */
const TOP_EVERY_TICKS = 20;
/** How long relays have to come back to a room that was opened again in a round, ms: their longest pause, and the way through matchmaking. */
const REOPEN_MS = 3_000;
const HISTORY = 50;

export class RoundDesk {
  round: Round | undefined;
  readonly history: RoundSummary[] = [];
  #cue: CueInput | undefined;
  #facts: Fact[] = [];
  #tick = 0;
  #time = 0;
  #stopping = false;
  #mark = false;
  #markTick = 0;

  constructor(readonly state: CrowdState, readonly viewers: ViewerTable, readonly out: Outbound, readonly options: CoreOptions) {}

  /** By how much a picture may be late and still be scored, ms. */
  get maxDelay(): number {
    return this.options.maxDelay ?? LIMITS.scoredDelayMs;
  }

  /** Whether a round is armed or live. */
  get running(): boolean {
    return this.#cue !== undefined || this.round !== undefined;
  }

  /** Whether a round in stream time is armed or live. */
  get shifted(): boolean {
    const game = this.round?.game ?? (this.#cue === undefined ? undefined : this.options.games.get(this.#cue.game));
    return game?.sync === 'stream';
  }

  takeFacts(): readonly Fact[] {
    const facts = this.#facts;
    this.#facts = [];
    return facts;
  }

  takeMark(): boolean {
    const mark = this.#mark;
    this.#mark = false;
    return mark;
  }

  /** The tick that opened the last window of the running round; 0 while none runs. */
  get markTick(): number {
    return this.round === undefined ? 0 : this.#markTick;
  }

  /** The room has come to life again: relays come back, and bring what the life before did not journal. */
  reopened(): void {
    if (this.round === undefined) return;
    this.round.closesAt = Math.max(this.round.closesAt, this.#time + REOPEN_MS);
    if (this.round.window !== undefined) this.state.closesAt = this.round.closesAt;
  }

  begin(tick: number, time: number): void {
    this.#tick = tick;
    this.#time = time;
    if (this.round !== undefined) this.round.now = time;
    if (this.#cue !== undefined && time >= this.#cue.startsAt) this.#start(this.#cue);
  }

  cue(cue: CueInput): void {
    if (this.running || this.state.phase === 'off' || this.state.phase === 'ended') return;
    this.#cue = cue;
    if (this.state.flashFrom !== 0) this.state.flashFrom = 0; // a round has the picture for itself
    clearBoard(this.state);
    clearTop(this.state);
    this.state.round++;
    this.state.game = cue.game;
    this.state.players = 0;
    this.state.startsAt = cue.startsAt;
    this.state.endsAt = cue.startsAt + cue.durationMs;
    this.state.closesAt = this.shifted ? closingOf(this.state.endsAt, latestScored(this.viewers, this.maxDelay)) : 0;
    this.#phase('armed');
  }

  stop(): void {
    this.#stopping = true;
  }

  /** Off the air, a round that is armed or live is gone: nobody wins or loses by it, and its board is not shown any more. */
  air(to: AirState): void {
    const { phase } = this.state;
    if (phase === 'ended' || (to === 'on' && phase !== 'off')) return;
    this.#cue = this.round = undefined;
    this.viewers.onGrow = () => undefined;
    clearBoard(this.state);
    clearTop(this.state);
    this.#phase(to === 'on' ? 'idle' : to);
  }

  /** How many outcomes the host may choose from now: some once a round that is settled by hand has closed, else 0. */
  get outcomes(): number {
    const { round } = this;
    return round !== undefined && round.now >= round.closesAt ? round.game.settlement?.outcomes(round.params) ?? 0 : 0;
  }

  settle(number: number, outcome: number): void {
    const { round } = this;
    if (round?.round === number && outcome < this.outcomes) round.game.settlement!.onSettle(round, outcome);
  }

  /** Why an action of this shape, meant for `round` and arrived at `at`, does not count now; `undefined` when it does. */
  refusal(round: number, choice: number, value: number, at: number): ErrorCode | undefined {
    const present = this.round;
    if (present?.round !== round) return this.#whyNoneOf(round);
    if (at > present.lastAt) return 'round_over';
    const { choices, maxValue } = present.game.action;
    if (choice >= choices.length) return 'action_bad_choice';
    return value > maxValue ? 'action_bad_value' : undefined;
  }

  /** Apart from the loop over actions: fields of the schema state are getters, and cost more than all else there. */
  #whyNoneOf(round: number): ErrorCode {
    if (round !== this.state.round) return round < this.state.round ? 'round_over' : 'round_none';
    return this.state.phase === 'over' ? 'round_over' : 'round_none';
  }

  /** Resets what a viewer's columns say of an earlier round. */
  firstOfRound(row: number): void {
    const c = this.viewers.columns;
    const { round } = this.round!;
    if (c.playedRound[row] === round) return;
    c.applied[row] = 0;
    c.score[row] = 0;
    c.rank[row] = 0;
    this.round!.plays(row);
  }

  /** A connection of the viewer has ended. */
  parted(row: number): void {
    this.round?.window?.parted(row, this.#time);
  }

  /** An action of a viewer whose picture is later than the event scores: it plays, and the game does not hear of it. */
  unscored(row: number): void {
    const round = this.round!;
    const c = this.viewers.columns;
    this.firstOfRound(row);
    if (c.unscoredRound[row] !== round.round) {
      c.unscoredRound[row] = round.round;
      round.unscored++;
    }
    c.applied[row]!++;
    c.appliedTotal[row]!++;
    round.actions++;
    this.out.standings.add(row);
  }

  finish(): void {
    const { round } = this;
    if (round === undefined) {
      if (this.#stopping && this.#cue !== undefined) this.#cancel();
      this.#stopping = false;
      return;
    }
    round.game.onTick?.(round);
    if (round.windowOpened) this.#marked();
    round.windowOpened = false;
    for (const { goal, value } of round.goals.splice(0)) {
      this.#fact('CrowdGoalReached', { viewers: this.#numbers(round.players), data: { goal, value } });
    }
    if (this.state.players !== round.players.length) this.state.players = round.players.length;
    if (round.game.sync === 'live' && this.#tick % TOP_EVERY_TICKS === 0) showTop(this.state, this.viewers, round.players);
    const over = this.#time >= round.closesAt && round.game.settlement === undefined;
    if (round.ended || this.#stopping || over) this.#end(round);
    this.#stopping = false;
  }

  #start(cue: CueInput): void {
    const game = this.options.games.get(cue.game)!;
    this.#cue = undefined;
    const latest = game.sync === 'stream' ? latestScored(this.viewers, this.maxDelay) : 0; // now, so that nobody who comes later keeps the others waiting
    this.round = this.#newRound(game, { ...cue, startedAt: cue.startsAt, endsAt: cue.startsAt + cue.durationMs, round: this.state.round }, latest);
    this.round.now = this.#time;
    if (this.round.window !== undefined) {
      this.round.window.markAt = this.#time;
      this.state.closesAt = this.round.closesAt;
    }
    for (const [key, value] of Object.entries(game.board)) setBoard(this.state, key, value);
    this.#phase('live');
    this.#marked();
    this.#fact('RoundStarted', {});
    game.onRoundStart(this.round);
  }

  #newRound(game: GameDefinition, at: { round: number; startedAt: number; endsAt: number; params: Readonly<Record<string, number | string>> }, latest: number): Round {
    const window = game.sync === 'stream' ? new FairWindow(at.startedAt, at.endsAt, latest, this.maxDelay, this.viewers) : undefined;
    return new Round(game, at.round, at.startedAt, at.endsAt, at.params, this.options.event, this.state, this.viewers,
      (row) => this.out.standings.add(row), window);
  }

  #marked(): void {
    this.#mark = true;
    this.#markTick = this.#tick;
  }

  #cancel(): void {
    this.#cue = undefined;
    this.#phase('idle');
  }

  #end(round: Round): void {
    const { winners, fastest = [], outcome } = round.game.onRoundEnd(round);
    const c = this.viewers.columns;
    for (const row of round.players) c.roundsPlayed[row]!++;
    for (const row of winners) {
      c.roundsWon[row]!++;
      c.wonRound[row] = round.round;
    }
    for (const row of fastest) c.fastestRound[row] = round.round;
    for (const [key, value] of Object.entries(outcome)) setBoard(this.state, key, value);
    const scored = round.unscored === 0 ? round.players : round.players.filter((row) => c.unscoredRound[row] !== round.round);
    rank(this.viewers, scored);
    showTop(this.state, this.viewers, scored);
    this.round = undefined;
    this.viewers.onGrow = () => undefined;
    this.#phase('over');
    for (const row of round.players) this.out.standings.add(row);
    this.#fact('RoundPlayed', { viewers: this.#numbers(round.players) });
    if (winners.length > 0) this.#fact('RoundWon', { viewers: this.#numbers(winners) });
    if (fastest.length > 0) this.#fact('FastestOfRound', { viewers: this.#numbers(fastest) });
    this.#fact('RoundEnded', { data: { players: round.players.length, actions: round.actions, winners: winners.length } });
    this.history.push({
      round: round.round, game: round.game.id, players: round.players.length, actions: round.actions, winners: winners.length, outcome,
    });
    if (this.history.length > HISTORY) this.history.shift();
  }

  /** A name is shown otherwise from now on: those who see it see that at once. */
  renamed(): void {
    if (this.state.top.size === 0) return;
    const { playedRound, unscoredRound } = this.viewers.columns;
    const rows = Array.from({ length: this.viewers.length }, (_, row) => row);
    showTop(this.state, this.viewers, rows.filter((row) => playedRound[row] === this.state.round && unscoredRound[row] !== this.state.round));
  }

  #phase(phase: Phase): void {
    this.state.phase = phase;
  }

  #numbers(rows: readonly number[]): number[] {
    const { viewer } = this.viewers.columns;
    return rows.map((row) => viewer[row]!);
  }

  #fact(type: FactType, about: Pick<Fact, 'viewers' | 'data'>): void {
    const { game, round } = this.state;
    this.#facts.push({
      room: this.options.event, tick: this.#tick, ordinal: this.#facts.length, at: this.#time, trace: traceOf(this.options.event, round), type, game,
      round, ...about,
    });
  }

  image(): DeskImage {
    return { round: this.round?.image() ?? null, cue: this.#cue ?? null, history: this.history, markTick: this.#markTick };
  }

  load(image: DeskImage): void {
    this.history.push(...image.history);
    this.#cue = image.cue ?? undefined;
    this.#markTick = image.markTick ?? 0;
    const game = image.round === null ? undefined : this.options.games.get(image.round.game);
    if (image.round === null || game === undefined) return;
    this.round = this.#newRound(game, image.round, image.round.window?.latest ?? 0);
    this.round.load(image.round);
  }
}

/** One W3C trace id a round: the cue is where a trace begins. Derived, so that a replay gives the same. */
const traceOf = (event: string, round: number): string => createHash('sha256').update(`${event}|${round}`).digest('hex').slice(0, 32);

/** Bounds of a round's length, ms. */
export const ROUND_MS = { min: 3_000, max: LIMITS.roundMs } as const;
