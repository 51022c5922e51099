/**
 * Fan-out of single ticks: the relay's 20 Hz tier against bare `app.publish` of uWebSockets.js, same payload, viewers and rate, in one
 * run. A round is played by both sides, one after the other, each first in turn; from quiet to quiet, so that what was delivered and the
 * CPU that it took (user and system, of the serving process alone) belong together. The ratio is the median of the rounds' ratios. A
 * round in which either side got less through than DELIVERED counts for nothing: the load, not the server, was the limit then.
 */
import { now, sleep } from '../clock.js';
import { median } from '../swarm/statistics.js';
import { readArguments } from './lib/arguments.js';
import { type Side, startBare, startRelay, type Stops, type Ticks } from './lib/fanout-sides.js';
import { pin } from './lib/server-child.js';

const BAR = 0.95;
const TICKS: Ticks = { payloadBytes: 64, tickMs: 50 };
/** Share of what was due that must arrive for a round to count. */
const DELIVERED = 0.97;
/** Ms after which what was on its way has arrived. */
const QUIET_MS = 400;
/** Ms over which the cost without a crowd is taken, and before it: a process that has just started still compiles. */
const FIXED_MS = 3_000;
const SETTLE_MS = 1_500;
/**
 * With both crowds connected these are the 10,000 connections of DESIGN's figures. A server is half busy then (100,000 deliveries a second
 * at 4.5 to 5 µs), so that what it takes with one viewer (7 to 15 ms/s, either side) is 3 % at most; and so is the load's core (40 to 55 %).
 * At 7,500 that core is 75 to 95 % busy.
 */
const DEFAULT_VIEWERS = 5_000;

const HELP = `
fanout   the relay's fan-out of single ticks against bare app.publish of uWebSockets.js

  --viewers N   connections to each server, 100 to 9500 (default ${DEFAULT_VIEWERS})
  --rounds N    rounds that count, 1 to 100 (default 7)
  --seconds S   seconds of each side's part of a round, 1 to 60 (default 4)
  --json        the last line is one JSON object
`;

/** One side's part of a round. */
interface Part {
  readonly deliveries: number;
  readonly due: number;
  readonly cpuSeconds: number;
  readonly perCpuSecond: number;
}

interface Round {
  readonly bare: Part;
  readonly relay: Part;
  readonly ratio: number;
}

/** CPU ms a second with nobody there, and with one viewer. */
interface Fixed {
  readonly none: number;
  readonly one: number;
}

const cpuPerSecond = async (side: Side): Promise<number> => {
  const [before, began] = [await side.child.cpu(), now()];
  await sleep(FIXED_MS);
  return ((await side.child.cpu()) - before) * 1e6 / (now() - began);
};

const measureFixed = async (side: Side): Promise<Fixed> => {
  await sleep(SETTLE_MS);
  const none = await cpuPerSecond(side);
  await side.fill(1);
  side.publish(true);
  await sleep(SETTLE_MS);
  const one = await cpuPerSecond(side);
  side.publish(false);
  return { none, one };
};

const play = async (side: Side, viewers: number, seconds: number): Promise<Part> => {
  const [cpuBefore, before] = [await side.child.cpu(), side.load.delivered];
  const began = now();
  side.publish(true);
  await sleep(seconds * 1000);
  side.publish(false);
  const due = Math.round((viewers * (now() - began)) / TICKS.tickMs);
  await sleep(QUIET_MS);
  const [cpuSeconds, deliveries] = [(await side.child.cpu()) - cpuBefore, side.load.delivered - before];
  return { deliveries, due, cpuSeconds, perCpuSecond: deliveries / cpuSeconds };
};

const share = (part: Part): number => part.deliveries / part.due;

/** Plays until `count` rounds are good. Gives up when as many were not. */
const playRounds = async (bare: Side, relay: Side, viewers: number, count: number, seconds: number): Promise<{ rounds: Round[]; refused: number }> => {
  const rounds: Round[] = [];
  let refused = 0;
  while (rounds.length < count) {
    const bareFirst = (rounds.length + refused) % 2 === 0;
    const first = await play(bareFirst ? bare : relay, viewers, seconds);
    const second = await play(bareFirst ? relay : bare, viewers, seconds);
    const [ours, floor] = bareFirst ? [second, first] : [first, second];
    if (Math.min(share(ours), share(floor)) >= DELIVERED) {
      rounds.push({ bare: floor, relay: ours, ratio: ours.perCpuSecond / floor.perCpuSecond });
      continue;
    }
    console.log(`round refused: the relay got ${percent(share(ours))} of what was due through, bare ${percent(share(floor))}; ${percent(DELIVERED)} are needed`);
    if (++refused > count) throw new Error(`more than ${count} rounds were refused: ${viewers} viewers are more than this machine's load core takes; try fewer with --viewers`);
  }
  return { rounds, refused };
};

const percent = (part: number): string => `${(part * 100).toFixed(1)} %`;

const row = (name: string, parts: readonly Part[], fixed: Fixed): string => {
  const all = parts.map((part) => part.perCpuSecond);
  const sum = (of: (part: Part) => number): number => parts.reduce((total, part) => total + of(part), 0);
  return `${name.padEnd(18)} ${(median(all) / 1000).toFixed(1)}k deliveries per CPU-second (${all.map((rate) => (rate / 1000).toFixed(0)).join(' ')})`
    + ` · ${percent(sum((part) => part.deliveries) / sum((part) => part.due))} of due`
    + ` · fixed cost ${fixed.none.toFixed(1)} ms/s with nobody, ${fixed.one.toFixed(1)} with one viewer`;
};

const run = async (viewers: number, count: number, seconds: number, json: boolean, stops: Stops): Promise<void> => {
  const pinned = pin(process.pid, 1);
  const [bare, relay] = [await startBare(TICKS, stops), await startRelay(TICKS, stops)];
  const fixed = { bare: await measureFixed(bare), relay: await measureFixed(relay) };
  for (const side of [bare, relay]) {
    await side.fill(viewers);
    await play(side, viewers, 1); // the compiler gets to know the code
  }
  const { rounds, refused } = await playRounds(bare, relay, viewers, count, seconds);
  const ratios = rounds.map((round) => round.ratio);
  const ratio = median(ratios);
  console.log(`fanout: ${viewers} viewers, ${TICKS.payloadBytes} bytes at ${1000 / TICKS.tickMs} Hz, ${count} rounds of ${seconds} s a side, `
    + `CPU of the serving process${pinned && relay.child.pinned && bare.child.pinned ? ' (core 0; load and origin on core 1)' : ' (NOT pinned to cores: the figures mean little)'}`);
  console.log(row(bare.name, rounds.map((round) => round.bare), fixed.bare));
  console.log(row(relay.name, rounds.map((round) => round.relay), fixed.relay));
  console.log(`ratios ${ratios.map((r) => r.toFixed(3)).join(' ')}${refused > 0 ? ` · ${refused} refused` : ''}`);
  console.log(`median ratio ${ratio.toFixed(3)}, bar ${BAR}: ${ratio >= BAR ? 'reached' : 'MISSED'}`);
  if (json) console.log(JSON.stringify({ name: 'fanout', ratio, bar: BAR, viewers, seconds, payloadBytes: TICKS.payloadBytes, hz: 1000 / TICKS.tickMs, pinned, fixed, refused, rounds }));
};

const main = async (): Promise<number> => {
  const asked = readArguments(HELP, {
    viewers: { fallback: DEFAULT_VIEWERS, min: 100, max: 9_500 }, rounds: { fallback: 7, min: 1, max: 100 }, seconds: { fallback: 4, min: 1, max: 60 },
  });
  if (asked === undefined) return 0;
  const stops: Stops = [];
  try {
    await run(asked.viewers, asked.rounds, asked.seconds, asked.json, stops);
    return 0;
  } catch (error) {
    console.error(`fanout: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  } finally {
    for (const stop of stops.toReversed()) await stop();
  }
};

process.exit(await main());
