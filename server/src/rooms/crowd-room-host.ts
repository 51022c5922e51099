/**
 * The rooms of this process, and the way to all others. The only way a CrowdRoom comes to be: the journal's lease is taken, then Colyseus
 * makes the room here, never elsewhere. A room that failed, or that was fenced, is ended at once and given to the caretaker.
 */
import { matchMaker, type Server } from '@colyseus/core';
import { CLOSE, CrowdcueError } from '@crowdcue/protocol';
import { Caretaker } from './caretaker.js';
import { CrowdRoom } from './crowd-room.js';
import type { Fleet } from './fleet.js';
import { RemoteRoom } from './remote-room.js';
import type { LocalRoom, RoomControl, RoomEvent, RoomHost } from './room-control.js';
import type { CrowdRoomDeps, RoomOpening } from './room-deps.js';
import { RoomLease } from './room-lease.js';

const ROOM_TYPE = 'crowd';
/** How long whoever asks for a room that nobody serves is kept waiting, ms, and how often it is looked for. */
const SOON_MS = 1_500;
const LOOK_MS = 100;

/** What a host of several processes needs to know of the others; one alone needs nothing. */
export interface CrowdRoomHostOptions {
  readonly fleet?: Fleet;
  /** `host:port[/path]` at which this process is reached; asked when a room opens. */
  address?(): string | undefined;
  /** 0 to 1. */
  chance?(): number;
}

export class CrowdRoomHost implements RoomHost {
  readonly #openings = new Map<string, RoomOpening>();
  readonly #rooms = new Map<string, CrowdRoom>();
  readonly #remote = new Map<string, RemoteRoom>();
  /** Rooms on their way out; a new life waits for the old one's end. */
  readonly #ending = new Map<string, Promise<unknown>>();
  readonly #caretaker: Caretaker;
  /** Rooms on their way in. */
  readonly #arriving = new Set<Promise<unknown>>();
  /** One question a room, for however many ask. */
  readonly #asked = new Map<string, Promise<boolean>>();
  #closed = false;

  constructor(readonly deps: CrowdRoomDeps, private readonly options: CrowdRoomHostOptions = {}) {
    this.#caretaker = new Caretaker({
      open: (event) => this.#arrive(this.#openHere(event)),
      rooms: () => this.#rooms.size,
      chance: options.chance ?? (() => 0.5),
      later: (ms, run) => {
        const timer = setTimeout(run, ms).unref();
        return () => clearTimeout(timer);
      },
      logger: deps.logger,
    });
    options.fleet?.onNotice((notice) => { if ('freed' in notice) this.#caretaker.freed(notice.freed); });
  }

  /** Makes the room type known to Colyseus. Its rooms are only ever made by `open`. */
  define(server: Server): void {
    server.define(ROOM_TYPE, CrowdRoom, { host: this } as never);
  }

  /** For the room that is being created; a client that asks Colyseus for one finds nothing here. */
  take(eventId: unknown): RoomOpening | undefined {
    if (typeof eventId !== 'string') return undefined;
    const opening = this.#openings.get(eventId);
    this.#openings.delete(eventId);
    return opening;
  }

  async open(event: RoomEvent): Promise<void> {
    if (!this.#rooms.has(event.id)) await this.#caretaker.tend(event);
  }

  openLater(event: RoomEvent): void {
    this.#caretaker.tendLater(event);
  }

  forget(eventId: string): void {
    this.#caretaker.forget(eventId);
    this.#remote.delete(eventId);
    const room = this.#rooms.get(eventId);
    if (room !== undefined) void this.#end(eventId, room);
  }

  local(eventId: string): LocalRoom | undefined {
    return this.#rooms.get(eventId);
  }

  get(eventId: string): RoomControl | undefined {
    return this.#rooms.get(eventId) ?? this.#elsewhere(eventId);
  }

  served(eventId: string): Promise<boolean> {
    if (this.#rooms.has(eventId)) return Promise.resolve(true);
    const { fleet } = this.options;
    if (fleet === undefined) return Promise.resolve(false);
    const asked = this.#asked.get(eventId);
    if (asked !== undefined) return asked;
    const asking = this.#servedSoon(eventId, fleet).finally(() => this.#asked.delete(eventId));
    this.#asked.set(eventId, asking);
    return asking;
  }

  /** Between two holders it waits a little: whoever asks is there the moment that the next one is, instead of coming back in a while. */
  async #servedSoon(eventId: string, fleet: Fleet): Promise<boolean> {
    for (let waited = 0; ; waited += LOOK_MS) {
      if (this.#rooms.has(eventId) || await fleet.served(eventId)) return true;
      if (waited >= SOON_MS || this.#closed) return false;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS).unref());
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#caretaker.stop();
    await this.#drainAll();
    await Promise.allSettled(this.#arriving);
    await this.#drainAll();
  }

  #elsewhere(eventId: string): RemoteRoom | undefined {
    const { fleet } = this.options;
    if (fleet === undefined) return undefined;
    const known = this.#remote.get(eventId);
    if (known !== undefined) return known;
    const room = new RemoteRoom(eventId, (id, request) => fleet.call(id, request));
    this.#remote.set(eventId, room);
    return room;
  }

  async #drainAll(): Promise<void> {
    await Promise.all([...this.#rooms].map(([eventId, room]) => this.#drain(eventId, room)));
  }

  async #drain(eventId: string, room: CrowdRoom): Promise<void> {
    try {
      await room.drain();
    } catch (error) {
      this.deps.logger.error({ event: eventId, err: error }, 'the room was not given back; it is free when its lease is over');
    }
    this.options.fleet?.tell({ freed: eventId });
    await this.#end(eventId, room);
  }

  /** Ends a room; what it held is no longer its own by then, or soon. */
  #end(eventId: string, room: CrowdRoom): Promise<void> {
    if (this.#rooms.get(eventId) === room) this.#rooms.delete(eventId);
    const ended = Promise.resolve(room.disconnect(CLOSE.server_shutdown)).then(() => undefined, (error: unknown) => {
      this.deps.logger.error({ event: eventId, err: error }, 'a room did not end cleanly');
    });
    this.#ending.set(eventId, ended);
    return ended.finally(() => { if (this.#ending.get(eventId) === ended) this.#ending.delete(eventId); });
  }

  #arrive<T>(opening: Promise<T>): Promise<T> {
    this.#arriving.add(opening);
    return opening.finally(() => this.#arriving.delete(opening));
  }

  async #openHere(event: RoomEvent): Promise<'here' | 'elsewhere'> {
    await this.#ending.get(event.id);
    if (this.#rooms.has(event.id)) return 'here';
    const lease = await RoomLease.take(this.deps, event.id).catch((error: unknown) => {
      if ((error as { code?: unknown }).code === 'journal_held') return undefined;
      throw error;
    });
    if (lease === undefined) return 'elsewhere';
    try {
      if (this.#closed) throw new CrowdcueError('unavailable');
      await this.deps.prepare(event.id);
      await this.#create(event, lease);
    } catch (error) {
      await lease.release().catch(() => undefined); // it runs out by itself
      throw error;
    }
    this.deps.metrics.room('opened');
    this.deps.opened(event.id);
    return 'here';
  }

  async #create(event: RoomEvent, lease: RoomLease): Promise<void> {
    let failed: unknown;
    this.#openings.set(event.id, {
      event, deps: this.deps, lease, address: this.options.address?.(),
      failed: (error) => {
        failed = error ?? true;
        this.deps.metrics.room('lost');
        this.#retire(event.id);
      },
    });
    await matchMaker.handleCreateRoom(ROOM_TYPE, { event: event.id });
    const room = matchMaker.getLocalRoomById(event.id) as CrowdRoom | undefined;
    if (room === undefined || failed !== undefined) {
      if (room !== undefined) await this.#end(event.id, room);
      throw failed ?? new CrowdcueError('unavailable');
    }
    this.#rooms.set(event.id, room);
  }

  /** Ends a room that holds; whoever has its lease goes on, and that may be this process again. */
  #retire(eventId: string): void {
    const room = this.#rooms.get(eventId);
    if (room !== undefined) void this.#end(eventId, room).then(() => this.#caretaker.lost(eventId)); // else it failed while it was made
  }
}
