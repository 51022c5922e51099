/**
 * The events of this origin. Life of one: created (its record durable), its room opened; after a restart its room is opened again
 * from the journal. An id and a code name one event each, and no id reads like another event's code.
 */
import { CrowdcueError } from '@crowdcue/protocol';
import type { Clock } from '../clock.js';
import type { RandomSource } from '../identity/index.js';
import { randomCode, randomEventId, type EventRecord } from './event-record.js';
import type { RecordTable } from '../store/index.js';
import type { RoomControl, RoomHost } from '../rooms/room-control.js';

/** What a host says of a new event. */
export interface EventSpec {
  readonly name: string;
  readonly id?: string | undefined;
  readonly maxViewers?: number | undefined;
  readonly accent?: string | undefined;
}

/** Viewers of an event at once, unless the host says otherwise: what one origin process has been run with. */
const DEFAULT_MAX_VIEWERS = 20_000;
export const DEFAULT_ACCENT = '#ffc21a';

export interface EventDirectoryOptions {
  readonly table: RecordTable<EventRecord>;
  readonly rooms: RoomHost;
  readonly clock: Clock;
  readonly random: RandomSource;
}

export class EventDirectory {
  readonly #events = new Map<string, EventRecord>();
  readonly #byCode = new Map<string, EventRecord>();

  constructor(private readonly options: EventDirectoryOptions) {
    for (const [, record] of options.table.entries()) this.#index(record);
  }

  /** Newest first. */
  list(): EventRecord[] {
    return [...this.#events.values()].sort((a, b) => b.createdAt - a.createdAt);
  }

  /** The event of an id. Throws `event_unknown`. */
  get(id: string): EventRecord {
    const record = this.#events.get(id);
    if (record === undefined) throw new CrowdcueError('event_unknown');
    return record;
  }

  /** The event of an id or a six-letter code, in either case. Throws `event_unknown`. */
  find(idOrCode: string): EventRecord {
    return this.#events.get(idOrCode) ?? this.#byCode.get(idOrCode.toUpperCase()) ?? this.get(idOrCode);
  }

  /** The running room of an event. Throws `event_unknown`, or `unavailable` while the room is not open. */
  room(id: string): RoomControl {
    this.get(id);
    const room = this.options.rooms.get(id);
    if (room === undefined) throw new CrowdcueError('unavailable');
    return room;
  }

  /** Keeps a new event; `prepare` runs before its room opens. Throws `event_exists`. */
  async create(spec: EventSpec, prepare: (record: EventRecord) => Promise<void>): Promise<EventRecord> {
    const record = this.#newRecord(spec);
    this.#index(record); // before the first await: of two requests with one id, one must lose
    try {
      await this.options.table.put(record.id, record);
      await prepare(record);
      await this.options.rooms.open(record);
    } catch (error) {
      this.#events.delete(record.id);
      this.#byCode.delete(record.code);
      await this.options.table.remove(record.id);
      throw error;
    }
    return record;
  }

  /** Opens the room of every event that is kept. */
  async restore(prepare: (record: EventRecord) => Promise<void>): Promise<void> {
    for (const record of this.#events.values()) {
      await prepare(record);
      await this.options.rooms.open(record);
    }
  }

  /** Closes every room; the events stay. */
  async close(): Promise<void> {
    for (const id of this.#events.keys()) await this.options.rooms.close(id);
  }

  #newRecord(spec: EventSpec): EventRecord {
    const { clock, random } = this.options;
    const id = spec.id ?? this.#free(() => randomEventId(random), (each) => this.#isTaken(each));
    if (this.#isTaken(id)) throw new CrowdcueError('event_exists');
    const code = this.#free(() => randomCode(random), (each) => this.#byCode.has(each) || this.#events.has(each.toLowerCase()) || each.toLowerCase() === id);
    return { id, name: spec.name, code, accent: spec.accent ?? DEFAULT_ACCENT, maxViewers: spec.maxViewers ?? DEFAULT_MAX_VIEWERS, createdAt: clock.now() };
  }

  #isTaken(id: string): boolean {
    return this.#events.has(id) || this.#byCode.has(id.toUpperCase());
  }

  #free(make: () => string, taken: (text: string) => boolean): string {
    for (;;) {
      const text = make();
      if (!taken(text)) return text;
    }
  }

  #index(record: EventRecord): void {
    this.#events.set(record.id, record);
    this.#byCode.set(record.code, record);
  }
}
