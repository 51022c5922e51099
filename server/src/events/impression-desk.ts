/**
 * Who has seen an event's sponsor. A viewer counts once a sponsor, whatever it sends and however often: what is kept is the set
 * of those who have, so that repeats, other origins and restarts change nothing. Life of one: a viewer is added in memory, the set is
 * written (at most once a second, everybody's of that second together), then the viewer is answered.
 */
import { createHash } from 'node:crypto';
import type { OriginMetrics } from '../metrics/origin-metrics.js';
import type { RecordTable } from '../store/index.js';
import type { EventRecord } from './event-record.js';

/** ms between two writes of one set: of 20,000 viewers it has 107 kB. */
const WRITE_MS = 1_000;

export interface ImpressionDeskOptions {
  readonly table: RecordTable<string>;
  readonly metrics: Pick<OriginMetrics, 'impressions'>;
  pause(ms: number): Promise<unknown>;
}

interface Seen {
  readonly viewers: Set<number>;
  /** Whether the table lacks some of them. */
  dirty: boolean;
  /** The write that takes along whoever comes now. */
  next: Promise<void> | undefined;
  last: Promise<unknown>;
}

/** Viewer numbers are random: their low 32 bits tell two in a hundred thousand apart from nobody else, at half the size. */
const short = (viewer: number): number => viewer % 2 ** 32;
const pack = (viewers: ReadonlySet<number>): string => Buffer.from(Uint32Array.from(viewers).buffer).toString('base64');
const unpack = (text: string): Iterable<number> => {
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'));
  return new Uint32Array(bytes.buffer, 0, Math.floor(bytes.length / 4));
};

/** The same sponsor with another text or picture keeps its count. */
const keyOf = ({ id, sponsor }: EventRecord): string =>
  `${id} ${createHash('sha256').update(sponsor?.name ?? '').digest('base64url').slice(0, 8)}`;

export class ImpressionDesk {
  readonly #seen = new Map<string, Seen>();

  constructor(private readonly options: ImpressionDeskOptions) {
    for (const [key, text] of options.table.entries()) this.#take(key, text);
    options.table.watch((key, text) => {
      if (text === undefined) return;
      const seen = this.#take(key, text);
      // Two origins wrote at once: the row that stayed lacks what only we have. The write fails where the store is away; the next one takes it along.
      if (seen.dirty) void this.#keep(key, seen).catch(() => undefined);
    });
  }

  /** Counts a viewer, once; resolves when that is durable. No more are counted than the event takes viewers. */
  async count(event: EventRecord, viewer: number): Promise<void> {
    const key = keyOf(event);
    const seen = this.#of(key);
    if (!seen.viewers.has(short(viewer)) && seen.viewers.size < event.maxViewers) {
      seen.viewers.add(short(viewer));
      seen.dirty = true;
      this.options.metrics.impressions.inc();
    }
    if (seen.dirty || seen.next !== undefined) await this.#keep(key, seen);
  }

  /** How many have seen the present sponsor. */
  of(event: EventRecord): number {
    return this.#seen.get(keyOf(event))?.viewers.size ?? 0;
  }

  #of(key: string): Seen {
    let seen = this.#seen.get(key);
    if (seen === undefined) this.#seen.set(key, (seen = { viewers: new Set(), dirty: false, next: undefined, last: Promise.resolve() }));
    return seen;
  }

  #take(key: string, text: string): Seen {
    const seen = this.#of(key);
    const given = new Set(unpack(text));
    for (const viewer of given) seen.viewers.add(viewer);
    seen.dirty = given.size < seen.viewers.size;
    return seen;
  }

  #keep(key: string, seen: Seen): Promise<void> {
    return (seen.next ??= seen.last.then(async () => {
      seen.next = undefined;
      seen.dirty = false;
      const written = this.options.table.put(key, pack(seen.viewers));
      seen.last = written.then(() => this.options.pause(WRITE_MS), () => this.options.pause(WRITE_MS));
      await written.catch((error: unknown) => {
        seen.dirty = true;
        throw error;
      });
    }));
  }
}
