import { describe, expect, it } from 'vitest';
import { growthOf, type Sample } from '../src/soak/growth.js';
import { seeded } from '../src/clock.js';
import { Turnover } from '../src/swarm/turnover.js';
import type { SwarmViewer } from '../src/swarm/swarm-viewer.js';
import { residentIn } from '../src/watch/memory.js';
import { metricIn } from '../src/watch/metrics.js';

const MIB = 2 ** 20;
const BOUNDS = { perJoin: 64, slack: 24 * MIB };
/** Ten minutes of a process that warms up, whose heap is a saw, and that keeps something of every minute or viewer. */
const samples = ({ aMinute = 0, aJoin = 0, mappedAMinute = 0, minutes = 10, joinsAMinute = 9_000 }): Sample[] => {
  const random = seeded(5);
  return Array.from({ length: minutes * 12 }, (_, i) => {
    const minute = i / 12;
    const kept = 100 * MIB * Math.min(1, minute / 2) / 2 + aMinute * minute + aJoin * joinsAMinute * minute;
    const saw = (i % 7) * 3 * MIB + random() * MIB;
    return { at: minute * 60_000, joins: 5_000 + joinsAMinute * minute, own: 100 * MIB + kept + random() * 2 * MIB, mapped: 50 * MIB + mappedAMinute * minute, heapUsed: 30 * MIB + kept + saw, external: 4 * MIB };
  });
};

describe('the soak’s verdict', () => {
  it('[SOK2] a saw that comes back to where it was holds, and so does what a room keeps of a viewer', () => {
    expect(growthOf('relay', samples({}), BOUNDS).problems).toEqual([]);
    expect(growthOf('origin', samples({ aJoin: 600 }), { perJoin: 2_048, slack: 24 * MIB }).problems).toEqual([]);
  });

  it('[SOK2] a leak by time, and one by viewer, breaks it; so does a run with too few looks', () => {
    expect(growthOf('relay', samples({ aMinute: 6 * MIB }), BOUNDS).problems).toContainEqual(expect.stringMatching(/^relay: heap used rises by \d+ KiB where \d+ viewers came/));
    expect(growthOf('relay', samples({ aJoin: 600 }), BOUNDS).problems).not.toEqual([]);
    expect(growthOf('origin', samples({ aJoin: 6_000 }), { perJoin: 2_048, slack: 24 * MIB }).problems).not.toEqual([]);
    expect(growthOf('relay', samples({}).slice(0, 4), BOUNDS).problems).toContainEqual(expect.stringContaining('only'));
    expect(growthOf('relay', samples({ aMinute: MIB }), BOUNDS).line).toMatch(/own memory 10\d\d KiB a minute/);
  });

  it('[SOK2] pages of mapped files, which the kernel takes back, are told and not judged', () => {
    const { line, problems } = growthOf('origin', samples({ mappedAMinute: 50 * MIB }), BOUNDS);
    expect(problems).toEqual([]);
    expect(line).toMatch(/mapped files 51200 KiB a minute.*and 5\d\d MiB of mapped files at the end/);
    expect(residentIn('VmRSS:\t  300 kB\nRssAnon:\t     100 kB\nRssFile:\t     200 kB\n')).toEqual({ anonymous: 102_400, mapped: 204_800 });
    expect(() => residentIn('VmRSS:\t  300 kB\nRssFile:\t     200 kB\n')).toThrow('RssAnon');
  });

  it('[SOK2] metrics are summed over their labels, and found by name whole', () => {
    const text = '# HELP a b\na 1\na{x="1"} 2\na{x="2",y="z"} 3.5\nab 7\na_b{x="1"} 9\n';
    expect([metricIn(text, 'a'), metricIn(text, 'a', 'x="2"'), metricIn(text, 'ab'), metricIn(text, 'c')]).toEqual([6.5, 3.5, 7, 0]);
  });
});

describe('turnover', () => {
  const viewer = (index: number) => {
    const one = {
      index, settled: false, live: true, connections: 2, sent: 3, confirmed: 2, refused: 1, patches: 4, bytes: 5, joinMs: 6, refusedBy: { round_over: 1 }, closedBy: { 1006: 1 }, how: '',
      tally: () => ({ index, sent: one.sent, confirmed: one.confirmed, refused: one.refused, applied: one.confirmed }),
      stop: () => { one.how = 'farewell'; }, vanish: () => { one.how = 'vanish'; }, drop: () => { one.how = 'drop'; },
    };
    return one;
  };

  it('[SOK3] who is to go acts no more and stays until all that it did is settled; its books are kept, whether it says farewell or not', () => {
    const turnover = new Turnover();
    const all = Array.from({ length: 40 }, (_, i) => viewer(i));
    const viewers = all as unknown as SwarmViewer[];
    const random = seeded(3);
    for (let i = 0; i < 30; i++) turnover.choose(viewers, random);
    const going = viewers.filter((each) => turnover.going(each));
    expect(going.length).toBeGreaterThan(10);
    expect(turnover.go(viewers)).toHaveLength(40);
    for (const each of going.slice(0, 8)) (each as unknown as { settled: boolean }).settled = true;
    const left = turnover.go(viewers);
    expect(left).toHaveLength(32);
    expect(left.filter((each) => turnover.going(each))).toHaveLength(going.length - 8);
    expect(turnover.gone).toMatchObject({ length: 8, sent: 24, confirmed: 16, refused: 8, patches: 32, reconnects: 8, bytes: 40, refusedBy: { round_over: 8 }, closedBy: { 1006: 8 } });
    const how = all.filter((each) => each.settled).map((each) => each.how);
    expect(new Set(how)).toEqual(new Set(['farewell', 'vanish']));
    expect(all.some((each) => each.how === 'drop')).toBe(true);
  });
});
