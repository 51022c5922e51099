import { readFileSync } from 'node:fs';
import { getHeapStatistics } from 'node:v8';

/** Bytes that a process holds in user space, after a collection. */
export interface UserSpace {
  /** Objects of JavaScript that are reachable. */
  readonly heap: number;
  /** What lies outside V8's heap: uWebSockets.js, buffers, the rest of the process. */
  readonly native: number;
  /** All of its memory that is in RAM, garbage and free pages included. */
  readonly rss: number;
}

const COLLECTIONS = 4;

type Collect = (options: { type: 'major'; execution: 'sync'; flavor: 'last-resort' }) => void;

/**
 * Collects and looks. Heap in use plus what is resident outside V8's heap: the resident size alone would count pages that V8 keeps for
 * later, by the tens of megabytes. Needs --expose-gc.
 */
export const userSpace = (): UserSpace => {
  const collect = (globalThis as { gc?: Collect }).gc;
  if (collect === undefined) throw new Error('started without --expose-gc');
  for (let i = 0; i < COLLECTIONS; i++) collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  const { used_heap_size: heap, total_physical_size: kept } = getHeapStatistics();
  const status = readFileSync('/proc/self/status', 'latin1');
  const kib = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? Number.NaN) * 1024;
  return { heap, native: kib('RssAnon') - kept, rss: kib('VmRSS') };
};
