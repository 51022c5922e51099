/** What the kernel says of a process's memory; on Linux alone, where the load tools run. */
import { readFile } from 'node:fs/promises';

/** Bytes that are in memory now. */
export interface ResidentMemory {
  /** Anonymous pages: heaps, stacks, buffers. */
  readonly anonymous: number;
  /** Pages of mapped files. */
  readonly mapped: number;
}

const KIB = 1024;

/** Reads the lines of `/proc/<pid>/status`. @throws Error when one is missing: a measurement that is not there is no 0. */
export const residentIn = (status: string): ResidentMemory => {
  const of = (name: string): number => {
    const kib = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1];
    if (kib === undefined) throw new Error(`the kernel says nothing of ${name}`);
    return Number(kib) * KIB;
  };
  return { anonymous: of('RssAnon'), mapped: of('RssFile') };
};

export const residentOf = async (pid: number): Promise<ResidentMemory> => residentIn(await readFile(`/proc/${pid}/status`, 'utf8'));
