/**
 * Fan-out of one patch to everybody at 20 Hz: the relay against the floor (bare `app.publish` of uWebSockets.js), plain Colyseus on
 * uWebSockets.js and on `ws`, and Socket.IO; same payload, viewers and rate, in one run. A peer is started, filled, played against the
 * relay in pairs of parts, each side first in turn, and stopped before the next: never more than two crowds are connected. A ratio is
 * the median of its rounds' ratios of deliveries per CPU-second of the serving process. At the same number of viewers and the same rate
 * that is the ratio of viewers per core; it stands for "at equal patch age" only if the relay's patches are no older than the peer's,
 * which is asked of it too. How the peers are set up stands at the top of their files (`lib/*-server.ts`).
 * A round in which either side got less through than DELIVERED counts for nothing: the load, not the server, was the limit then.
 */
import { median } from '../swarm/statistics.js';
import { benchmark, percent, table, type Bar, type Finding, type Stops } from './lib/benchmark.js';
import { LOAD_CORE, pin } from './lib/child.js';
import { measureFixed, type Fixed } from './lib/fixed-cost.js';
import { playPart, sum, type Part } from './lib/parts.js';
import { startBare, startColyseus, startRelay, startSocketIo, type Setting, type Side } from './lib/sides.js';
import { makeTlsFiles } from './lib/tls-files.js';

const TICK_MS = 50;
/** Share of what was due that must arrive for a round to count. */
const DELIVERED = 0.97;
/** Rounds that may be refused beside as many as count. */
const REFUSED_BESIDE = 3;
/** By how much the relay's p99 patch age may be above the peer's: a tick has one hop more to go, and takes its turn with the load's core. */
const AGE_SLACK_MS = 5;
/**
 * With both crowds connected these are the 10,000 connections of DESIGN's figures. A server is half busy then (100,000 deliveries a second
 * at 4.5 to 5 µs), so that what it takes with one viewer (7 to 15 ms/s, either side) is 3 % at most.
 */
const DEFAULT_VIEWERS = 5_000;

interface Peer {
  readonly key: string;
  readonly bar: number | undefined;
  start(setting: Setting, stops: Stops): Promise<Side>;
}

const PEERS: readonly Peer[] = [
  { key: 'bare', bar: 0.95, start: startBare },
  { key: 'colyseus-uws', bar: 1, start: (setting, stops) => startColyseus('uws', setting, stops) },
  { key: 'colyseus-ws', bar: 1.4, start: (setting, stops) => startColyseus('ws', setting, stops) },
  { key: 'socketio', bar: undefined, start: startSocketIo },
];

const HELP = `
fanout   one patch to everybody at 20 Hz: the relay against bare uWebSockets.js, Colyseus on uWebSockets.js, Colyseus on ws, Socket.IO

  --viewers N   connections to each server, 10 to 9500 (default ${DEFAULT_VIEWERS})
  --rounds N    rounds that count against each peer, 1 to 100 (default 5)
  --seconds S   seconds of each side's part of a round, 1 to 60 (default 3)
  --against P   only one peer: ${PEERS.map(({ key }) => key).join(', ')}
  --tls         all of it over TLS
`;

interface Round {
  readonly relay: Part;
  readonly peer: Part;
  readonly ratio: number;
}

/** What came of one peer. */
interface Duel {
  readonly peer: string;
  readonly name: string;
  readonly ratio: number;
  /** Medians of the rounds' p99 patch ages, ms. */
  readonly ageP99: { readonly relay: number; readonly peer: number };
  readonly rounds: readonly Round[];
  readonly refused: number;
}

const share = (part: Part): number => part.deliveries / part.due;

const checkCounts = (name: string, part: Part): void => {
  if (part.deliveries !== part.sent) throw new Error(`${name} handed out ${part.sent} frames and its crowd got ${part.deliveries}`);
};

/** Plays until `count` rounds are good. Gives up when as many were not. */
const duel = async (key: string, relay: Side, peer: Side, viewers: number, count: number, seconds: number): Promise<Duel> => {
  const rounds: Round[] = [];
  let refused = 0;
  const play = (side: Side): Promise<Part> => playPart(side, viewers, seconds, TICK_MS);
  while (rounds.length < count) {
    const peerFirst = (rounds.length + refused) % 2 === 0;
    const first = await play(peerFirst ? peer : relay);
    const second = await play(peerFirst ? relay : peer);
    const [ours, theirs] = peerFirst ? [second, first] : [first, second];
    checkCounts(relay.name, ours);
    checkCounts(peer.name, theirs);
    if (Math.min(share(ours), share(theirs)) >= DELIVERED) {
      rounds.push({ relay: ours, peer: theirs, ratio: ours.perCpuSecond / theirs.perCpuSecond });
      continue;
    }
    console.log(`round refused: the relay got ${percent(share(ours))} of what was due through, ${peer.name} ${percent(share(theirs))}; ${percent(DELIVERED)} are needed`);
    if (++refused > count + REFUSED_BESIDE) throw new Error(`${refused} rounds were refused: ${viewers} viewers are more than this machine takes; try fewer with --viewers`);
  }
  const p99 = (of: (round: Round) => Part): number => median(rounds.map((round) => of(round).age.p99));
  return {
    peer: key, name: peer.name, ratio: median(rounds.map(({ ratio }) => ratio)), rounds, refused,
    ageP99: { relay: p99((round) => round.relay), peer: p99((round) => round.peer) },
  };
};

const barOf = ({ peer, name, ratio, ageP99 }: Duel): Bar | undefined => {
  const { bar } = PEERS.find(({ key }) => key === peer)!;
  if (bar === undefined) return undefined;
  const old = peer !== 'bare' && ageP99.relay > ageP99.peer + AGE_SLACK_MS;
  return {
    what: `deliveries per CPU-second, relay : ${name}`, ratio, bar,
    but: old ? `but its p99 patch age is ${ageP99.relay} ms against ${ageP99.peer} ms` : undefined,
  };
};

const rowOf = (name: string, parts: readonly Part[], ratio: string): string[] => [
  name, (median(parts.map(({ perCpuSecond }) => perCpuSecond)) / 1000).toFixed(1), String(sum(parts, ({ deliveries }) => deliveries)),
  percent(sum(parts, ({ deliveries }) => deliveries) / sum(parts, ({ due }) => due)),
  median(parts.map(({ age }) => age.p50)).toFixed(1), median(parts.map(({ age }) => age.p99)).toFixed(1),
  percent(median(parts.map(({ loadShare }) => loadShare))), ratio,
];

const print = (duels: readonly Duel[], fixed: Record<string, Fixed>): void => {
  console.log(table([
    ['server', 'k deliveries/CPU-s', 'delivered', 'of due', 'age p50 ms', 'age p99 ms', 'load core', 'relay : it'],
    ...duels.flatMap(({ name, rounds, ratio }) => [
      rowOf(name, rounds.map(({ peer }) => peer), `${ratio.toFixed(3)} (${rounds.map((round) => round.ratio.toFixed(2)).join(' ')})`),
      rowOf('  the relay beside it', rounds.map(({ relay }) => relay), ''),
    ]),
  ]));
  for (const [name, { none, one }] of Object.entries(fixed)) console.log(`  fixed cost of ${name}: ${none.toFixed(1)} ms/s with nobody, ${one.toFixed(1)} with one viewer`);
};

await benchmark('fanout', HELP, {
  viewers: { fallback: DEFAULT_VIEWERS, min: 10, max: 9_500 }, rounds: { fallback: 5, min: 1, max: 100 }, seconds: { fallback: 3, min: 1, max: 60 },
  against: { words: PEERS.map(({ key }) => key) }, tls: false,
}, async ({ viewers, rounds: count, seconds, against, tls: secure }, stops): Promise<Finding> => {
  const tls = secure ? makeTlsFiles() : undefined;
  if (tls !== undefined) stops.push(() => tls.remove());
  pin(process.pid, LOAD_CORE);
  const setting: Setting = { tickMs: TICK_MS, tls };
  const relay = await startRelay(setting, viewers, [0], stops);
  const fixed: Record<string, Fixed> = { [relay.name]: await measureFixed(relay) };
  await relay.fill(viewers);
  await playPart(relay, viewers, 1, TICK_MS); // the compiler gets to know the code
  const duels: Duel[] = [];
  let pinned = relay.child.pinned;
  for (const peer of PEERS.filter(({ key }) => against === undefined || key === against)) {
    const own: Stops = [];
    try {
      const side = await peer.start(setting, own);
      pinned &&= side.child.pinned;
      if (peer.key === 'bare') fixed[side.name] = await measureFixed(side);
      await side.fill(viewers);
      await playPart(side, viewers, 1, TICK_MS);
      duels.push(await duel(peer.key, relay, side, viewers, count, seconds));
    } finally {
      for (const stop of own.toReversed()) await stop();
    }
  }
  console.log(`fanout: ${viewers} viewers, a patch of 64 bytes at ${1000 / TICK_MS} Hz${secure ? ', TLS' : ''}, ${count} rounds of ${seconds} s a side; `
    + `CPU of the serving process${pinned ? ' (core 0; loads and origin on core 1)' : ' (NOT pinned to cores: the figures mean little)'}`);
  print(duels, fixed);
  const bars = duels.flatMap((each) => barOf(each) ?? []);
  const only: Bar = { what: 'deliveries per CPU-second, relay : Socket.IO', ratio: duels[0]!.ratio, bar: 1 };
  return { bars: (bars.length > 0 ? bars : [only]) as [Bar, ...Bar[]], raw: { viewers, seconds, tls: secure, hz: 1000 / TICK_MS, pinned, fixed, duels } };
});
