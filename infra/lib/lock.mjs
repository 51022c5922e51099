import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const POLL_MS = 200; // how soon a waiting command sees that the other one is done

/** Whether a process with this id runs. */
const alive = (pid) => {
  if (pid === process.pid) return false; // an earlier life of this id: a lock that we hold is never asked for again
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
};

const readPid = (path) => {
  try {
    return Number(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
};

/**
 * Takes the lock file `path`, which holds the pid of its owner: `{ release }`, or `{ holder: pid }` when a living process has it.
 * The file appears with its content (a hard link), so nobody ever reads an empty one; what a dead process left is taken over.
 */
export const tryLock = (path) => {
  mkdirSync(dirname(path), { recursive: true });
  const mine = `${path}.${process.pid}`;
  writeFileSync(mine, String(process.pid));
  try {
    for (;;) {
      try {
        linkSync(mine, path);
        return { release: () => rmSync(path, { force: true }) };
      } catch (error) {
        if (error.code !== 'EEXIST') throw error;
      }
      const pid = readPid(path);
      if (pid !== undefined && alive(pid)) return { holder: pid };
      if (pid !== undefined) discard(path, `${mine}.stale`, pid);
    }
  } finally {
    rmSync(mine, { force: true });
  }
};

/** Removes a dead owner's lock, and puts it back when another waiter was faster and the lock is a living one by now. */
const discard = (path, aside, deadPid) => {
  try {
    renameSync(path, aside);
  } catch (error) {
    if (error.code === 'ENOENT') return;
    throw error;
  }
  if (readPid(aside) === deadPid) rmSync(aside);
  else renameSync(aside, path);
};

/**
 * Runs `work` with the lock held, waiting for it if need be; `onWait(pid)` is called once when it has to, `signal` ends the wait.
 * @template T
 * @param {string} path
 * @param {() => T | Promise<T>} work
 * @param {{ onWait?: (pid: number | undefined) => void, signal?: AbortSignal }} [options]
 */
export const withLock = async (path, work, { onWait = () => {}, signal } = {}) => {
  let taken = tryLock(path);
  if (!taken.release) onWait(taken.holder);
  while (!taken.release) {
    await wait(POLL_MS, undefined, { signal });
    taken = tryLock(path);
  }
  try {
    return await work();
  } finally {
    taken.release();
  }
};
