import { encodeDelay, FRAME } from '@crowdcue/protocol';
import { expect, it } from 'vitest';
import { stage, until } from './support/harness.js';

it('[CLK20] tells the room how many viewers know their delay how well, a second after it changed at the latest, again on a new link, and nobody who has gone', async () => {
  const { room, direct } = await stage();
  const [a, b, silent] = [await direct(), await direct(), await direct()];
  await until(() => [a, b, silent].every((each) => each.states.length > 0), 'all in');
  const last = () => room.delayErrors.at(-1);
  a.send(encodeDelay({ delay: 4_000, error: 90 }));
  b.send(encodeDelay({ delay: 9_000, error: 100 }));
  await until(() => last()?.[0]?.viewers === 2, 'both are counted');
  expect(last()).toEqual([{ error: 100, viewers: 2 }]);
  const told = room.delayErrors.length;
  b.send(encodeDelay({ delay: 9_000, error: 99 })); // the same step: no news
  b.send(encodeDelay({ delay: 9_000, error: 700 }));
  await until(() => last()?.length === 2, 'the second says another');
  expect(last()!.toSorted((x, y) => x.error - y.error)).toEqual([{ error: 100, viewers: 1 }, { error: 700, viewers: 1 }]);
  expect(room.delayErrors.length).toBe(told + 1);
  room.cut();
  await until(() => room.delayErrors.length === told + 2, 'the new link is told');
  expect(last()).toHaveLength(2);
  a.send(new Uint8Array([FRAME.leaveRoom]));
  await until(() => last()?.length === 1, 'who has gone is not counted');
  expect(last()).toEqual([{ error: 700, viewers: 1 }]);
});

it('[CLK20] tells nothing to a room of an earlier version', async () => {
  const { room, direct } = await stage();
  room.version = 2;
  room.cut();
  const a = await direct();
  await until(() => a.states.length > 0 && room.linked(), 'in');
  a.send(encodeDelay({ delay: 4_000, error: 90 }));
  room.run();
  const { applied } = room;
  const before = applied.length;
  const b = await direct(); // whose join comes after whatever was to be told
  await until(() => b.states.length > 0 && applied.length > before, 'the next one is in');
  expect(room.delayErrors).toEqual([]);
});
