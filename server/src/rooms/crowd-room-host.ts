/** Opens an event's room in this process, and opens it anew when it failed. The only way a CrowdRoom comes to be. */
import { matchMaker, type Server } from '@colyseus/core';
import { CrowdcueError } from '@crowdcue/protocol';
import { CrowdRoom } from './crowd-room.js';
import type { RoomControl, RoomEvent, RoomHost } from './room-control.js';
import type { CrowdRoomDeps, RoomOpening } from './room-deps.js';

/** Pause before a failed room is opened again, ms. */
const REOPEN_MS = 1_000;
const ROOM_TYPE = 'crowd';

export class CrowdRoomHost implements RoomHost {
  readonly #openings = new Map<string, RoomOpening>();
  readonly #rooms = new Map<string, CrowdRoom>();
  readonly #closing = new Set<string>();

  constructor(readonly deps: CrowdRoomDeps) {}

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

  async open(event: RoomEvent): Promise<RoomControl> {
    const present = this.#rooms.get(event.id);
    if (present !== undefined) return present;
    this.#openings.set(event.id, {
      event, deps: this.deps,
      failed: () => this.#reopen(event),
      closed: () => this.#rooms.delete(event.id),
    });
    await matchMaker.createRoom(ROOM_TYPE, { event: event.id });
    const room = matchMaker.getLocalRoomById(event.id) as CrowdRoom | undefined;
    if (room === undefined) throw new CrowdcueError('unavailable');
    this.#rooms.set(event.id, room);
    return room;
  }

  get(eventId: string): RoomControl | undefined {
    return this.#rooms.get(eventId);
  }

  async close(eventId: string): Promise<void> {
    this.#closing.add(eventId);
    await this.#rooms.get(eventId)?.disconnect();
    this.#closing.delete(eventId);
  }

  #reopen(event: RoomEvent): void {
    setTimeout(() => {
      if (this.#closing.has(event.id)) return;
      void this.#again(event).catch((error: unknown) => {
        this.deps.logger.error({ event: event.id, err: error }, 'the room does not open');
        this.#reopen(event);
      });
    }, REOPEN_MS).unref();
  }

  async #again(event: RoomEvent): Promise<void> {
    await this.#rooms.get(event.id)?.disconnect();
    await this.open(event);
  }
}
