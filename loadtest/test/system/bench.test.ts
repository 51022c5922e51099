import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a built benchmark as `npm run bench` does. */
const bench = (name: string, ...options: string[]): Promise<Outcome> => new Promise((resolve) => {
  const file = fileURLToPath(new URL(`../../dist/bench/${name}.js`, import.meta.url));
  execFile(process.execPath, [file, ...options], { env: { ...process.env, NODE_ENV: 'test' } }, (error, out, err) => {
    resolve({ code: error === null ? 0 : Number(error.code), out, err });
  });
});

interface Bar {
  readonly what: string;
  readonly ratio: number;
  readonly bar: number;
  readonly atMost?: boolean;
  readonly but?: string;
  readonly pass: boolean;
}

/** The last line's object; its speeds are whatever the machine allows, but its words must fit each other. */
// oxlint-disable-next-line typescript/no-explicit-any -- each benchmark has raw figures of its own
const objectOf = ({ code, out, err }: Outcome, name: string): any => {
  expect(err).toBe('');
  expect(code).toBe(0);
  const object = JSON.parse(out.trimEnd().split('\n').at(-1)!) as { name: string; ratio: number; bar: number; pass: boolean; bars: Bar[] };
  expect(object).toMatchObject({ name, ratio: object.bars[0]!.ratio, bar: object.bars[0]!.bar, pass: object.bars.every(({ pass }) => pass) });
  for (const { ratio, bar, atMost, but, pass } of object.bars) {
    expect(ratio).toBeGreaterThan(0);
    expect(pass).toBe((atMost === true ? ratio <= bar : ratio >= bar) && but === undefined);
  }
  return object;
};

interface Part {
  readonly deliveries: number;
  readonly sent: number;
  readonly cpuSeconds: number;
  readonly age: { readonly count: number; readonly p50: number; readonly p99: number };
}

const agree = (part: Part): void => {
  expect(part.deliveries).toBeGreaterThan(0);
  expect(part.deliveries).toBe(part.sent);
  expect(part.age.count).toBe(part.deliveries);
  expect(part.age.p99).toBeGreaterThanOrEqual(part.age.p50);
  expect(part.cpuSeconds).toBeGreaterThan(0);
};

// At once: at this size they mostly wait, and only counts of theirs are looked at.
describe.concurrent('benchmarks, at a tiny size', { timeout: 180_000 }, () => {
  it('[BEN1] [BEN2] fanout: what each server handed out, its crowd got', async () => {
    const { duels } = objectOf(await bench('fanout', '--viewers', '40', '--rounds', '1', '--seconds', '1', '--json'), 'fanout') as { duels: { peer: string; rounds: { relay: Part; peer: Part }[] }[] };
    expect(duels.map(({ peer }) => peer)).toEqual(['bare', 'colyseus-uws', 'colyseus-ws', 'socketio']);
    for (const { rounds } of duels) {
      expect(rounds).toHaveLength(1);
      for (const { relay, peer } of rounds) [relay, peer].forEach(agree);
    }
  });

  it('[BEN2] fanout: over TLS too', async () => {
    const { tls, duels } = objectOf(await bench('fanout', '--viewers', '20', '--rounds', '1', '--seconds', '1', '--against', 'colyseus-uws', '--tls', '--json'), 'fanout') as
      { tls: boolean; duels: { rounds: { relay: Part; peer: Part }[] }[] };
    expect(tls).toBe(true);
    for (const { relay, peer } of duels[0]!.rounds) [relay, peer].forEach(agree);
  });

  it('[BEN3] mix: every viewer has applied every change once and shows the state of the room, at all rates', async () => {
    interface MixPart { readonly patches: number; readonly frames: number; readonly equal: number }
    const { rounds } = objectOf(await bench('mix', '--viewers', '40', '--rounds', '1', '--seconds', '2', '--json'), 'mix') as { rounds: { relay: MixPart; peer: MixPart }[] };
    for (const { relay, peer } of rounds) {
      for (const part of [relay, peer]) {
        expect(part.equal).toBe(40);
        expect(part.patches % 40).toBe(0);
      }
      expect(peer.frames).toBe(peer.patches);
      // 20 %, 50 % and 30 % at 20, 10 and 1 Hz are 0.465 frames a patch; the ends of a part are whole frames.
      expect(relay.frames / relay.patches).toBeGreaterThan(0.4);
      expect(relay.frames / relay.patches).toBeLessThan(0.6);
    }
  });

  it('[BEN4] join: as many as may come in, and each of the others is told why not, or waits in line', async () => {
    interface Arrival { readonly admitted: number; readonly counted: number; readonly turnedAway: Record<string, number>; readonly inLine: number }
    const { rounds, real } = objectOf(await bench('join', '--viewers', '60', '--rounds', '1', '--json'), 'join') as { rounds: { relay: Arrival; peer: Arrival; floor: Arrival; least: Arrival }[]; real: Arrival };
    expect(rounds[0]!.relay).toMatchObject({ admitted: 60, counted: 60, turnedAway: { token_forged: 3 } });
    expect(rounds[0]!.peer).toMatchObject({ admitted: 60, counted: 60, turnedAway: { 'HTTP 522': 3 } });
    expect(rounds[0]!.floor).toMatchObject({ admitted: 60, counted: 60, turnedAway: {} });
    expect(rounds[0]!.least).toMatchObject({ admitted: 60, counted: 60, turnedAway: { token_forged: 3 } });
    expect(real).toMatchObject({ admitted: 60, counted: 60, turnedAway: {}, inLine: 3 });
  });

  it('[BEN5] fanin: what is sent again is applied nowhere, everything else is, and an action takes at most 12 bytes', async () => {
    interface Intake { readonly actions: number; readonly applied: number }
    const object = objectOf(await bench('fanin', '--viewers', '40', '--rounds', '1', '--seconds', '1', '--batches', '40', '--json'), 'fanin') as
      { rounds: { relay: Intake; batches: Intake; room: Intake; singles: Intake }[]; bars: Bar[]; traceBytes: number };
    const { relay, batches, room, singles } = object.rounds[0]!;
    expect(relay).toMatchObject({ actions: 400, applied: 400 });
    expect(batches).toMatchObject({ actions: 20_000, applied: 19_000 });
    expect(room).toMatchObject({ actions: 20_000, applied: 19_000 });
    expect(singles).toMatchObject({ actions: 400, applied: 380 });
    expect(object.traceBytes).toBeLessThanOrEqual(12);
  });

  it('[BEN7] memory: counted of as many viewers as each server itself has', async () => {
    interface Cost { readonly heap: number; readonly native: number; readonly both: number; readonly counted: number }
    const { rounds } = objectOf(await bench('memory', '--viewers', '2000', '--rounds', '1', '--json'), 'memory') as { rounds: Record<'relay' | 'colyseus' | 'bare', Cost>[] };
    for (const cost of Object.values(rounds[0]!)) {
      expect(cost.counted).toBe(2_500);
      expect(cost.both).toBeCloseTo(cost.heap + cost.native);
    }
    expect(rounds[0]!.colyseus.heap).toBeGreaterThan(1024); // a Colyseus client is objects, so a look that sees none is broken
  });

  it('[BEN1] actions: its object, and a missed bar is a failure only when asked for', async () => {
    const options = ['--actions', '100', '--ticks', '2', '--rounds', '1', '--json'];
    expect(objectOf(await bench('actions', ...options), 'actions')).toMatchObject({ actionsPerTick: 100, ticks: 2 });
    const strict = await bench('actions', ...options, '--strict');
    const { pass } = JSON.parse(strict.out.trimEnd().split('\n').at(-1)!) as { pass: boolean };
    expect(strict.code).toBe(pass ? 0 : 1);
  });

  it('[BEN8] an option that cannot be ends it with 2 and one line that names it', async () => {
    for (const [options, names] of [
      [['--viewers', '0'], /^--viewers must be a whole number from 10 to 9500, not "0"\n$/], [['--viewers', '1e3'], /^--viewers .*"1e3"\n$/],
      [['--against', 'nobody'], /^--against must be one of bare, .*\n$/], [['--what'], /--what/],
    ] as const) {
      const { code, out, err } = await bench('fanout', ...options);
      expect([code, out]).toEqual([2, '']);
      expect(err).toMatch(names);
    }
  });
});

describe('benchmarks that refuse a round in which somebody else works', { timeout: 180_000 }, () => {
  it('[BEN6] origin-flat: the same actions with watchers and without, each applied once', async () => {
    interface Flat { readonly viewers: number; readonly cpuMsPerSecond: number }
    const object = objectOf(await bench('origin-flat', '--viewers', '100', '--rounds', '1', '--seconds', '2', '--actions', '200', '--json'), 'origin-flat') as
      { rounds: { none: Flat; all: Flat }[]; sent: number; confirmed: number; refused: number; applied: number };
    expect(object.rounds.map(({ none, all }) => [none.viewers, all.viewers])).toEqual([[200, 300]]);
    expect(object.rounds[0]!.none.cpuMsPerSecond).toBeGreaterThan(0);
    expect(object.confirmed + object.refused).toBe(object.sent);
    expect(object.applied).toBe(object.confirmed);
  });
});
