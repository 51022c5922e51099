/**
 * Whether the origin's cost grows with its viewers. Real origin, real relay. A small crew of actors plays tug through the relay at a steady
 * rate, all the time; beside it the relay has no other viewers, or all the watchers. Watchers are in the room like anybody (their joins
 * are admitted, their rows are there, the count in the state is theirs) and hold tokens of their own; they watch at 1 Hz, so that relay and
 * load fit on one core: no rate of a viewer ever reaches the origin. Counted is the origin's CPU a second, all its threads, in a live
 * round, when everybody is in. That the actions were the same is counted by the room, and must hold within SAME.
 * Watchers come and go between parts only, each second round the other way about; their joining is `join`'s business.
 */
import type { EventOverview } from '@crowdcue/protocol';
import { now, sleep } from '../clock.js';
import { median } from '../swarm/statistics.js';
import { Swarm } from '../swarm/swarm.js';
import { benchmark, table, type Bar, type Finding, type Stops } from './lib/benchmark.js';
import { LOAD_CORE, pin, SERVER_CORE } from './lib/child.js';
import { cpuOf, startSystem, type LiveSystem } from './lib/live-system.js';
import { Crowd } from './lib/sides.js';

const BAR = 1.1;
const EVENT = 'flat';
const DEFAULT_VIEWERS = 19_000;
const ACTORS = 200;
/** Connections of one process: below the files that it may open. */
const A_PROCESS = 8_000;
/** By how much the actions of two parts may differ for their costs to be compared. */
const SAME = 0.05;
/** ms after joins or a cue until the room has told everybody everything. */
const SETTLE_MS = 2_000;
const WAIT_MS = 60_000;
const ROUND_MS = 90_000;
const HIDDEN = 3;

const HELP = `
origin-flat   the origin's CPU with watchers behind a relay against none, at the same actions a second

  --viewers N   watchers, 10 to 19000 (default ${DEFAULT_VIEWERS})
  --actions N   actions a second of ${ACTORS} actors, ${ACTORS} to 2000 (default 1000)
  --seconds S   seconds of a part, 1 to 60 (default 8)
  --rounds N    rounds that count, 1 to 20; the median counts (default 4)
`;

interface Part {
  readonly viewers: number;
  readonly actionsPerSecond: number;
  readonly cpuMsPerSecond: number;
  /** Of the relay, for comparison: this one does grow. */
  readonly relayCpuMsPerSecond: number;
}

class Flat {
  #watchers: Crowd[] = [];
  #stops: Stops = [];
  #fills = 0;

  constructor(private readonly live: LiveSystem) {}

  overview(): Promise<EventOverview> {
    return this.live.host.get(`/api/events/${EVENT}`);
  }

  async until(what: string, holds: (overview: EventOverview) => boolean): Promise<void> {
    for (const end = now() + WAIT_MS; !holds(await this.overview()); await sleep(100)) if (now() > end) throw new Error(`waited in vain until ${what}`);
  }

  async fill(viewers: number): Promise<void> {
    if (this.#watchers.length > 0) return;
    const { live } = this;
    const tokens = live.tokens(EVENT, viewers);
    const net = this.#fills++ % 2; // the ports of the fill before may still be taken
    for (let at = 0; at < viewers; at += A_PROCESS) {
      const mine = tokens.slice(at, at + A_PROCESS);
      const crowd = await Crowd.start({
        dial: { kind: 'relay', url: live.system.relays[0]!.url, event: EVENT, tokens: mine, tiers: [HIDDEN] }, from: [`127.3.${net}.${1 + at / A_PROCESS}`],
      }, this.#stops);
      await crowd.connect(mine.length);
      this.#watchers.push(crowd);
    }
    await this.until('all watchers are in', (overview) => overview.viewers === ACTORS + viewers);
  }

  /** Ends the watchers' processes. */
  async drop(): Promise<void> {
    this.#watchers = [];
    for (const stop of this.#stops.splice(0).toReversed()) await stop();
  }

  /** Sends the watchers away. */
  async empty(): Promise<void> {
    await this.drop();
    await this.until('only the actors are left', (overview) => overview.viewers === ACTORS);
  }

  /** One round, in its middle of which the CPU is read. */
  async play(seconds: number): Promise<Part> {
    const { host, system } = this.live;
    const relay = system.relays[0]!;
    await host.post(`/api/events/${EVENT}/cue`, { game: 'tug', inMs: 500, durationMs: ROUND_MS, params: { goal: 10_000_000 } });
    await this.until('the round is live', ({ phase }) => phase === 'live');
    await sleep(SETTLE_MS);
    const [before, cpuBefore, relayBefore, began] = [await this.overview(), cpuOf(system.origin.pid), cpuOf(relay.pid), now()];
    await sleep(seconds * 1000);
    const [cpu, relayCpu, lasted] = [cpuOf(system.origin.pid) - cpuBefore, cpuOf(relay.pid) - relayBefore, (now() - began) / 1000];
    const after = await this.overview();
    for (const crowd of this.#watchers) await crowd.count(); // throws when one was lost
    if (after.phase !== 'live') throw new Error(`the round is ${after.phase}`);
    await host.post(`/api/events/${EVENT}/stop`, {});
    await this.until('the round is over', ({ phase }) => phase === 'over');
    await sleep(SETTLE_MS);
    return {
      viewers: after.viewers, actionsPerSecond: (after.actions - before.actions) / lasted,
      cpuMsPerSecond: (cpu * 1000) / lasted, relayCpuMsPerSecond: (relayCpu * 1000) / lasted,
    };
  }
}

interface Round {
  readonly none: Part;
  readonly all: Part;
  readonly ratio: number;
}

const print = (rounds: readonly Round[], seconds: number): void => {
  const row = (name: string, of: (round: Round) => Part): string[] => {
    const mid = (part: (part: Part) => number): number => median(rounds.map((round) => part(of(round))));
    return [name, String(mid((p) => p.viewers)), mid((p) => p.actionsPerSecond).toFixed(0), mid((p) => p.cpuMsPerSecond).toFixed(1), mid((p) => p.relayCpuMsPerSecond).toFixed(1)];
  };
  console.log(`origin-flat: ${ACTORS} actors playing tug through a relay, ${rounds.length} rounds of ${seconds} s a part; CPU of the origin's process (core 0; relay, actors and watchers on core 1)`);
  console.log(table([['behind the relay', 'viewers', 'actions/s', 'origin CPU ms/s', 'relay CPU ms/s'], row('actors only', ({ none }) => none), row('with watchers', ({ all }) => all)]));
  console.log(`  ratios ${rounds.map(({ ratio }) => ratio.toFixed(3)).join(' ')}`);
};

await benchmark('origin-flat', HELP, {
  viewers: { fallback: DEFAULT_VIEWERS, min: 10, max: DEFAULT_VIEWERS }, actions: { fallback: 1_000, min: ACTORS, max: 2_000 },
  seconds: { fallback: 8, min: 1, max: 60 }, rounds: { fallback: 4, min: 1, max: 20 },
}, async ({ viewers, actions, seconds, rounds: count }, stops): Promise<Finding> => {
  pin(process.pid, LOAD_CORE);
  const live = await startSystem(SERVER_CORE, LOAD_CORE, stops);
  await live.host.post('/api/events', { id: EVENT, name: 'Flat', maxViewers: 2 * DEFAULT_VIEWERS });
  const swarm = await Swarm.start({
    origin: live.system.origin.url, event: EVENT, relays: [live.system.relays[0]!.url], viewers: ACTORS, rate: actions / ACTORS, decodeEvery: ACTORS,
    tokens: live.tokens(EVENT, ACTORS + 1),
  });
  stops.push(() => swarm.stop());
  const flat = new Flat(live);
  stops.push(() => flat.drop());
  await flat.play(1); // the compiler gets to know the code
  const rounds: Round[] = [];
  for (let i = 0, refused = 0; rounds.length < count; i++) {
    const part = async (watchers: boolean): Promise<Part> => {
      await (watchers ? flat.fill(viewers) : flat.empty());
      await sleep(SETTLE_MS);
      return flat.play(seconds);
    };
    const watchersFirst = i % 2 === 1;
    const first = await part(watchersFirst);
    const second = await part(!watchersFirst);
    const [none, all] = watchersFirst ? [second, first] : [first, second];
    if (Math.abs(all.actionsPerSecond / none.actionsPerSecond - 1) <= SAME) rounds.push({ none, all, ratio: all.cpuMsPerSecond / none.cpuMsPerSecond });
    else {
      console.log(`round refused: ${none.actionsPerSecond.toFixed(0)} actions a second without watchers, ${all.actionsPerSecond.toFixed(0)} with them`);
      if (++refused > count) throw new Error(`more than ${count} rounds were refused: the load cannot keep its rate beside so many watchers; try fewer with --viewers`);
    }
  }
  await flat.empty();
  const report = await swarm.finish();
  if (report.unsettled > 0 || report.confirmed !== report.applied || report.mismatches > 0) {
    throw new Error(`of ${report.sent} actions ${report.confirmed} were confirmed, ${report.applied} applied, ${report.unsettled} never settled; ${report.mismatches} states differ`);
  }
  print(rounds, seconds);
  const bar: Bar = { what: `origin CPU with ${viewers} watchers : with none`, ratio: median(rounds.map(({ ratio }) => ratio)), bar: BAR, atMost: true };
  return { bars: [bar], raw: { viewers, actors: ACTORS, seconds, sent: report.sent, confirmed: report.confirmed, refused: report.refused, applied: report.applied, rounds } };
});
