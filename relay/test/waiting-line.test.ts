import { describe, expect, it } from 'vitest';
import { Flow, Pace } from '../src/waiting-line-pace.js';
import { Place, WaitingLine } from '../src/waiting-line.js';
import { seeded } from './support/churn.js';

describe('a line', () => {
  it('[LIN1] is in the order of turns and knows every place exactly, whoever comes, goes and is put back', () => {
    const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
    const random = seeded(seed);
    const line = new WaitingLine<number>();
    let model: Place<number>[] = [];
    let turns = 0;
    for (let step = 0; step < 4_000; step++) {
      const what = random();
      if (what < 0.4) {
        const place = new Place(step, ++turns);
        line.add(place);
        model.push(place);
      } else if (what < 0.5) {
        const place = new Place(step, (random() - 0.5) * (turns + 1)); // anywhere, mostly before all, and never the turn of another
        line.add(place);
        model = [...model, place].sort((a, b) => a.turn - b.turn);
      } else if (what < 0.7) {
        expect(line.shift(), `seed ${seed}, step ${step}`).toBe(model.shift());
      } else if (what < 0.85 && model.length > 0) {
        const [gone] = model.splice(Math.floor(random() * model.length), 1);
        line.remove(gone!);
      } else {
        line.visit(1 + Math.floor(random() * 5), (place, at) => {
          expect(model.indexOf(place) + 1, `seed ${seed}, step ${step}`).toBe(at);
          if (random() < 0.1) {
            model.splice(at - 1, 1);
            line.remove(place);
          }
        });
      }
      if (line.size !== model.length || line.head !== model[0]) throw new Error(`seed ${seed}, step ${step}`);
    }
    const seen: Place<number>[] = [];
    while (line.size > 0) seen.push(line.shift()!);
    expect(seen, `seed ${seed}`).toEqual(model);
    expect(line.head).toBeUndefined();
  });

  it('[LIN1] shows everybody once a round', () => {
    const line = new WaitingLine<number>();
    for (let i = 1; i <= 100; i++) line.add(new Place(i, i));
    const seen: number[] = [];
    for (let call = 0; call < 20; call++) line.visit(5, ({ who }) => seen.push(who));
    expect(seen).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
    line.visit(500, ({ who }) => seen.push(who));
    expect(seen.length).toBe(200);
  });
});

describe('the pace of a line', () => {
  it('[LIN2] takes no more than its share of the time, at most a beat’s at once', () => {
    const pace = new Pace(0.4, 0);
    let spent = 0;
    for (let now = 0; now < 10_000; now++) while (pace.open(now)) { pace.spend(0.5); spent += 0.5; }
    expect(spent).toBeGreaterThan(3_990);
    expect(spent).toBeLessThan(4_025);
    let burst = 0;
    while (pace.open(60_000)) { pace.spend(1); burst++; }
    expect(burst).toBe(20);
    pace.spend(100); // one that took long is paid for before the next
    expect(pace.open(60_200)).toBe(false);
    expect(pace.open(60_260)).toBe(true);
  });

  it('[LIN3] tells the wait by the turns of late, and nothing where there were none', () => {
    const flow = new Flow();
    flow.begin(0);
    expect(flow.waitMs(10, 1_000)).toBe(0);
    let now = 0;
    for (; now < 30_000; now += 100) flow.turned(now);
    expect(flow.waitMs(50, now)).toBeGreaterThan(4_800);
    expect(flow.waitMs(50, now)).toBeLessThan(5_400);
    for (; now < 60_000; now += 1_000) flow.turned(now); // ten times slower
    expect(flow.waitMs(50, now)).toBeGreaterThan(35_000);
    expect(flow.waitMs(50, now + 3_600_000)).toBe(0); // an hour without a turn is no pace
    flow.begin(now);
    flow.turned(now + 10);
    flow.undone();
    expect(flow.waitMs(1, now + 20)).toBe(0);
  });
});
