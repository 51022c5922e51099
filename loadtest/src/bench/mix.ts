/**
 * A real audience: of ten viewers two look (20 Hz), five have the page beside something else (10 Hz), three have it hidden (1 Hz). The
 * relay gives each the rate that it asks for, joining ticks and dropping none; plain Colyseus on uWebSockets.js has one patch rate, so it
 * must give all the 20 Hz that those who look need. Same state, same patches, same viewers; the ratio is that of viewers per core:
 * CPU-seconds of the serving process for the same audience over the same time, from quiet to quiet, median of the rounds.
 * Nothing may be lost on either side: every patch is looked into at every viewer (see `lib/seen-patches.ts`), and at the end every
 * viewer's state is compared with the room's. Ages are those of patches at the viewers who look.
 */
import { TIER_PERIODS, type Tier } from '@crowdcue/protocol';
import { now, sleep } from '../clock.js';
import { median } from '../swarm/statistics.js';
import type { AgeSummary } from './lib/ages.js';
import { benchmark, percent, table, type Bar, type Finding } from './lib/benchmark.js';
import { LOAD_CORE, pin } from './lib/child.js';
import type { Verdict } from './lib/seen-patches.js';
import { startColyseus, startRelay, type Setting, type Side } from './lib/sides.js';
import { makeTlsFiles } from './lib/tls-files.js';

const BAR = 2;
const TICK_MS = 50;
/** Write rates of ten viewers. */
const AUDIENCE: readonly Tier[] = [0, 0, 1, 1, 1, 1, 1, 3, 3, 3];
/** Share of the patches of the time that must be made for a round to count: a side that is late leaves some out, and then has less to do. */
const MADE = 0.97;
/** Rounds that may be refused beside as many as count. */
const REFUSED_BESIDE = 3;
/** The slowest rate's period, and time for what is on its way. */
const QUIET_MS = TIER_PERIODS[3] + 400;
const DEFAULT_VIEWERS = 3_000;

const HELP = `
mix   a real audience (20 % at 20 Hz, 50 % at 10 Hz, 30 % at 1 Hz) at a relay against Colyseus on uWebSockets.js giving all 20 Hz

  --viewers N   connections to each server, 10 to 9500 (default ${DEFAULT_VIEWERS})
  --rounds N    rounds, 1 to 100; the median counts (default 5)
  --seconds S   seconds of each side's part of a round, 1 to 60 (default 6)
  --tls         all of it over TLS
`;

interface MixPart {
  readonly cpuSeconds: number;
  /** Viewers times seconds of stream that they were shown (patches of 50 ms), a CPU-second. */
  readonly viewersPerCore: number;
  /** Patches that viewers applied, and the frames that they came in. */
  readonly patches: number;
  readonly frames: number;
  /** Of the patches of the time, how many were made and applied. */
  readonly share: number;
  /** Of the crowd's process, as a share of its core. */
  readonly loadShare: number;
  /** At the viewers of 20 Hz. */
  readonly age: AgeSummary;
  /** Viewers whose state is the room's after the part. */
  readonly equal: number;
}

const verdictOf = async (side: Side): Promise<Verdict> => {
  const { reflection, truth } = await side.truth();
  return side.crowd.verdict(reflection, truth);
};

const play = async (side: Side, viewers: number, seconds: number): Promise<MixPart> => {
  const { child, crowd } = side;
  await crowd.ages();
  const seqOf = async (): Promise<number> => ((await side.truth()).truth as { seq: number }).seq;
  const [cpuBefore, loadBefore, before, seqBefore] = [await child.cpu(), await crowd.child.cpu(), await verdictOf(side), await seqOf()];
  const began = now();
  await side.publish(true);
  await sleep(seconds * 1000);
  await side.publish(false);
  const lasted = (now() - began) / 1000;
  await sleep(QUIET_MS);
  const cpuSeconds = (await child.cpu()) - cpuBefore;
  const loadShare = ((await crowd.child.cpu()) - loadBefore) * 1000 / (lasted * 1000 + QUIET_MS);
  const [after, age, seq] = [await verdictOf(side), await crowd.ages(), await seqOf()];
  const patches = after.patches - before.patches;
  if (after.fault !== undefined) throw new Error(`${side.name}: ${after.fault}`);
  if (after.equal !== viewers) throw new Error(`${side.name}: ${after.equal} of ${viewers} viewers have the room's state`);
  if (after.resyncs === 0 && patches !== viewers * (seq - seqBefore)) throw new Error(`${side.name}: ${patches} patches came, ${viewers} times ${seq - seqBefore} were made`);
  return {
    cpuSeconds, viewersPerCore: (patches * TICK_MS) / 1000 / cpuSeconds, patches, frames: after.frames - before.frames,
    share: (patches * TICK_MS) / 1000 / lasted / viewers, loadShare, age, equal: after.equal,
  };
};

const rowOf = (name: string, parts: readonly MixPart[], viewers: number): string[] => {
  const mid = (of: (part: MixPart) => number): number => median(parts.map(of));
  return [
    name, mid((part) => part.viewersPerCore).toFixed(0), String(parts.reduce((total, { patches }) => total + patches, 0)),
    String(parts.reduce((total, { frames }) => total + frames, 0)), `${Math.min(...parts.map(({ equal }) => equal))} of ${viewers}`,
    mid(({ age }) => age.p50).toFixed(1), mid(({ age }) => age.p99).toFixed(1), `${(mid(({ loadShare }) => loadShare) * 100).toFixed(0)} %`,
  ];
};

await benchmark('mix', HELP, {
  viewers: { fallback: DEFAULT_VIEWERS, min: 10, max: 9_500 }, rounds: { fallback: 5, min: 1, max: 100 }, seconds: { fallback: 6, min: 1, max: 60 }, tls: false,
}, async ({ viewers, rounds: count, seconds, tls: secure }, stops): Promise<Finding> => {
  const tls = secure ? makeTlsFiles() : undefined;
  if (tls !== undefined) stops.push(() => tls.remove());
  pin(process.pid, LOAD_CORE);
  const setting: Setting = { tickMs: TICK_MS, tls, inspect: true };
  const [relay, peer] = [await startRelay(setting, viewers, AUDIENCE, stops), await startColyseus('uws', setting, stops)];
  for (const side of [relay, peer]) {
    await side.fill(viewers);
    await sleep(QUIET_MS); // a change of rate takes a write of the new one
    await play(side, viewers, 1); // the compiler gets to know the code
  }
  const rounds: { relay: MixPart; peer: MixPart; ratio: number }[] = [];
  let refused = 0;
  while (rounds.length < count) {
    const peerFirst = (rounds.length + refused) % 2 === 0;
    const first = await play(peerFirst ? peer : relay, viewers, seconds);
    const second = await play(peerFirst ? relay : peer, viewers, seconds);
    const [ours, theirs] = peerFirst ? [second, first] : [first, second];
    if (Math.min(ours.share, theirs.share) >= MADE) {
      rounds.push({ relay: ours, peer: theirs, ratio: ours.viewersPerCore / theirs.viewersPerCore });
      continue;
    }
    console.log(`round refused: the relay's room made ${percent(ours.share)} of the patches of the time, ${peer.name} ${percent(theirs.share)}; ${percent(MADE)} are needed`);
    if (++refused > count + REFUSED_BESIDE) throw new Error(`${refused} rounds were refused: ${viewers} viewers are more than this machine takes; try fewer with --viewers`);
  }
  const pinned = relay.child.pinned && peer.child.pinned;
  console.log(`mix: ${viewers} viewers, a patch of 64 bytes at ${1000 / TICK_MS} Hz${secure ? ', TLS' : ''}, ${count} rounds of ${seconds} s a side; `
    + `CPU of the serving process${pinned ? ' (core 0; loads and origin on core 1)' : ' (NOT pinned to cores: the figures mean little)'}`);
  console.log(table([
    ['server', 'viewers/core', 'patches applied', 'frames', 'state equal', 'age p50 ms', 'age p99 ms', 'load core'],
    rowOf(`${relay.name}, 20/10/1 Hz`, rounds.map((round) => round.relay), viewers), rowOf(`${peer.name}, all 20 Hz`, rounds.map((round) => round.peer), viewers),
  ]));
  const ratios = rounds.map(({ ratio }) => ratio);
  console.log(`  ratios ${ratios.map((ratio) => ratio.toFixed(2)).join(' ')}`);
  const bar: Bar = { what: `viewers per core, relay : ${peer.name}`, ratio: median(ratios), bar: BAR };
  return { bars: [bar], raw: { viewers, seconds, tls: secure, audience: AUDIENCE, pinned, refused, rounds } };
});
