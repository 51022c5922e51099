import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tryLock } from './lock.mjs';
import { CommandError } from './steps.mjs';

const LOCK = 'start.lock';
const MARKER = '.crowdcue-data'; // says that the folder is ours, so that --reset can never empty a stranger's
const COPIES = 20; // folders tried when others use the first ones

/**
 * Takes the folder that an origin keeps its store in, so that no second origin opens it: `{ path, release }`. Without `asked`
 * it is `.crowdcue/data`, or the next free one (`data-2`, …) when another start uses that.
 */
export const takeDataDir = (state, asked) => {
  if (asked !== undefined) {
    const taken = take(asked);
    if (taken.release) return taken;
    throw new CommandError(`The data folder ${asked} is in use by process ${taken.holder}.`);
  }
  for (let copy = 1; copy <= COPIES; copy++) {
    const taken = take(join(state, copy === 1 ? 'data' : `data-${copy}`));
    if (taken.release) return taken;
  }
  throw new CommandError(`All of ${state}/data … data-${COPIES} are in use; stop a start, or give --data DIR.`);
};

const take = (path) => {
  const fresh = !existsSync(path) || readdirSync(path).length === 0;
  mkdirSync(path, { recursive: true });
  const lock = tryLock(join(path, LOCK));
  if (lock.release && fresh) writeFileSync(join(path, MARKER), '');
  return { ...lock, path };
};

/** Empties a data folder that was taken; refuses one that holds somebody else's files. */
export const resetDataDir = (path) => {
  if (!existsSync(join(path, MARKER))) throw new CommandError(`${path} was not made by Crowdcue; --reset leaves it alone.`);
  for (const name of readdirSync(path)) {
    if (name !== LOCK && name !== MARKER) rmSync(join(path, name), { recursive: true });
  }
};
