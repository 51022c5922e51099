/**
 * A soak: one crowd after the other in the same event. Every second some viewers go, some of them without a word, others come in their
 * place, and rounds follow each other. In the end every viewer that ever was there has exact books, and neither process has grown by
 * more than what a room keeps of a viewer.
 */
import type { Tier } from '@crowdcue/protocol';
import { now, sleep } from '../clock.js';
import { Rounds } from '../rounds.js';
import { reportTable, type SwarmReport } from '../swarm/report.js';
import { Swarm } from '../swarm/swarm.js';
import { CrowdcueSystem, type SystemProcess } from '../system.js';
import { residentOf } from '../watch/memory.js';
import { metricIn, readMetrics } from '../watch/metrics.js';
import { type Growth, type GrowthBounds, growthOf, type Sample } from './growth.js';

export interface SoakOptions {
  readonly viewers: number;
  readonly seconds: number;
  /** Part of the viewers that go, and are replaced, every second. */
  readonly turnover: number;
  /** Actions a second and viewer. */
  readonly rate: number;
  /** ms between two looks at the processes. */
  readonly lookMs: number;
  readonly onProgress?: (text: string) => void;
}

export interface SoakVerdict {
  readonly holds: boolean;
  readonly report: SwarmReport;
  /** Who went for good, and who came in their place. */
  readonly gone: number;
  readonly renewed: number;
  readonly growth: readonly Growth[];
  readonly problems: readonly string[];
}

const EVENT = 'soak';
const ROUND_MS = 30_000;
const RENEW_MS = 1_000;
const VIEWERS_A_THREAD = 2_500;
/** An audience: some look on closely, half as usual, the rest has it in another tab. */
const TIERS: readonly Tier[] = [0, 0, 1, 1, 1, 1, 1, 3, 3, 3];
/** All decode in a small crowd, a sample in a large one. */
const DECODES = 200;
const MIB = 2 ** 20;
/** A room keeps a row of every viewer of its event (numbers, names, score, what it refused); a relay keeps nothing. */
const BOUNDS: Readonly<Record<'origin' | 'relay', GrowthBounds>> = { origin: { perJoin: 2_048, slack: 24 * MIB }, relay: { perJoin: 64, slack: 24 * MIB } };

export const runSoak = async (options: SoakOptions): Promise<SoakVerdict> => {
  const { viewers, seconds, rate, onProgress: tell = () => undefined } = options;
  const system = await CrowdcueSystem.start();
  try {
    const host = await system.host();
    await host.post('/api/events', { id: EVENT, name: 'Soak', maxViewers: 100_000 });
    const swarm = await Swarm.start({
      origin: system.origin.url, event: EVENT, viewers, rate, threads: Math.ceil(viewers / VIEWERS_A_THREAD), tiers: TIERS, decodeEvery: Math.ceil(viewers / DECODES), onProgress: tell,
    });
    const rounds = new Rounds({ event: EVENT, roundMs: ROUND_MS, hosts: () => [host], overview: () => host.get(`/api/events/${EVENT}`) });
    const looks = await soak(options, swarm, system, now() + seconds * 1000);
    await rounds.end();
    const { gone, renewed } = swarm.progress();
    const report = await swarm.finish();
    const growth = [growthOf('origin', looks.origin, BOUNDS.origin), growthOf('relay', looks.relay, BOUNDS.relay)];
    const problems = [...crowdProblems(report), ...growth.flatMap((each) => each.problems), ...(renewed === 0 || gone === 0 ? ['nobody went'] : []), ...system.origin.troubles, ...system.relays[0]!.troubles];
    return { holds: problems.length === 0, report, gone, renewed, growth, problems };
  } finally {
    await system.stop();
  }
};

interface Looks {
  readonly origin: Sample[];
  readonly relay: Sample[];
}

/** Renews the crowd and looks at the processes until time is up. */
const soak = async ({ viewers, turnover, lookMs, onProgress }: SoakOptions, swarm: Swarm, system: CrowdcueSystem, end: number): Promise<Looks> => {
  const looks: Looks = { origin: [], relay: [] };
  const began = now();
  const joins = (): number => viewers + swarm.progress().renewed;
  const each = async (ms: number, work: () => Promise<void>): Promise<void> => {
    for (let next = now() + ms; next < end; next += ms) {
      await sleep(Math.max(0, next - now()));
      await work();
    }
  };
  await Promise.all([
    each(RENEW_MS, () => swarm.renew(Math.max(1, Math.round(viewers * turnover)))),
    each(lookMs, async () => {
      looks.origin.push(await sampleOf(system.origin, now() - began, joins()));
      looks.relay.push(await sampleOf(system.relays[0]!, now() - began, joins()));
      const { gone, renewed } = swarm.progress();
      onProgress?.(`${swarm.line()} · ${gone} went, ${renewed} came · own memory ${(looks.origin.at(-1)!.own / MIB).toFixed(0)} and ${(looks.relay.at(-1)!.own / MIB).toFixed(0)} MiB`);
    }),
  ]);
  return looks;
};

const sampleOf = async ({ url, pid }: SystemProcess, at: number, joins: number): Promise<Sample> => {
  const [text, { anonymous, mapped }] = await Promise.all([readMetrics(url), residentOf(pid)]);
  return { at, joins, own: anonymous, mapped, heapUsed: metricIn(text, 'nodejs_heap_size_used_bytes'), external: metricIn(text, 'nodejs_external_memory_bytes') };
};

/** What must hold of everybody who was ever there. */
const crowdProblems = (report: SwarmReport): string[] => {
  const wrong: readonly [what: string, is: boolean][] = [
    ['viewers were shut out', report.joins.failed > 0], ['actions are unsettled', report.unsettled > 0 || report.confirmed + report.refused !== report.sent],
    ['confirmed is not applied', report.confirmedNotApplied > 0 || report.appliedNotConfirmed > 0 || report.confirmed !== report.applied],
    ['states differ', report.mismatches > 0 || report.compared === 0 || !report.quiet], ['nothing was done', report.confirmed === 0],
  ];
  return wrong.flatMap(([what, is]) => (is ? [what] : []));
};

/** The verdict for people. */
export const soakTable = (v: SoakVerdict): string => [
  reportTable(v.report),
  `turnover: ${v.gone} went for good, ${v.renewed} came in their place`,
  ...v.growth.map(({ line }) => line),
  ...v.problems,
  v.holds ? 'holds: exact for every viewer that was ever there, nothing of them left behind' : 'FAILS',
].join('\n');
