import type { BoardValue, ColumnKind, Columns, GameActions, GameDefinition, RefusalCode, RoundContext, RoundResult } from '@crowdcue/games';

/** One action as tests write it; `elapsed` -1 is unknown. */
export interface TestAction {
  row: number;
  choice: number;
  value: number;
  at: number;
  elapsed: number;
}

export interface RoundScript {
  game: GameDefinition;
  viewers: number;
  startedAt?: number;
  durationMs?: number;
  params?: Record<string, number | string>;
  seed?: number;
  /** Actions by tick; tick `k` runs at `startedAt + k * tickMs`. */
  ticks: readonly (readonly TestAction[])[];
  tickMs?: number;
  /** The host settles in this tick, before the game's own. */
  settle?: { tick: number; choice: number };
  /** Called before the round starts: to put odd values into columns. */
  prepare?: (columns: Columns<Record<string, ColumnKind>>) => void;
}

export interface RoundReport {
  board: Map<string, BoardValue>;
  scores: Map<number, number>;
  players: Set<number>;
  refusals: { tick: number; row: number; code: RefusalCode }[];
  goals: { goal: string; value: number; tick: number }[];
  /** Ticks that opened a window; 0 is the start. */
  windows: number[];
  memory: Record<string, number | string>;
  columns: Record<string, number[]>;
  result: RoundResult;
  endedAtTick: number | undefined;
  /** Board after every tick. */
  boards: Record<string, BoardValue>[];
}

export const toColumns = (actions: readonly TestAction[]): GameActions => ({
  length: actions.length,
  viewer: Uint32Array.from(actions, (a) => a.row),
  choice: Uint8Array.from(actions, (a) => a.choice),
  value: Uint32Array.from(actions, (a) => a.value),
  at: Float64Array.from(actions, (a) => a.at),
  elapsed: Float64Array.from(actions, (a) => a.elapsed),
});

const randomOf = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
};

/** Plays a whole round the way the room does: start, then per tick actions and `onTick`, then the end. */
export const runRound = (script: RoundScript): RoundReport => {
  const { game, viewers, startedAt = 1_000_000, durationMs = game.durationMs, tickMs = 50 } = script;
  const columns = Object.fromEntries(Object.entries(game.columns).map(([name, kind]) =>
    [name, kind === 'u32' ? new Uint32Array(viewers) : new Float64Array(viewers)])) as Columns<Record<string, ColumnKind>>;
  script.prepare?.(columns);
  const report: RoundReport = {
    board: new Map(Object.entries(game.board)), scores: new Map(), players: new Set(), refusals: [], goals: [], windows: [], memory: {}, columns: {},
    result: { winners: [], outcome: {} }, endedAtTick: undefined, boards: [],
  };
  let tick = 0;
  const ctx: RoundContext & { now: number } = {
    round: 1, now: startedAt, startedAt, endsAt: startedAt + durationMs, columns, viewers, memory: report.memory,
    params: { ...Object.fromEntries(Object.entries(game.params).map(([key, param]) => [key, param.fallback])), ...script.params },
    board: { get: (key) => report.board.get(key), set: (key, value) => void report.board.set(key, value) },
    random: randomOf(script.seed ?? 1),
    openWindow: () => void report.windows.push(tick),
    plays: (row) => void report.players.add(row),
    score: (row, score) => void report.scores.set(row, score),
    crowdGoal: (goal, value) => void report.goals.push({ goal, value, tick }),
    end: () => void (report.endedAtTick ??= tick),
  };
  game.onRoundStart(ctx);
  for (const actions of script.ticks) {
    ctx.now = startedAt + tick * tickMs;
    const input = toColumns(actions);
    if (actions.length > 0) game.onActions(ctx, input, (i, code) => report.refusals.push({ tick, row: actions[i]!.row, code }));
    if (script.settle?.tick === tick) game.settlement?.onSettle(ctx, script.settle.choice);
    game.onTick?.(ctx);
    report.boards.push(Object.fromEntries(report.board));
    tick++;
    if (report.endedAtTick !== undefined) break;
  }
  report.result = game.onRoundEnd(ctx);
  report.columns = Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, [...column]]));
  return report;
};

/** A report as bytes that can be compared: everything that a replay must give again. */
export const bytesOf = (report: RoundReport): string => JSON.stringify(report, (_key, value: unknown) => {
  if (value instanceof Map) return [...value.entries()];
  if (value instanceof Set) return [...value];
  return value;
});

/** What of a report may not depend on the order of actions within a tick: everything but the order in which things are listed. */
export const unorderedOf = (report: RoundReport): string => JSON.stringify({
  board: [...report.board.entries()].sort(), scores: [...report.scores.entries()].sort((a, b) => a[0] - b[0]),
  players: [...report.players].sort((a, b) => a - b), refusals: report.refusals.map((r) => `${r.tick}:${r.row}:${r.code}`).sort(),
  goals: report.goals, windows: report.windows, memory: Object.entries(report.memory).sort(), columns: report.columns, result: report.result,
  boards: report.boards,
});
