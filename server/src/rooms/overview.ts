/** What the host is shown of a room. */
import type { CaptionOverview, HostViewer } from '@crowdcue/protocol';
import type { CrowdCore } from './crowd-core.js';
import { delaysOf } from './fair-window.js';
import { ORIGIN_RELAY } from './relay-runs.js';
import type { RoomOverview } from './room-control.js';
import { FLAG } from './viewer-table.js';

/** Span over which actions a second are counted, ms. */
const PULSE_MS = 1_000;

/** Actions of the last second, and the most viewers at once. */
export class Pulse {
  peakViewers = 0;
  readonly #samples: { time: number; actions: number }[] = [];
  #sum = 0;

  add(time: number, actions: number, viewers: number): void {
    this.#samples.push({ time, actions });
    this.#sum += actions;
    while (this.#samples[0]!.time <= time - PULSE_MS) this.#sum -= this.#samples.shift()!.actions;
    this.peakViewers = Math.max(this.peakViewers, viewers);
  }

  get actionsPerSecond(): number {
    return this.#sum;
  }
}

export const overviewOf = (core: CrowdCore, pulse: Pulse, eventTime: number, hold: boolean, captions?: CaptionOverview): RoomOverview => {
  const { state, desk } = core;
  return {
    phase: state.phase as RoomOverview['phase'], round: state.round, game: state.game, startsAt: state.startsAt, endsAt: state.endsAt, eventTime,
    viewers: state.viewers, players: state.players, peakViewers: pulse.peakViewers,
    actions: desk.round?.actions ?? (state.phase === 'over' ? desk.history.at(-1)?.actions ?? 0 : 0), actionsPerSecond: pulse.actionsPerSecond,
    board: Object.fromEntries([...state.numbers.entries(), ...state.texts.entries()]),
    top: [...state.top.entries()].map(([rank, { name, score }]) => ({ rank: Number(rank), name, score })),
    relays: core.attendance.relayCounts().filter(({ id, viewers }) => viewers > 0 || id !== ORIGIN_RELAY), hold, outcomes: desk.outcomes,
    safeToRevealAt: desk.running ? state.closesAt : 0, delays: delaysOf(core.viewers), rounds: [...desk.history].reverse(),
    ...(captions === undefined ? {} : { captions }),
  };
};

/** Viewers whose name or number contains `query`, the newest first. */
export const viewersOf = (core: CrowdCore, query: string, limit: number): HostViewer[] => {
  const { viewers } = core;
  const c = viewers.columns;
  const wanted = query.trim().toLowerCase();
  const found: HostViewer[] = [];
  for (let row = viewers.length - 1; row >= 0 && found.length < limit; row--) {
    if (viewers.is(row, FLAG.spectator)) continue; // an overlay is nobody to ban: its key is taken back
    const name = viewers.names[row]!;
    const viewer = c.viewer[row]!;
    if (wanted !== '' && !name.toLowerCase().includes(wanted) && !String(viewer).includes(wanted)) continue;
    found.push({
      viewer, name, online: viewers.is(row, FLAG.online), banned: viewers.is(row, FLAG.banned), held: viewers.is(row, FLAG.held),
      score: c.playedRound[row] === core.state.round ? c.score[row]! : 0, roundsPlayed: c.roundsPlayed[row]!,
    });
  }
  return found;
};
