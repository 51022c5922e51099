/**
 * A chaos run: a crowd plays rounds while faults come and go, one after the other. It ends in one verdict a viewer (what was confirmed to
 * it is what the room applied of it, each action once) and one a round (its result is what its journal says when it is played again).
 */
import type { EventOverview } from '@crowdcue/protocol';
import type { Replay } from '@crowdcue/server';
import { seeded, sleep } from '../clock.js';
import { Rounds } from '../rounds.js';
import { reportTable, type SwarmReport } from '../swarm/report.js';
import { Swarm } from '../swarm/swarm.js';
import { ChaosSystem, type ChaosSystemOptions } from './chaos-system.js';
import { faultOf, FAULTS, type Fault } from './faults.js';
import { replayOf } from './replay-of.js';

export interface ChaosOptions extends ChaosSystemOptions {
  readonly viewers: number;
  /** Names of faults, in this order; all that are possible, shuffled by the seed, when left out. */
  readonly faults?: readonly string[];
  /** How long a fault lasts, ms. */
  readonly faultMs: number;
  /** Actions a second and viewer. */
  readonly rate: number;
  readonly onProgress?: (text: string) => void;
}

export interface ChaosVerdict {
  /** Nothing lost, nothing doubled, every result as replayed. */
  readonly holds: boolean;
  readonly seed: number;
  readonly faults: readonly string[];
  readonly report: SwarmReport;
  readonly rounds: EventOverview['rounds'];
  /** Rounds whose result differs from that of the replay, in words. */
  readonly replayDiffers: readonly string[];
  /** Actions that the replay applies more or fewer of than were confirmed. */
  readonly replayOff: number;
  /** Journalled ticks that were replayed. */
  readonly replayed: number;
}

/** ms between two faults, for the system to come to itself, and before the first. */
const CALM_MS = 3_000;
const ROUND_MS = 85_000;

const shuffled = <T>(all: readonly T[], random: () => number): T[] =>
  all.map((each) => ({ each, at: random() })).sort((a, b) => a.at - b.at).map(({ each }) => each);

export const runChaos = async (options: ChaosOptions): Promise<ChaosVerdict> => {
  const tell = options.onProgress ?? (() => undefined);
  const random = seeded(options.seed);
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)]!;
  const system = await ChaosSystem.start(options);
  try {
    const faults = options.faults?.map(faultOf) ?? shuffled(FAULTS, random);
    const planned = faults.filter((fault) => fault.possible(system));
    const host = await system.system.host();
    await host.post('/api/events', { id: system.event, name: 'Chaos', maxViewers: 20_000 });
    const swarm = await Swarm.start({
      origin: system.origins[0]!.url, event: system.event, viewers: options.viewers, rate: options.rate, relays: system.viewerProxies.map(({ port }) => `ws://127.0.0.1:${port}`),
    });
    const rounds = new Rounds({
      event: system.event, roundMs: ROUND_MS, hosts: () => system.origins.map((origin) => host.at(origin)), overview: () => system.overview(host),
    });
    for (const fault of planned) await suffer(system, fault, options.faultMs, pick, () => tell(`${fault.name}: ${swarm.line()}`));
    await sleep(CALM_MS);
    await rounds.end();
    const report = await swarm.finish();
    const overview = await system.overview(host);
    await system.system.rest();
    const replay = await replayOf(system.system, overview.event);
    return verdictOf(options.seed, planned, report, overview, replay);
  } finally {
    await system.stop();
  }
};

const suffer = async (system: ChaosSystem, fault: Fault, ms: number, pick: <T>(all: readonly T[]) => T, tell: () => void): Promise<void> => {
  const watch = setInterval(tell, 1_000);
  await sleep(CALM_MS);
  await fault.run(system, ms, pick).finally(() => clearInterval(watch));
};

const verdictOf = (seed: number, faults: readonly Fault[], report: SwarmReport, overview: EventOverview, replay: Replay): ChaosVerdict => {
  const told = new Map(overview.rounds.map((round) => [round.round, JSON.stringify(sorted(round))]));
  const replayDiffers = replay.rounds.filter((round) => told.get(round.round) !== JSON.stringify(sorted(round)))
    .map((round) => `round ${round.round}: told ${told.get(round.round)}, replayed ${JSON.stringify(sorted(round))}`);
  const appliedInReplay = [...replay.applied.values()].reduce((sum, n) => sum + n, 0);
  const replayOff = Math.abs(appliedInReplay - report.confirmed);
  const settled = report.unsettled === 0 && report.confirmed + report.refused === report.sent;
  const exact = report.confirmedNotApplied === 0 && report.appliedNotConfirmed === 0 && report.mismatches === 0 && report.quiet;
  const played = replay.rounds.length === overview.rounds.length && replayDiffers.length === 0 && replayOff === 0;
  return {
    holds: settled && exact && played && report.joins.failed === 0, seed, faults: faults.map(({ name }) => name), report, rounds: overview.rounds, replayDiffers, replayOff,
    replayed: replay.records,
  };
};

const sorted = (value: object): object =>
  Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, typeof inner === 'object' && inner !== null ? sorted(inner) : inner]));

/** The verdict for people. */
export const chaosTable = (v: ChaosVerdict): string => [
  reportTable(v.report),
  `faults: ${v.faults.join(', ')} (seed ${v.seed})`,
  `replayed ${v.replayed} journalled ticks: ${v.rounds.length} rounds of ${v.rounds.map(({ actions }) => actions).join(', ')} actions; ${v.replayDiffers.length} differ, ${v.replayOff} actions off`,
  ...v.replayDiffers,
  v.holds ? 'holds: confirmed = applied for every viewer, every result is its journal\'s' : 'FAILS',
].join('\n');
