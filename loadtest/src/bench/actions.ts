/**
 * Actions applied per second by one room on one core: batches as a relay makes them go through the real decoder, the room's checks and
 * tug's rules, the patch is encoded, and the tick is journalled on LMDB. The clock stops when the last tick is durable. Batches are made
 * before the clock starts, because making them is the relay's work. What a room then tells each viewer is not in it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { games } from '@crowdcue/games';
import { encodeBatch, newActionColumns, type BatchJoin } from '@crowdcue/protocol';
import { CrowdCore, CrowdState, encodeInputs, lmdbJournal, openLmdbStore, type RoomInput } from '@crowdcue/server';
import { Encoder } from '@colyseus/schema';
import { now } from '../clock.js';
import { median } from '../swarm/statistics.js';
import { benchmark, type Finding } from './lib/benchmark.js';
import { pin, SERVER_CORE } from './lib/child.js';

const BAR = 1_000_000;
const EVENT = 'bench';
const RELAY = { relayId: 'bench', incarnation: 1 };
const TICK_MS = 50;
/** Ticks whose journalling may be under way at once. */
const IN_FLIGHT = 8;
/** Joins in one batch. */
const JOINS = 5_000;
const BUFFER_BYTES = 256 * 1024;
/** Ticks before measuring, for the compiler to get to know the code. */
const WARM_UP_TICKS = 10;

const HELP = `
actions   actions applied per second by one room on one core, journalled

  --actions N   actions in one tick, 100 to 200000 (default 50000, which at 20 ticks a second is the bar)
  --ticks N     ticks of one round of measuring, 1 to 10000 (default 60)
  --rounds N    rounds of measuring, 1 to 100; the median counts (default 5)
`;

interface Round {
  readonly applied: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly cpuSeconds: number;
  readonly bytesPerAction: number;
}

const joinsOf = (from: number, count: number): BatchJoin[] =>
  Array.from({ length: count }, (_, i) => ({
    slot: from + i, connection: from + i + 1, viewer: from + i + 1, sessionId: `session-${from + i}`, tier: 'viewer', name: `Viewer ${from + i}`,
    mac: 'A'.repeat(43), direct: true,
  }));

/** One room whose crowd is in and whose round is live. Every viewer acts in every second tick: ten a second, tug's own rate. */
class Bench {
  readonly #state = new CrowdState();
  readonly #encoder: Encoder;
  readonly #core: CrowdCore;
  #batch = 0;
  #time = 1_000;
  #half = 0;
  readonly #n: Uint32Array;

  constructor(readonly actions: number) {
    this.#encoder = new Encoder(this.#state);
    this.#n = new Uint32Array(actions * 2);
    this.#core = new CrowdCore(this.#state, { event: EVENT, maxViewers: actions * 2, games, genuine: () => true });
    this.#step([{ kind: 'relay-up', ...RELAY }]);
    for (let from = 0; from < actions * 2; from += JOINS) {
      this.#step([this.#input(encodeBatch({
        n: ++this.#batch, time: this.#time, joins: joinsOf(from, Math.min(JOINS, actions * 2 - from)), actions: newActionColumns(1), messages: [], leaves: [],
      }))]);
    }
    this.#step([{ kind: 'cue', game: 'tug', params: { goal: 10_000_000 }, startsAt: this.#time + TICK_MS, durationMs: 90_000 }]);
    this.#step([]);
    if (this.#state.phase !== 'live') throw new Error(`the round is ${this.#state.phase}, not live`);
  }

  /** The next tick's batch; half the crowd each time, and half of that on each side of the rope. */
  batch(): RoomInput {
    const columns = newActionColumns(this.actions);
    columns.length = this.actions;
    const first = (this.#half = 1 - this.#half) * this.actions;
    for (let i = 0; i < this.actions; i++) {
      const slot = first + i;
      columns.slot[i] = slot;
      columns.n[i] = ++this.#n[slot]!;
      columns.round[i] = this.#state.round;
      columns.choice[i] = slot & 1;
      columns.value[i] = 1;
      columns.age[i] = i % TICK_MS;
      columns.elapsed[i] = 0;
    }
    return this.#input(encodeBatch({ n: ++this.#batch, time: this.#time, joins: [], actions: columns, messages: [], leaves: [] }));
  }

  /** One tick as the room runs it. */
  tick(input: RoomInput): { tick: number; time: number; bytes: Uint8Array; applied: number } {
    const inputs = [input];
    const { tick, time, applied } = this.#step(inputs);
    return { tick, time, bytes: encodeInputs(inputs), applied };
  }

  #step(inputs: readonly RoomInput[]): { tick: number; time: number; applied: number } {
    this.#time += TICK_MS;
    const step = this.#core.step(this.#time, inputs);
    this.#encoder.encode();
    this.#encoder.discardChanges();
    for (const rows of [this.#core.out.confirms, this.#core.out.standings]) rows.take(Infinity);
    return step;
  }

  #input(bytes: Uint8Array): RoomInput {
    return { kind: 'batch', ...RELAY, bytes };
  }
}

const measure = async (actions: number, ticks: number): Promise<Round> => {
  const path = mkdtempSync(join(tmpdir(), 'crowdcue-bench-'));
  const store = await openLmdbStore({ path });
  try {
    const journal = lmdbJournal(store);
    const { epoch } = await journal.open(EVENT);
    const bench = new Bench(actions);
    const inputs = Array.from({ length: ticks }, () => bench.batch());
    const bytes = inputs.reduce((sum, input) => sum + (input.kind === 'batch' ? input.bytes.length : 0), 0);
    const waiting: Promise<void>[] = [];
    const cpu = process.cpuUsage();
    const began = now();
    let applied = 0;
    for (const input of inputs) {
      const { applied: more, ...record } = bench.tick(input);
      applied += more;
      waiting.push(journal.append(EVENT, epoch, record));
      if (waiting.length >= IN_FLIGHT) await waiting.shift();
    }
    await Promise.all(waiting);
    const seconds = (now() - began) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    if (applied !== actions * ticks) throw new Error(`${applied} of ${actions * ticks} actions were applied`);
    return { applied, seconds, perSecond: applied / seconds, cpuSeconds: (user + system) / 1e6, bytesPerAction: bytes / applied };
  } finally {
    await store.close();
    rmSync(path, { recursive: true, force: true });
  }
};

await benchmark('actions', HELP, {
  actions: { fallback: 50_000, min: 100, max: 200_000 }, ticks: { fallback: 60, min: 1, max: 10_000 }, rounds: { fallback: 5, min: 1, max: 100 },
}, async ({ actions, ticks, rounds: count }): Promise<Finding> => {
  Encoder.BUFFER_SIZE = BUFFER_BYTES;
  const pinned = pin(process.pid, SERVER_CORE);
  const rounds: Round[] = [];
  await measure(actions, WARM_UP_TICKS);
  while (rounds.length < count) rounds.push(await measure(actions, ticks));
  const perSecond = median(rounds.map((round) => round.perSecond));
  console.log(`actions: one room of ${actions * 2} simulated viewers, ${ticks} ticks of ${actions} actions, decoded, checked, played (tug), `
    + `encoded, journalled on LMDB${pinned ? ', everything on one core' : ''}`);
  for (const r of rounds) {
    console.log(`  ${(r.perSecond / 1e6).toFixed(2)} M applied per second · ${((r.cpuSeconds / r.applied) * 1e9).toFixed(0)} ns CPU each · ${r.bytesPerAction.toFixed(1)} bytes each`);
  }
  return {
    bars: [{ what: `applied per second (median ${(perSecond / 1e6).toFixed(2)} M), of ${BAR / 1e6} M`, ratio: perSecond / BAR, bar: 1 }],
    raw: { perSecond, actionsPerTick: actions, ticks, pinned, rounds },
  };
});
