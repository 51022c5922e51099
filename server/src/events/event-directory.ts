/**
 * The events of the system: every origin knows all of them. Life of one: created (its record durable), its room opened where it was
 * created; after a restart, or when its origin died, its room is opened again from the journal, wherever. An id and a code name one event
 * each, and no id reads like another event's code.
 */
import { CrowdcueError, LIMITS } from '@crowdcue/protocol';
import type { Clock } from '../clock.js';
import type { RandomSource } from '../identity/index.js';
import { randomCode, randomEventId, type EventRecord } from './event-record.js';
import type { EventPlan } from './plan.js';
import type { Sponsor } from './sponsor.js';
import { OWN_WORKSPACE } from './workspace-desk.js';
import type { RecordTable } from '../store/index.js';
import type { RoomControl, RoomHost } from '../rooms/room-control.js';

/** What a host says of a new event. */
export interface EventSpec {
  readonly name: string;
  readonly id?: string | undefined;
  readonly maxViewers?: number | undefined;
  readonly accent?: string | undefined;
  /** By how much a picture may be late and still be scored, ms. */
  readonly maxDelay?: number | undefined;
  readonly sponsor?: Sponsor | undefined;
  readonly embedOrigins?: readonly string[] | undefined;
  readonly plan?: EventPlan | undefined;
  readonly rehearsalOf?: string | undefined;
  readonly workspace?: string | undefined;
  readonly retentionDays?: number | undefined;
}

/** Viewers of an event at once, unless the host says otherwise: what one origin process has been run with. */
const DEFAULT_MAX_VIEWERS = 20_000;
/** Rooms that are restored at once: each holds a checkpoint in memory while it opens. */
const OPENED_AT_ONCE = 8;
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
    options.table.watch((id, record) => {
      if (record === undefined) this.#gone(id);
      else this.#made(record);
    });
  }

  /** Newest first. */
  list(): EventRecord[] {
    return [...this.#events.values()].sort((a, b) => b.createdAt - a.createdAt);
  }

  has(id: string): boolean {
    return this.#events.has(id);
  }

  /** The event of an id. Throws `event_unknown`. */
  get(id: string): EventRecord {
    const record = this.#events.get(id);
    if (record === undefined) throw new CrowdcueError('event_unknown');
    return record;
  }

  /** The event of an id or a six-letter code, in either case. Throws `event_unknown`. */
  find(idOrCode: string): EventRecord {
    return this.known(idOrCode) ?? this.get(idOrCode);
  }

  /** The same, `undefined` where there is none. */
  known(idOrCode: string): EventRecord | undefined {
    return this.#events.get(idOrCode) ?? this.#byCode.get(idOrCode.toUpperCase());
  }

  /** The room of an event, wherever it runs. Throws `event_unknown`, or `unavailable` while it is known to run nowhere. */
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
    if (!(await this.#keep(record))) throw new CrowdcueError('event_exists');
    try {
      await prepare(record);
      await this.options.rooms.open(record);
    } catch (error) {
      this.#gone(record.id);
      await this.options.table.remove(record.id);
      throw error;
    }
    return record;
  }

  /** Changes what is kept of an event, whoever else does at once; resolves when that is durable. Throws `event_unknown`. */
  async change(id: string, change: (record: EventRecord) => EventRecord): Promise<EventRecord> {
    this.get(id);
    const record = await this.options.table.change(id, change);
    if (record === undefined) throw new CrowdcueError('event_unknown');
    this.#index(record);
    return record;
  }

  /** Opens the room of every event that is kept, unless another origin has it. `failed` is told of each that does not open; it is tried again. */
  async restore(failed: (event: string, error: unknown) => void): Promise<void> {
    const left = this.list();
    const openNext = async (): Promise<void> => {
      for (let record = left.shift(); record !== undefined; record = left.shift()) {
        const { id } = record;
        await this.options.rooms.open(record).catch((error: unknown) => failed(id, error));
      }
    };
    await Promise.all(Array.from({ length: OPENED_AT_ONCE }, openNext));
  }

  /** Whether this origin, and no other, made the event. */
  async #keep(record: EventRecord): Promise<boolean> {
    const kept = await this.options.table.add(record.id, record).catch((error: unknown) => {
      this.#unindex(record);
      throw error;
    });
    if (!kept) this.#unindex(record); // what the other origin made comes by itself
    return kept;
  }

  /** Another origin made an event. */
  #made(record: EventRecord): void {
    this.#index(record);
    this.options.rooms.openLater(record);
  }

  #gone(id: string): void {
    const record = this.#events.get(id);
    if (record === undefined) return;
    this.#unindex(record);
    this.options.rooms.forget(id);
  }

  #unindex(record: EventRecord): void {
    // An event of another origin may have taken the place meanwhile.
    if (this.#events.get(record.id) === record) this.#events.delete(record.id);
    if (this.#byCode.get(record.code) === record) this.#byCode.delete(record.code);
  }

  #newRecord(spec: EventSpec): EventRecord {
    const { clock, random } = this.options;
    const id = spec.id ?? this.#free(() => randomEventId(random), (each) => this.#isTaken(each));
    if (this.#isTaken(id)) throw new CrowdcueError('event_exists');
    const code = this.#free(() => randomCode(random), (each) => this.#byCode.has(each) || this.#events.has(each.toLowerCase()) || each.toLowerCase() === id);
    return {
      id, name: spec.name, code, accent: spec.accent ?? DEFAULT_ACCENT, maxViewers: spec.maxViewers ?? DEFAULT_MAX_VIEWERS, maxDelay: spec.maxDelay ?? LIMITS.scoredDelayMs,
      createdAt: clock.now(), ...(spec.sponsor === undefined ? {} : { sponsor: spec.sponsor }), ...(spec.embedOrigins === undefined ? {} : { embedOrigins: spec.embedOrigins }),
      ...(spec.plan === undefined ? {} : { plan: spec.plan }), ...(spec.rehearsalOf === undefined ? {} : { rehearsalOf: spec.rehearsalOf }),
      ...(spec.retentionDays === undefined ? {} : { retentionDays: spec.retentionDays }),
      ...(spec.workspace === undefined || spec.workspace === OWN_WORKSPACE ? {} : { workspace: spec.workspace }),
    };
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
