import { CLOSE } from '@crowdcue/protocol';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../src/index.js';
import { OriginClock } from '../src/origin-clock.js';
import { stage, until } from './support/harness.js';

const HOUR = 3_600_000;

/** A machine whose wall clock is wrong by `wrong` ms, and may be set again. */
const machine = (wrong: number) => {
  const clock = { wrong, now: () => systemClock.now(), wall: () => Date.now() + clock.wrong, random: () => 0.5 };
  return clock;
};

describe('the origin’s time at a relay', () => {
  it('[CLK1] is what the latest answer said, from the middle of its way, and goes on by the monotonic clock', () => {
    const hand = { at: 1_000, wallAt: 5_000_000, now: () => hand.at, wall: () => hand.wallAt, random: () => 0 };
    const clock = new OriginClock(hand);
    expect([clock.told, clock.wall()]).toEqual([false, 5_000_000]);
    hand.at = 1_100;
    clock.answered(9_000_000, 1_000);
    expect([clock.told, clock.wall()]).toEqual([true, 9_000_050]);
    hand.wallAt -= HOUR;
    hand.at += 250;
    expect(clock.wall()).toBe(9_000_300);
    for (const nonsense of [undefined, null, 'soon', Number.NaN, Infinity, {}]) clock.answered(nonsense, hand.at);
    expect(clock.wall()).toBe(9_000_300);
    clock.answered(1_000_000, hand.at);
    expect(clock.wall()).toBe(1_000_000);
  });

  it.each([-HOUR, HOUR])('[CLK1] a relay whose clock is wrong by %i ms gets its link and lets viewers in; setting its clock changes nothing', async (wrong) => {
    const clock = machine(wrong);
    const { origin, room, direct } = await stage({ clock });
    origin.time = () => Date.now();
    const first = await direct();
    await until(() => room.joins.length === 1, 'in');
    room.run(10);
    for (const jump of [-2 * wrong, 3 * wrong]) {
      clock.wrong += jump;
      room.cut();
      await until(() => room.linked(), 'linked again');
      const before = room.joins.length;
      await direct();
      await until(() => room.joins.length === before + 1, 'another one is in');
    }
    expect(first.closed).toBeUndefined();
  });

  it('[CLK1] a token that is over by the origin’s time is refused by a relay whose clock is behind', async () => {
    const { origin, room, direct } = await stage({ clock: machine(-HOUR) });
    origin.time = () => Date.now();
    const over = await direct({ token: room.token(7, { exp: Math.floor(Date.now() / 1000) - 60 }) });
    await until(() => over.closed, 'closed');
    expect(over.closed).toEqual({ code: CLOSE.token_expired, reason: 'token_expired' });
  });

  it('[CLK2] an origin whose clock was set since its last answer refuses a proof, is asked for its time, and gives the link', async () => {
    const { origin, room, direct } = await stage();
    let set = 0;
    origin.time = () => Date.now() + set;
    const client = await direct();
    await until(() => room.joins.length === 1, 'in');
    room.run(10);
    for (const jump of [HOUR, -2 * HOUR]) {
      set += jump;
      room.cut();
      await until(() => !room.linked(), 'cut');
      await until(() => room.linked(), 'linked again');
    }
    expect(client.closed).toBeUndefined();
  });
});
