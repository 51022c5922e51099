import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../src/clock.js';
import type { OriginHttp } from '../src/origin-http.js';
import { PatchAges, type PatchAge } from '../src/patch-ages.js';
import { Registration } from '../src/registration.js';
import { stage, until } from './support/harness.js';
import { stand } from './support/stand.js';

/** Whether a figure is the upper end of the range that the true one is in. */
const within = (told: number, truth: number): boolean => told >= Math.floor(truth) && told <= Math.ceil(truth * 1.2) + 1;

describe('the age of patches', () => {
  it('[PAG1] tells the half and the 99 of 100 within a fifth, each viewer counted, over the last ten to twenty seconds', () => {
    const ages = new PatchAges();
    expect(ages.read(0)).toBeUndefined();
    for (let age = 1; age <= 1_000; age++) ages.add(age, 3, 100);
    const { p50, p99 } = ages.read(100)!;
    expect([within(p50, 500), within(p99, 990)]).toEqual([true, true]);
    ages.add(20_000, 1, 100); // one of three thousand
    expect(ages.read(100)).toEqual({ p50, p99 });
    ages.add(20_000, 9_000, 9_000);
    expect(within(ages.read(9_000)!.p50, 20_000)).toBe(true);
    ages.add(5, 1, 10_200); // the older half still counts
    expect(within(ages.read(10_200)!.p50, 20_000)).toBe(true);
    expect(within(ages.read(20_300)!.p99, 5)).toBe(true);
    expect(ages.read(40_400)).toBeUndefined();
    ages.add(10 ** 9, 1, 40_400);
    ages.add(-1, 1, 40_400);
    expect(ages.read(40_400)!.p50).toBe(1);
  });

  it('[PAG2] counts what was written, from the room’s tick on: the way here, the wait for the lane, and not the delay that a late viewer asked for', () => {
    const read = (tier: 0 | 3, delay: number, shifted: boolean) => {
      const s = stand();
      const seen = s.viewer(delay, tier);
      for (let i = 0; i < 120; i++) s.crank(shifted, { age: 30 });
      expect(seen.frames.length).toBeGreaterThan(1);
      return s.metrics.patchAges.read(s.now)!;
    };
    const prompt = read(0, 0, false);
    expect([within(prompt.p50, 30), within(prompt.p99, 30)]).toEqual([true, true]);
    const late = read(0, 2_000, true);
    expect(within(late.p99, 30)).toBe(true);
    const hidden = read(3, 0, false); // written once a second
    expect([within(hidden.p50, 30 + 475), within(hidden.p99, 30 + 950)]).toEqual([true, true]);
    const quiet = stand();
    quiet.viewer();
    for (let i = 1; i <= 20; i++) quiet.feed.tick(i, new Uint8Array(0), false);
    expect(quiet.metrics.patchAges.read(quiet.now)).toBeUndefined();
  });

  it('[PAG3] is in the metrics, and is told to the origin', async () => {
    const { origin, relay, room, direct } = await stage();
    await direct();
    await until(() => room.joins.length === 1, 'in');
    room.run(20);
    await until(async () => /^crowdcue_relay_patch_age_p99_ms [1-9]/m.test(await relay.metrics.metrics()), 'it is measured');
    expect(await relay.metrics.metrics()).toMatch(/^crowdcue_relay_patch_age_p50_ms \d+$/m);
    const closing = relay.close(); // its last word is how it stands
    await until(() => origin.registrations.some(({ patchAge }) => patchAge !== undefined), 'it is told');
    const { p50, p99 } = origin.registrations.at(-1)!['patchAge'] as { p50: number; p99: number };
    expect([p50 > 0, p99 >= p50, p99 < 30_000]).toEqual([true, true, true]);
    await closing;
  });

  it('[PAG3] is told at once when it changed by a tenth of a second and a quarter, else with the next registration', async () => {
    let [now, p99] = [0, 200];
    const told: unknown[] = [];
    const http = { ask: async (_method: string, _path: string, body: { patchAge: PatchAge }) => void told.push(body.patchAge.p99) } as unknown as OriginHttp;
    const standing = () => ({ viewers: 0, cpu: 0, links: 0, draining: false, level: 0, patchAge: { p50: 1, p99 } });
    const registration = new Registration({ relayId: 'r', incarnation: 1, region: '', costClass: 1, capacity: 10 }, standing, http, { ...systemClock, now: () => now }, pino({ level: 'silent' }));
    const after = async (ms: number, next: number): Promise<unknown[]> => {
      [now, p99] = [now + ms, next];
      registration.beat(now);
      await new Promise((turn) => setImmediate(turn));
      return told.splice(0);
    };
    registration.start('ws://relay');
    expect(await after(0, 200)).toEqual([200]);
    expect([await after(1_000, 349), await after(1_000, 51), await after(1_000, 350), await after(999, 10), await after(1, 10)]).toEqual([[], [], [350], [], [10]]);
    expect([await after(9_000, 90), await after(1_000, 90)]).toEqual([[], [90]]);
  });
});
