/** What a relay tells its room of late pictures, over real sockets. */
import { describe, expect, it } from 'vitest';
import { encodeDelay } from '@crowdcue/protocol';
import { type Stage, stage, until } from './support/harness.js';

const late = ({ room, direct }: Stage, sub: number, delay: number) =>
  direct({ sub, protocols: ['crowdcue.v1', `token.${room.token(sub)}`, `session.late-viewer-${String(sub).padStart(8, '0')}`, `delay.${delay}`] });

describe('late pictures as the room hears of them', () => {
  it('[WIN12] the room is told the cohort of each late viewer as it comes and as it moves, by whose slot it is, and nothing of the others', async () => {
    const s = await stage();
    const told = () => s.room.applied.flatMap(({ batch }) => batch.delays ?? []);
    const slotOf = (viewer: number): number => s.room.joins.find((join) => join.viewer === viewer)!.slot;
    await s.direct({ sub: 1 });
    await late(s, 2, 7_900);
    const mover = await s.direct({ sub: 3 });
    await until(() => s.room.joins.length === 3 && told().length === 1, 'they are in');
    expect(told()).toEqual([{ slot: slotOf(2), delay: 8_000 }]); // as rounded: what counts is the cohort
    mover.send(encodeDelay({ delay: 3_000, error: 100 }));
    await until(() => told().length === 2, 'it moved');
    expect(told()[1]).toEqual({ slot: slotOf(3), delay: 3_000 });
    s.room.shifted = true;
    s.room.crank();
    const shown = mover.states.length;
    await until(() => { s.room.crank(); return mover.states.length > shown; }, 'the round is on its picture', 10_000);
    mover.send(encodeDelay({ delay: 0, error: 0 }));
    mover.act(1);
    await until(() => { s.room.crank(); return s.room.actions.length === 1; }, 'what came after it is through');
    expect(told()).toHaveLength(2); // in a round nobody moves
    s.room.shifted = false;
    s.room.run(10);
    await until(() => told().length === 3, 'the round is over for it', 10_000);
    expect(told()[2]).toEqual({ slot: slotOf(3), delay: 0 });
  });

  it('[WIN12] an origin of the version before is told nothing, and one that takes its place everything', async () => {
    const s = await stage();
    s.room.version = 2;
    s.room.acks = false;
    await late(s, 1, 8_000);
    await late(s, 2, 250);
    await until(() => s.room.joins.length === 2, 'they are in');
    expect(s.room.applied.some(({ batch }) => batch.delays !== undefined)).toBe(false);
    s.room.acks = true;
    s.room.crank();
    s.room.version = 3;
    s.room.cut();
    const told = () => s.room.applied.flatMap(({ batch }) => batch.delays ?? []);
    await until(() => told().length === 2, 'both are told');
    expect(told().map(({ delay }) => delay).sort()).toEqual([250, 8_000]);
  });
});
