/**
 * A fuzz run: real processes, a crowd that plays, and connections that send what nobody should. It ends in one verdict: both processes
 * are the same as before, every offender was told a code and closed, nothing of it stays in their memory, and the crowd saw nothing.
 *
 * What is an offence is said by the protocol's own decoders before a frame is sent; the seed gives the same run again, but for timing.
 */
import { joinMany } from '../swarm/join-many.js';
import type { SwarmReport } from '../swarm/report.js';
import { Swarm } from '../swarm/swarm.js';
import { now, seeded, sleep } from '../clock.js';
import { Rounds } from '../rounds.js';
import { CrowdcueSystem, type SystemProcess } from '../system.js';
import { Books } from './books.js';
import { fuzzBytes, fuzzOffer, fuzzSeat } from './doors.js';
import type { FuzzTarget, Lane } from './lane.js';
import { fuzzLink } from './links.js';
import { Chance } from './mutator.js';
import { fuzzRequest } from './requests.js';
import { fuzzViewer } from './viewers.js';
import { MemoryBook, type MemoryVerdict } from './memory-book.js';

export interface FuzzOptions {
  /** Frames that are heard, at least. */
  readonly frames: number;
  readonly seed: number;
  /** Viewers who play meanwhile. */
  readonly viewers: number;
  /** Connections at work at a time. */
  readonly width?: number;
  readonly onProgress?: (text: string) => void;
}

export interface FuzzVerdict {
  readonly holds: boolean;
  readonly seed: number;
  readonly seconds: number;
  readonly books: Books;
  readonly memory: readonly MemoryVerdict[];
  readonly crowd: SwarmReport;
  /** What is wrong, in words; empty when it holds. */
  readonly problems: readonly string[];
}

const EVENT = 'fuzz';
const WIDTH = 48;
const TOKENS_A_LANE = 4;
const ROUND_MS = 85_000;
const TELL_MS = 1_000;
/** Memory is looked at so often, and the first looks do not count: tables and pools are as large as they get only then. */
const LOOKS = 10;
/** A source address for so many lanes. */
const LANES_AN_ADDRESS = 8;

/** What a connection does, by how often of 100. */
const KINDS: readonly [share: number, run: (lane: Lane, target: FuzzTarget, books: Books) => Promise<void>][] = [
  [52, (lane, target, books) => fuzzViewer('direct', lane, target, books)],
  [12, (lane, target, books) => fuzzViewer('stock', lane, target, books)],
  [10, fuzzLink],
  [9, fuzzOffer],
  [4, fuzzSeat],
  [5, fuzzBytes],
  [8, fuzzRequest],
];

export const runFuzz = async (options: FuzzOptions): Promise<FuzzVerdict> => {
  const { seed, viewers, width = WIDTH, onProgress: tell = () => undefined } = options;
  const began = now();
  // The inspector collects rubbish; a small young generation keeps what is measured from being mostly that.
  const env = { NODE_OPTIONS: '--inspect=127.0.0.1:0 --max-semi-space-size=4' };
  const system = await CrowdcueSystem.start({ originEnv: () => env, relayEnv: () => env });
  try {
    const host = await system.host();
    await host.post('/api/events', { id: EVENT, name: 'Fuzz', maxViewers: 20_000 });
    const target = await targetOf(system);
    const tokens = (await joinMany(system.origin.url, EVENT, width * TOKENS_A_LANE, 16)).answers.map(({ token }) => token);
    const swarm = await Swarm.start({ origin: system.origin.url, event: EVENT, viewers, rate: 1 });
    const rounds = new Rounds({ event: EVENT, roundMs: ROUND_MS, hosts: () => [host], overview: () => host.get(`/api/events/${EVENT}`) });
    const books = new Books();
    const processes = [system.origin, ...system.relays];
    const pids = processes.map(({ pid }) => pid);
    const memory = await MemoryBook.open(processes);
    await work({ ...options, width }, target, tokens, books, memory, () => tell(`${books.frames} frames, ${books.connections} connections, ${books.failed} failures · ${swarm.line()}`));
    await rounds.end();
    const crowd = await swarm.finish();
    memory.close();
    const verdicts = memory.verdicts();
    const problems = [...books.failures, ...crowdProblems(crowd), ...verdicts.flatMap(({ problems: some }) => some), ...processProblems(processes, pids)];
    return { holds: problems.length === 0 && books.failed === 0, seed, seconds: (now() - began) / 1000, books, memory: verdicts, crowd, problems };
  } finally {
    await system.stop();
  }
};

const targetOf = async (system: CrowdcueSystem): Promise<FuzzTarget> => {
  const answer = await fetch(`${system.origin.url}/api/relays/events/${EVENT}`, { headers: { authorization: `Bearer ${system.secrets.relay}` } });
  const { doorKey } = (await answer.json()) as { doorKey: string };
  return { relay: system.relays[0]!.url, origin: system.origin.url, event: EVENT, doorKey: Buffer.from(doorKey, 'base64url'), relaySecret: system.secrets.relay };
};

type Work = Required<Pick<FuzzOptions, 'frames' | 'seed' | 'width'>>;

/** All lanes work until a part of the frames is through; then memory is looked at while nobody does. */
const work = async ({ frames, seed, width }: Work, target: FuzzTarget, tokens: readonly string[], books: Books, memory: MemoryBook, tell: () => void): Promise<void> => {
  const lanes = Array.from({ length: width }, (_, index) => laneOf(index, seed, tokens));
  const watch = setInterval(tell, TELL_MS);
  try {
    for (let look = 1; look <= LOOKS; look++) {
      const goal = (frames * look) / LOOKS;
      await Promise.all(lanes.map(async (lane) => {
        while (books.frames < goal) await one(lane, target, books);
      }));
      await memory.look(books.frames);
    }
  } finally {
    clearInterval(watch);
  }
};

const laneOf = (index: number, seed: number, tokens: readonly string[]): Lane => {
  const chance = new Chance(Math.floor(seeded(seed * 1_000 + index)() * 2 ** 32));
  const mine = tokens.filter((_, i) => i % Math.max(1, Math.floor(tokens.length / TOKENS_A_LANE)) === index);
  return { index, chance, token: () => chance.pick(mine), address: `127.0.0.${2 + Math.floor(index / LANES_AN_ADDRESS)}`, incarnation: 0 };
};

const one = async (lane: Lane, target: FuzzTarget, books: Books): Promise<void> => {
  let at = lane.chance.below(100);
  for (const [share, run] of KINDS) {
    if ((at -= share) >= 0) continue;
    await run(lane, target, books).catch((error: unknown) => {
      books.fail('fuzzer', `${String(error)} ${String((error as Error).cause ?? '')}`);
      return sleep(TELL_MS); // whatever is away needs not be asked a thousand times
    });
    return;
  }
};

const crowdProblems = (crowd: SwarmReport): string[] => {
  const wrong: [what: string, is: boolean][] = [
    ['were not all in', crowd.joins.failed > 0], ['came back', crowd.reconnects > 0], ['have unsettled actions', crowd.unsettled > 0],
    ['have actions that were confirmed and not applied', crowd.confirmedNotApplied > 0], ['have actions that were applied and not confirmed', crowd.appliedNotConfirmed > 0],
    ['differ in state', crowd.mismatches > 0 || crowd.compared === 0], ['did not come to rest', !crowd.quiet], ['did nothing', crowd.confirmed === 0],
  ];
  return wrong.flatMap(([what, is]) => (is ? [`bystanders ${what}: ${JSON.stringify(crowd.closedBy)}`] : []));
};

const processProblems = (processes: readonly SystemProcess[], pids: readonly number[]): string[] => processes.flatMap((each, i) => [
  ...(each.exitCode === null && each.pid === pids[i] ? [] : [`${each.name} ended with ${each.exitCode}`]),
  ...each.troubles.map((line) => `${each.name} says: ${line.slice(0, 400)}`),
]);

/** The verdict for people. */
export const fuzzTable = (v: FuzzVerdict): string => {
  const rows = Object.entries(v.books.categories).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, { connections, frames, offences, endings }]) => {
    const ends = Object.entries(endings).sort(([, a], [, b]) => b - a).map(([end, count]) => `${end} ${count}`);
    return `${name.padEnd(24)} ${String(connections).padStart(7)} connections, ${String(frames).padStart(8)} frames, ${String(offences).padStart(6)} offences: ${ends.join(', ')}`;
  });
  const { crowd } = v;
  return [
    ...rows,
    `${'in all'.padEnd(24)} ${v.books.connections} connections, ${v.books.frames} frames heard, ${v.seconds.toFixed(0)} s, seed ${v.seed}; ${v.books.failed} not as foretold`,
    ...v.memory.map(({ line }) => line),
    `bystanders: ${crowd.viewers} viewers, ${crowd.confirmed} confirmed = ${crowd.applied} applied, ${crowd.reconnects} came back, ${crowd.compared} states compared, ${crowd.mismatches} differ`,
    ...v.problems,
    v.holds ? 'holds' : 'FAILS',
  ].join('\n');
};
