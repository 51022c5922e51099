import { now, sleep } from '../../clock.js';
import type { Side } from './sides.js';

/** CPU ms a second with nobody there, and with one viewer. */
export interface Fixed {
  readonly none: number;
  readonly one: number;
}

/** Ms over which the cost without a crowd is taken, and before it: a process that has just started still compiles. */
const FIXED_MS = 2_000;
const SETTLE_MS = 1_000;

const cpuPerSecond = async ({ child }: Side): Promise<number> => {
  const [before, began] = [await child.cpu(), now()];
  await sleep(FIXED_MS);
  return ((await child.cpu()) - before) * 1e6 / (now() - began);
};

export const measureFixed = async (side: Side): Promise<Fixed> => {
  await sleep(SETTLE_MS);
  const none = await cpuPerSecond(side);
  await side.fill(1);
  await side.publish(true);
  await sleep(SETTLE_MS);
  const one = await cpuPerSecond(side);
  await side.publish(false);
  return { none, one };
};
