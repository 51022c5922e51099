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
 * How Node is started where memory is asked for. A small young generation, because V8 lets it grow to 16 MiB and more and keeps the pages:
 * divided by a few thousand viewers that would be more than a viewer takes.
 */
export const MEMORY_FLAGS = ['--expose-gc', '--max-semi-space-size=1'];

/** Collects and looks: heap in use, and what is resident outside V8's heap. Needs `MEMORY_FLAGS`. */
export const userSpace = (): UserSpace => {
  const collect = (globalThis as { gc?: Collect }).gc;
  if (collect === undefined) throw new Error('started without --expose-gc');
  for (let i = 0; i < COLLECTIONS; i++) collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  const { used_heap_size: heap, total_physical_size: kept } = getHeapStatistics();
  const status = readFileSync('/proc/self/status', 'latin1');
  const kib = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? Number.NaN) * 1024;
  return { heap, native: kib('RssAnon') - kept, rss: kib('VmRSS') };
};
