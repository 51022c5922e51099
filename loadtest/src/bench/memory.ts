/**
 * User-space memory of an idle viewer: connected, in the room, and nothing happens. Bytes of the serving process with a first few viewers
 * against the same process with many more, after a collection each time: JavaScript's heap in use, plus what is resident outside it. The
 * kernel's part of a socket is not in it; it is the same for all. Each round starts each server anew. The relay's viewers came by the
 * direct door, Colyseus's by its own matchmaking; bare uWebSockets.js is what a socket costs at least.
 */
import { sleep } from '../clock.js';
import { median } from '../swarm/statistics.js';
import { benchmark, table, type Finding, type Stops } from './lib/benchmark.js';
import { LOAD_CORE, pin } from './lib/child.js';
import type { UserSpace } from './lib/memory-use.js';
import { startBare, startColyseus, startRelay, type Setting, type Side } from './lib/sides.js';

const BAR = 0.25;
/** Viewers before the first look, so that code is compiled and tables have begun. */
const FIRST = 500;
/** ms after which everything that a join brings has been done. */
const SETTLE_MS = 1_000;
const SETTING: Setting = { tickMs: 50, memory: true };

const HELP = `
memory   user-space memory of an idle viewer: the relay against Colyseus on uWebSockets.js, and bare uWebSockets.js

  --viewers N   idle connections, beside the first ${FIRST}, 100 to 9000 (default 5000)
  --rounds N    rounds, each with new processes, 1 to 20; the median counts (default 3)
`;

/** Bytes a viewer. */
interface Cost {
  readonly heap: number;
  readonly native: number;
  readonly both: number;
  /** Growth of the resident size, pages that V8 keeps for later included. */
  readonly rss: number;
  /** Viewers that the server itself counted at the second look, the first few included. */
  readonly counted: number;
}

const look = async (side: Side, viewers: number): Promise<UserSpace> => {
  await side.fill(viewers);
  await sleep(SETTLE_MS);
  return side.child.ask('memory');
};

const measure = async (start: (stops: Stops) => Promise<Side>, viewers: number): Promise<Cost> => {
  const own: Stops = [];
  try {
    const side = await start(own);
    const before = await look(side, FIRST);
    const after = await look(side, FIRST + viewers);
    const [counted, { in: connected }] = [await side.child.ask<number>('viewers'), await side.crowd.count()];
    if (counted !== connected) throw new Error(`${side.name} counts ${counted} viewers, its crowd ${connected}`);
    const [heap, native, rss] = [after.heap - before.heap, after.native - before.native, after.rss - before.rss].map((bytes) => bytes / viewers);
    return { heap: heap!, native: native!, both: heap! + native!, rss: rss!, counted };
  } finally {
    for (const stop of own.toReversed()) await stop();
  }
};

const kib = (bytes: number): string => (bytes / 1024).toFixed(2);

await benchmark('memory', HELP, {
  viewers: { fallback: 5_000, min: 100, max: 9_000 }, rounds: { fallback: 3, min: 1, max: 20 },
}, async ({ viewers, rounds: count }): Promise<Finding> => {
  pin(process.pid, LOAD_CORE);
  const starts = {
    relay: (stops: Stops) => startRelay(SETTING, viewers + FIRST, [], stops),
    colyseus: (stops: Stops) => startColyseus('uws', SETTING, stops),
    bare: (stops: Stops) => startBare(SETTING, stops),
  };
  const rounds: Record<keyof typeof starts, Cost>[] = [];
  while (rounds.length < count) {
    const [relay, colyseus, bare] = [await measure(starts.relay, viewers), await measure(starts.colyseus, viewers), await measure(starts.bare, viewers)];
    rounds.push({ relay, colyseus, bare });
  }
  const row = (name: string, of: keyof typeof starts): string[] => {
    const mid = (part: keyof Cost): number => median(rounds.map((round) => round[of][part]));
    return [name, kib(mid('both')), kib(mid('heap')), kib(mid('native')), kib(mid('rss')), String(mid('counted'))];
  };
  console.log(`memory: ${viewers} idle viewers beside ${FIRST}, ${count} rounds, KiB a viewer in the serving process's user space`);
  console.log(table([
    ['server', 'KiB/viewer', 'heap', 'native', '(growth of RSS)', 'viewers'],
    row('crowdcue relay', 'relay'), row('Colyseus on uWS', 'colyseus'), row('bare uWebSockets.js', 'bare'),
  ]));
  const ratio = median(rounds.map(({ relay, colyseus }) => relay.both / colyseus.both));
  if (!(ratio > 0)) throw new Error(`${viewers} viewers are too few: what the servers gave back meanwhile is more than they took`);
  return { bars: [{ what: 'memory a viewer, relay : Colyseus on uWS', ratio, bar: BAR, atMost: true }], raw: { viewers, first: FIRST, rounds } };
});
