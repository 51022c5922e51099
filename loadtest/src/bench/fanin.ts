/**
 * Actions of many on their way to one room. What a relay spares the origin is one read of the kernel, one frame and one message a viewer's
 * action: it sends them in batches of 50 ms. Three measurements, all over sockets of loopback and by the CPU of the serving process:
 *   relay     viewers of the real relay act at 10,000 a second, one frame each. Told: bytes of the batches that it sent, a batch's head
 *             included, per action; and its own CPU per action, which is what the sparing costs.
 *   batches   the room's side of a link: batches of 500 actions (10,000 a second) by the relay's own builder, one in twenty sent before;
 *             decoded and de-duplicated, which is what the singles are too.
 *   room      the same batches through the room's `CrowdCore`, which also checks round, time and shape, notes whom to confirm, and hands
 *             the actions to a game that counts. Without journal and patch. The singles have nothing of that, so it is no bar.
 *   singles   plain Colyseus on uWebSockets.js: the same actions as single messages (`act`, msgpack `{ n, choice, value }`), decoded by
 *             Colyseus and de-duplicated by `n` in a handler; one in twenty sent before. Each connection sends ten a second or so, so
 *             that each frame is a read of its own, as it is from real viewers.
 * Sent, received and applied are counted at both ends, and must agree.
 */
import { WireSocket } from '@crowdcue/relay/wire-socket';
import { now, sleep } from '../clock.js';
import { median } from '../swarm/statistics.js';
import { actionTrace } from './lib/action-trace.js';
import { benchmark, table, type Bar, type Finding, type Stops } from './lib/benchmark.js';
import { Child, LOAD_CORE, pin } from './lib/child.js';
import { Crowd, startRelayPair, type RelayPair } from './lib/sides.js';
import { tokensOf } from './lib/tokens.js';

const BYTES_BAR = 12;
const RATIO_BAR = 100;
const PER_SECOND = 10_000;
const FLUSHES_PER_SECOND = 20;
const REPEAT_EVERY = 20;
/** Slots of the trace: the crowd of DESIGN's figures. */
const TRACE_VIEWERS = 19_000;
/** Batches that are not acknowledged yet. */
const WINDOW = 64;
const WARM_UP_BATCHES = 2_000;
const SETTLE_MS = 500;
/** A show three hours on, and how much of it is looked at. */
const LONG_SHOW_MS = 3 * 3_600_000;
const LONG_SHOW_BATCHES = 200;
const ARRIVE_MS = 20_000;

const HELP = `
fanin   actions to a room: bytes upstream, and batches decoded and de-duplicated against single Colyseus messages

  --viewers N   connections to the relay and to Colyseus, 20 to 9000 (default 1000)
  --seconds S   seconds of single frames in a round, 1 to 60 (default 3)
  --batches N   batches of 500 actions in a round, 10 to 20000 (default 2000)
  --rounds N    rounds, 1 to 100; the median counts (default 5)
`;

/** One side's part of a round. */
interface Intake {
  readonly actions: number;
  readonly applied: number;
  readonly cpuSeconds: number;
  readonly perCpuSecond: number;
}

const intake = (actions: number, applied: number, cpuSeconds: number): Intake => ({ actions, applied, cpuSeconds, perCpuSecond: actions / cpuSeconds });

const until = async (what: string, holds: () => Promise<boolean>): Promise<void> => {
  for (const end = now() + ARRIVE_MS; !(await holds()); await sleep(20)) if (now() > end) throw new Error(`${what} did not arrive`);
};

interface RelayIntake extends Intake {
  readonly bytes: number;
  readonly bytesPerAction: number;
}

const throughRelay = async ({ relay, origin }: RelayPair, crowd: Crowd, perSecond: number, seconds: number): Promise<RelayIntake> => {
  await origin.ask('mark');
  await sleep(SETTLE_MS); // everybody has it, so that actions carry their time
  const [bytesBefore, before, cpuBefore] = [await relay.ask<number>('batchBytes'), await origin.ask<number>('actions'), await relay.cpu()];
  const { sent } = await crowd.fire({ perSecond, seconds, repeatEvery: 0 });
  await until('what the relay was sent', async () => (await origin.ask<number>('actions')) - before >= sent);
  await sleep(SETTLE_MS);
  const arrived = (await origin.ask<number>('actions')) - before;
  if (arrived !== sent) throw new Error(`${sent} actions went to the relay, ${arrived} came to the origin`);
  const bytes = (await relay.ask<number>('batchBytes')) - bytesBefore;
  return { ...intake(sent, arrived, (await relay.cpu()) - cpuBefore), bytes, bytesPerAction: bytes / sent };
};

/** A link to the room's side, as a relay's. */
class Feeder {
  #acknowledged = 0;
  #wake: () => void = () => {};
  readonly #socket: WireSocket;
  readonly open: Promise<void>;

  constructor(url: string) {
    let opened: () => void;
    this.open = new Promise((resolve) => (opened = resolve));
    this.#socket = new WireSocket(new URL(url), {
      open: () => opened(), close: () => {},
      message: (frame) => {
        this.#acknowledged += frame[1]!;
        this.#wake();
      },
    });
  }

  /** Resolves when all are acknowledged. */
  async send(batches: readonly Uint8Array[]): Promise<void> {
    const base = this.#acknowledged;
    for (let sent = 0; this.#acknowledged - base < batches.length;) {
      while (sent < batches.length && sent - (this.#acknowledged - base) < WINDOW) this.#socket.send(batches[sent++]!);
      await new Promise<void>((wake) => (this.#wake = wake));
    }
  }

  close(): void {
    this.#socket.destroy();
  }
}

const batched = async (room: Child, feeder: Feeder, part: readonly Uint8Array[], actions: number, expected: number): Promise<Intake> => {
  const [before, cpuBefore] = [await room.ask<number>('applied'), await room.cpu()];
  await feeder.send(part);
  const [cpuSeconds, applied] = [(await room.cpu()) - cpuBefore, (await room.ask<number>('applied')) - before];
  if (applied !== expected) throw new Error(`${actions} actions went to the room, ${expected} of them for the first time, and ${applied} were applied`);
  return intake(actions, applied, cpuSeconds);
};

const single = async (colyseus: Child, crowd: Crowd, perSecond: number, seconds: number): Promise<Intake> => {
  type Counted = { messages: number; applied: number };
  const [before, cpuBefore] = [await colyseus.ask<Counted>('actions'), await colyseus.cpu()];
  const { sent, repeats } = await crowd.fire({ perSecond, seconds, repeatEvery: REPEAT_EVERY });
  await until('what Colyseus was sent', async () => (await colyseus.ask<Counted>('actions')).messages - before.messages >= sent);
  const [cpuSeconds, after] = [(await colyseus.cpu()) - cpuBefore, await colyseus.ask<Counted>('actions')];
  const applied = after.applied - before.applied;
  if (applied !== sent - repeats) throw new Error(`${sent} messages went to Colyseus, ${sent - repeats} of them for the first time, and ${applied} were applied`);
  return intake(sent, applied, cpuSeconds);
};

/** Bytes an action in a show that has gone on for long: everybody is past their ten thousandth. */
const bytesOfLongShow = (): number => {
  const actionsPerBatch = PER_SECOND / FLUSHES_PER_SECOND;
  const { batches } = actionTrace({
    viewers: TRACE_VIEWERS, batches: LONG_SHOW_BATCHES, actionsPerBatch, repeatEvery: 0, start: LONG_SHOW_MS, stepMs: 50, firstN: 100_000, lastNumber: 10_000,
  });
  return batches.reduce((sum, batch) => sum + batch.length, 0) / (LONG_SHOW_BATCHES * actionsPerBatch);
};

/** The room with a round on, and batches for it, all made before. Each is a trace of its own, which goes on where the last one ended. */
const startRoom = async (work: 'deduplicate' | 'room', batches: number, count: number, stops: Stops): Promise<(i: number) => Promise<Intake>> => {
  const room = await Child.start(new URL('./lib/room-server.js', import.meta.url), { env: { BENCH_INTAKE: work } });
  stops.push(() => room.stop());
  const { firstN, time } = await room.ask<{ firstN: number; time: number }>('prepare', TRACE_VIEWERS);
  const feeder = new Feeder(room.url);
  stops.push(() => feeder.close());
  await feeder.open;
  const actionsPerBatch = PER_SECOND / FLUSHES_PER_SECOND;
  const trace = actionTrace({
    viewers: TRACE_VIEWERS, batches: WARM_UP_BATCHES + batches * count, actionsPerBatch, repeatEvery: REPEAT_EVERY, start: time, stepMs: 0.01, firstN,
  });
  await feeder.send(trace.batches.slice(0, WARM_UP_BATCHES));
  return async (i) => {
    const from = WARM_UP_BATCHES + i * batches;
    const part = trace.batches.slice(from, from + batches);
    const expected = trace.firsts.slice(from, from + batches).reduce((sum, firsts) => sum + firsts, 0);
    return batched(room, feeder, part, batches * actionsPerBatch, expected);
  };
};

const row = (name: string, parts: readonly Intake[], bytes: string): string[] => {
  const rate = median(parts.map(({ perCpuSecond }) => perCpuSecond));
  return [
    name, rate >= 1e6 ? `${(rate / 1e6).toFixed(1)} M` : `${(rate / 1e3).toFixed(0)} k`, (1e9 / rate).toFixed(0),
    String(parts.reduce((sum, { actions }) => sum + actions, 0)), String(parts.reduce((sum, { applied }) => sum + applied, 0)), bytes,
  ];
};

await benchmark('fanin', HELP, {
  viewers: { fallback: 1_000, min: 20, max: 9_000 }, seconds: { fallback: 3, min: 1, max: 60 },
  batches: { fallback: 2_000, min: 10, max: 20_000 }, rounds: { fallback: 5, min: 1, max: 100 },
}, async ({ viewers, seconds, batches, rounds: count }, stops): Promise<Finding> => {
  pin(process.pid, LOAD_CORE);
  const perSecond = Math.min(PER_SECOND, viewers * 10); // a relay takes twenty of each viewer
  const pair = await startRelayPair({ tickMs: 50 }, stops);
  const crowd = await Crowd.start({ dial: { kind: 'relay', url: pair.relay.url, event: pair.event, tokens: tokensOf(pair.doorKey, viewers), tiers: [] } }, stops);
  const colyseus = await Child.start(new URL('./lib/colyseus-server.js', import.meta.url), { env: { TICK_MS: '50', BENCH_TRANSPORT: 'uws' } });
  stops.push(() => colyseus.stop());
  const singles = await Crowd.start({ dial: { kind: 'colyseus', url: colyseus.url, roomId: await colyseus.ask('roomId') } }, stops);
  await crowd.connect(viewers);
  await singles.connect(viewers);
  const bare = await startRoom('deduplicate', batches, count, stops);
  const room = await startRoom('room', batches, count, stops);
  await throughRelay(pair, crowd, perSecond, 1);
  await single(colyseus, singles, perSecond, 1);
  const rounds: { relay: RelayIntake; batches: Intake; room: Intake; singles: Intake; ratio: number }[] = [];
  while (rounds.length < count) {
    const i = rounds.length;
    const [relay, ours, whole, theirs] = [await throughRelay(pair, crowd, perSecond, seconds), await bare(i), await room(i), await single(colyseus, singles, perSecond, seconds)];
    rounds.push({ relay, batches: ours, room: whole, singles: theirs, ratio: ours.perCpuSecond / theirs.perCpuSecond });
  }
  const pinned = pair.relay.pinned && colyseus.pinned;
  const relayBytes = median(rounds.map(({ relay }) => relay.bytesPerAction));
  const traceBytes = bytesOfLongShow();
  console.log(`fanin: ${viewers} connections at ${perSecond} actions a second; batches of ${PER_SECOND / FLUSHES_PER_SECOND} actions of ${TRACE_VIEWERS} viewers; ${count} rounds; `
    + `CPU of the process named${pinned ? ' (core 0; loads on core 1)' : ' (NOT pinned to cores: the figures mean little)'}`);
  console.log(table([
    ['process', 'actions/CPU-s', 'ns each', 'sent', 'applied', 'upstream B each'],
    row('batches, decoded and de-duplicated', rounds.map((round) => round.batches), `${traceBytes.toFixed(2)} long show`),
    row('batches through the room to a game', rounds.map((round) => round.room), ''),
    row('single messages, Colyseus on uWS', rounds.map((round) => round.singles), ''),
    row('the relay itself', rounds.map(({ relay }) => relay), relayBytes.toFixed(2)),
  ]));
  const ratioBar: Bar = { what: 'actions per CPU-second, batches at the room : single messages at Colyseus', ratio: median(rounds.map(({ ratio }) => ratio)), bar: RATIO_BAR };
  const bytesBar: Bar = { what: 'bytes upstream an action, of the relay now and of a long show with 19,000 viewers, the larger', ratio: Math.max(relayBytes, traceBytes), bar: BYTES_BAR, atMost: true };
  return { bars: [ratioBar, bytesBar], raw: { viewers, seconds, perSecond, pinned, relayBytes, traceBytes, rounds } };
});
