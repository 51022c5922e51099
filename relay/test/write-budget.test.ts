import { describe, expect, it } from 'vitest';
import { pino } from 'pino';
import { CALM_S, WRITE_STEPS, WriteBudget } from '../src/write-budget.js';
import { Load } from '../src/load.js';
import { loopMeter, type LoopSample } from '../src/loop-meter.js';
import { canonical, seeded } from './support/churn.js';
import { atEnd, stage, until } from './support/harness.js';

const CALM: LoopSample = { busy: 0.2, lagMs: 5 };
const OVER: LoopSample = { busy: 0.9, lagMs: 20 };

/** The seconds at which the step changed, and to what. */
const trace = (samples: Iterable<LoopSample>, budget = new WriteBudget(0.85)): { at: number; level: number }[] => {
  const changes: { at: number; level: number }[] = [];
  let at = 0;
  for (const sample of samples) {
    if (budget.take(sample)) changes.push({ at, level: budget.level });
    at++;
  }
  return changes;
};
const repeat = (n: number, sample: LoopSample): LoopSample[] => Array.from({ length: n }, () => sample);

describe('the steps', () => {
  it('[BUD1] take from viewers who did not ask for better first, from those in focus last, and never slow a tier below the slowest', () => {
    expect(WRITE_STEPS.map((step) => step.join(' '))).toEqual(['1 2 4 20', '1 4 4 20', '1 20 20 20', '2 20 20 20', '4 20 20 20']);
    for (const [level, step] of WRITE_STEPS.entries()) {
      expect([...step].sort((a, b) => a - b)).toEqual(step); // who asked for better is never written less often
      if (level > 0) for (const [tier, every] of step.entries()) expect(every).toBeGreaterThanOrEqual(WRITE_STEPS[level - 1]![tier]!);
    }
  });

  it('[BUD3] fall after lasting strain, twice as fast when the loop stands, and not for a hiccup', () => {
    expect(trace([...repeat(3, OVER), CALM, CALM, ...repeat(2, OVER), CALM, OVER, CALM])).toEqual([]);
    expect(trace(repeat(20, OVER))).toEqual([3, 7, 11, 15].map((at, i) => ({ at, level: i + 1 })));
    expect(trace(repeat(4, { busy: 1, lagMs: 0 }))).toEqual([{ at: 1, level: 1 }, { at: 3, level: 2 }]);
    expect(trace(repeat(4, { busy: 0.3, lagMs: 400 }))).toEqual([{ at: 3, level: 1 }]);
    expect(trace([{ busy: 1, lagMs: 3_000 }, ...repeat(30, CALM)])).toEqual([]);
    expect(trace(repeat(100, { busy: 1, lagMs: 9_999 }), new WriteBudget(1))).toEqual([]);
  });

  it('[BUD4] rise one at a time after ten calm seconds in a row; what lies between calm and strain changes nothing', () => {
    const down = repeat(8, OVER);
    expect(trace([...down, ...repeat(40, CALM)]).slice(2)).toEqual([{ at: 17, level: 1 }, { at: 27, level: 0 }]);
    expect(trace([...down, ...repeat(9, CALM), { busy: 0.7, lagMs: 5 }, ...repeat(9, CALM)])).toHaveLength(2);
    expect(trace([...down, ...repeat(500, { busy: 0.7, lagMs: 5 })])).toHaveLength(2);
  });
});

describe('hysteresis', () => {
  /** A relay whose writes cost what the step makes them cost, beside a fixed load. */
  const plant = (share: number, fixed: (second: number) => number, writes: number, seconds: number, focused = 0.3): { at: number; level: number }[] => {
    const budget = new WriteBudget(share);
    const cost = (): number => writes * (focused / budget.periods[0]! + (1 - focused) * (2 / budget.periods[1]!));
    return trace((function* () {
      for (let s = 0; s < seconds; s++) {
        const busy = Math.min(1, fixed(s) + cost());
        yield { busy, lagMs: busy >= 1 ? 600 : 20 };
      }
    })(), budget);
  };

  it('[BUD5] a load that fits at one step and not at the next settles: each try waits twice as long as the one before', () => {
    const changes = plant(0.85, () => 0.1, 0.8, 3_600, 0);
    const rises = changes.filter(({ level }, i) => i > 0 && level < changes[i - 1]!.level).map(({ at }) => at);
    expect(rises.length).toBeGreaterThan(3); // it does try
    expect(rises.length).toBeLessThan(18); // every ten seconds it would be over 200
    const gaps = rises.slice(1).map((at, i) => at - rises[i]!);
    expect(gaps.at(-1)).toBeGreaterThan(300);
  });

  it('[BUD5] whatever the load does, an hour has few changes, a rise never follows a change within ten seconds, and nobody stays low for nothing', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const random = seeded(seed);
      const HOUR = 3_600;
      const shape = Math.floor(random() * 4);
      const period = 2 + Math.floor(random() * 200);
      let walk = random();
      const fixed = (s: number): number => {
        if (shape === 0) return random();
        if (shape === 1) return s % period < period / 2 ? 0.9 : 0.05;
        if (shape === 2) return (walk = Math.min(1, Math.max(0, walk + (random() - 0.5) * 0.3)));
        return random() < 0.03 ? 1 : 0.1;
      };
      const changes = plant(0.85, fixed, random() * 0.8, HOUR);
      // The most is a load that swings from one end to the other every 100 s, and is followed: eight changes a swing.
      expect(changes.length, `seed ${seed}, shape ${shape}, period ${period}`).toBeLessThan(160);
      for (const [i, { at, level }] of changes.entries()) {
        if (i > 0 && level < changes[i - 1]!.level) expect(at - changes[i - 1]!.at, `seed ${seed}`).toBeGreaterThanOrEqual(CALM_S);
      }
    }
    const budget = new WriteBudget(0.85);
    trace(repeat(3_600, OVER), budget);
    trace(repeat(4 * 320, CALM), budget);
    expect(budget.level).toBe(0);
  });
});

describe('a relay over its budget', () => {
  it('[BUD2] writes every viewer less often at once, loses nothing, says so, and goes back', async () => {
    let sample: LoopSample = { busy: 0.2, lagMs: 0 };
    const logs: Record<string, unknown>[] = [];
    const clock = { skew: 0, now: () => performance.now() + clock.skew, wall: () => Date.now(), random: () => 0.5 };
    const logger = pino({ level: 'info' }, { write: (line: string) => void logs.push(JSON.parse(line) as Record<string, unknown>) });
    const { room, direct, origin, metric } = await stage({ clock, logger, writeBudget: 0.85, meter: { beat: () => undefined, sample: () => sample } });
    const seconds = async (to: number): Promise<void> => {
      for (let tries = 0; (await metric('crowdcue_relay_write_level')) !== to; tries++) {
        if (tries > 400) throw new Error(`never came to level ${to}`);
        clock.skew += 1_000;
        await new Promise((resolve) => setTimeout(resolve, 55)); // a beat of the relay
      }
    };
    const [usual, focus] = [await direct(), await direct()];
    await until(() => room.joins.length === 2, 'both in');
    focus.tier(0);
    room.crank();
    await until(() => focus.tick === 1, 'in focus');
    sample = { busy: 0.95, lagMs: 0 };
    await seconds(2);
    const from = room.churn.tick;
    for (let i = 0; i < 40; i++) room.crank();
    await until(() => focus.tick === from + 40, 'the focus tier has it all');
    const written = (c: typeof usual): number[] => c.states.map(({ tick }) => tick).filter((tick) => tick > from);
    await until(() => usual.tick === 40, 'the usual tier has the fortieth tick');
    expect(written(usual)).toEqual([20, 40]);
    expect(written(focus)).toHaveLength(40);
    for (const { tick, json } of usual.states) expect(json).toBe(canonical(room.churn.history.get(tick)!));
    await until(() => origin.registrations.some(({ level }) => level === 2), 'the origin is told');
    expect(logs.filter(({ msg }) => String(msg).includes('less often')).map(({ writeLevel, periods }) => [writeLevel, periods])).toEqual([[1, [1, 4, 4, 20]], [2, [1, 20, 20, 20]]]);
    sample = { busy: 0.1, lagMs: 0 };
    await seconds(0);
    const again = room.churn.tick;
    for (let i = 0; i < 8; i++) room.crank();
    await until(() => usual.tick >= again + 7, 'ten a second again');
    expect(usual.states.filter(({ tick }) => tick > again)).toHaveLength(4);
    await until(() => origin.registrations.at(-1)!['level'] === 0, 'the origin is told of it');
  });

  it('[BUD6] measures a loop that is blocked as busy and late, and one that waits as neither', async () => {
    const meter = loopMeter(10);
    const timer = setInterval(() => meter.beat(performance.now()), 10);
    atEnd(() => clearInterval(timer));
    meter.sample();
    await new Promise((resolve) => setTimeout(resolve, 100));
    const idle = meter.sample();
    await new Promise((resolve) => setTimeout(resolve, 30));
    const end = performance.now() + 400;
    while (performance.now() < end) Math.sqrt(2);
    await new Promise((resolve) => setTimeout(resolve, 30));
    const blocked = meter.sample();
    expect(blocked.busy).toBeGreaterThan(0.5);
    expect(blocked.lagMs).toBeGreaterThan(150);
    expect(idle.busy).toBeLessThan(blocked.busy);
    for (const { busy, lagMs } of [idle, blocked]) {
      expect(busy).toBeGreaterThanOrEqual(0);
      expect(busy).toBeLessThanOrEqual(1);
      expect(lagMs).toBeGreaterThanOrEqual(0);
    }
  });

  it('[BUD6] looks once a second, however often it is called, and sums up for the origin', () => {
    let samples = 0;
    const load = new Load({ writeBudget: 0.85, meter: { beat: () => undefined, sample: () => ({ busy: samples++ < 1 ? 1 : 0, lagMs: 0 }) } }, pino({ level: 'silent' }));
    for (let now = 0; now <= 10_000; now += 50) load.beat(now);
    expect(samples).toBe(10);
    expect(load.busy).toBe(0);
    expect(load.average).toBeGreaterThan(0.3);
    expect(load.average).toBeLessThan(0.5);
  });
});
