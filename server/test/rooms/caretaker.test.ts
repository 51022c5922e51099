import { describe, expect, it } from 'vitest';
import { Caretaker } from '../../src/rooms/caretaker.js';
import type { RoomEvent } from '../../src/rooms/room-control.js';
import { StoreError } from '../../src/store/index.js';
import { HandTime } from '../support/manual-clock.js';

const event = (id: string): RoomEvent => ({ id, maxViewers: 10, createdAt: 0 });

/** Origins without Colyseus: who holds which room, and whether its lease is over. */
class Leases {
  readonly holders = new Map<string, string>();
  readonly tries: { at: number; origin: string; room: string }[] = [];
  readonly errors: unknown[] = [];
  broken: Error | undefined;

  constructor(readonly time: HandTime) {}

  origin(name: string, chance = 0.5): Caretaker & { rooms(): string[] } {
    const caretaker = new Caretaker({
      open: async ({ id }) => {
        this.tries.push({ at: this.time.time, origin: name, room: id });
        if (this.broken !== undefined) throw this.broken;
        if (this.holders.has(id)) return this.holders.get(id) === name ? 'here' : 'elsewhere';
        this.holders.set(id, name);
        return 'here';
      },
      rooms: () => this.of(name).length, chance: () => chance, later: this.time.later,
      logger: { error: (fields: { err: unknown }) => void this.errors.push(fields.err) } as never,
    });
    return Object.assign(caretaker, { rooms: () => this.of(name) });
  }

  of(name: string): string[] {
    return [...this.holders].filter(([, holder]) => holder === name).map(([id]) => id);
  }

  /** Its lease is over. */
  dies(name: string): void {
    for (const id of this.of(name)) this.holders.delete(id);
  }
}

const setUp = () => {
  const time = new HandTime();
  return { time, leases: new Leases(time) };
};

describe('the caretaker', () => {
  it('[ORG1] opens what nobody holds, and looks again at what another holds at least once a second', async () => {
    const { time, leases } = setUp();
    const one = leases.origin('one', 0);
    const two = leases.origin('two', 1);
    expect(await one.tend(event('a'))).toBe('here');
    expect(await two.tend(event('a'))).toBe('elsewhere');
    await time.turn(10_000);
    const looks = leases.tries.filter(({ origin }) => origin === 'two').map(({ at }) => at);
    expect(looks.length).toBeGreaterThan(10);
    for (let i = 1; i < looks.length; i++) expect(looks[i]! - looks[i - 1]!).toBeLessThanOrEqual(1_000);
    expect(leases.tries.filter(({ origin }) => origin === 'one')).toHaveLength(1); // what is here needs no looking at
    leases.dies('one');
    await time.turn(1_000);
    expect(two.rooms()).toEqual(['a']);
  });

  it('[ORG2] takes over at once what was given back', async () => {
    const { time, leases } = setUp();
    await leases.origin('one').tend(event('a'));
    const two = leases.origin('two', 1);
    await two.tend(event('a'));
    leases.dies('one');
    two.freed('a');
    await time.turn(200);
    expect(two.rooms()).toEqual(['a']);
    two.freed('unheard of');
  });

  it('[ORG2] takes over at once what was given back while the answer to a try was under way', async () => {
    const time = new HandTime();
    const answers: ((where: 'here' | 'elsewhere') => void)[] = [];
    const caretaker = new Caretaker({
      open: () => new Promise((resolve) => { answers.push(resolve); }), rooms: () => 0, chance: () => 1, later: time.later, logger: { error: () => undefined } as never,
    });
    const tended = caretaker.tend(event('a'));
    caretaker.freed('a');
    answers[0]!('elsewhere');
    await tended;
    await time.turn(50);
    expect(answers).toHaveLength(2);
  });

  it('[ORG3] spreads the rooms of an origin that went over those that are left', async () => {
    const { time, leases } = setUp();
    const origins = [leases.origin('one', 0.3), leases.origin('two', 0.4), leases.origin('three', 0.5)];
    for (let i = 0; i < 12; i++) await origins[0]!.tend(event(`room-${i}`));
    for (const other of origins.slice(1)) for (let i = 0; i < 12; i++) await other.tend(event(`room-${i}`));
    leases.dies('one');
    for (let i = 0; i < 12; i++) for (const other of origins.slice(1)) other.freed(`room-${i}`);
    await time.turn(1_000);
    expect(leases.of('two').length + leases.of('three').length).toBe(12);
    expect(Math.min(leases.of('two').length, leases.of('three').length)).toBeGreaterThanOrEqual(3);
  });

  it('[ORG4] leaves a new event to the origin that made it, and opens it when that one does not', async () => {
    const { time, leases } = setUp();
    const two = leases.origin('two');
    two.tendLater(event('new'));
    await time.turn(1_900);
    expect(leases.tries).toHaveLength(0);
    await time.turn(2_000);
    expect(two.rooms()).toEqual(['new']);
  });

  it('[ORG5] tries again what does not open, more and more seldom, and tells of it; never two tries at once', async () => {
    const { time, leases } = setUp();
    const one = leases.origin('one');
    leases.broken = new Error('a journal that nobody can read');
    await expect(one.tend(event('bad'))).rejects.toBe(leases.broken);
    await time.turn(120_000);
    const pauses = leases.tries.slice(1).map(({ at }, i) => at - leases.tries[i]!.at);
    expect(pauses.slice(0, 4)).toEqual([1_000, 2_000, 4_000, 8_000]);
    expect(Math.max(...pauses)).toBe(30_000);
    expect(leases.errors).toHaveLength(leases.tries.length - 1); // the first one was thrown
    leases.broken = undefined;
    await time.turn(30_000);
    expect(one.rooms()).toEqual(['bad']);
  });

  it('[ORG5] goes on trying at its usual pace, and says nothing, while the store is away', async () => {
    const { time, leases } = setUp();
    const one = leases.origin('one');
    leases.broken = StoreError.unavailable('no connection to Redis');
    await expect(one.tend(event('a'))).rejects.toMatchObject({ code: 'store_unavailable' });
    await time.turn(60_000);
    leases.broken = undefined;
    await time.turn(1_000);
    expect(one.rooms()).toEqual(['a']);
    expect(leases.errors).toEqual([]);
  });

  it('[ORG5] opens a room again that failed here, unless the event is gone or it was stopped', async () => {
    const { time, leases } = setUp();
    const one = leases.origin('one');
    for (const id of ['a', 'b']) await one.tend(event(id));
    leases.dies('one');
    one.forget('b');
    one.lost('a');
    one.lost('b');
    await time.turn(5_000);
    expect(one.rooms()).toEqual(['a']);
    leases.dies('one');
    one.lost('a');
    one.stop();
    await time.turn(60_000);
    one.lost('a');
    one.tendLater(event('c'));
    await time.turn(60_000);
    expect(one.rooms()).toEqual([]);
    expect(time.next).toBeUndefined();
  });
});
