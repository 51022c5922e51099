/**
 * Keeps the rooms' drops as the ledger has them, and lets `look` see how an event's drops stand each time that is read, at least once a
 * second: what is due then (a lot, a reservation) is done by the origin that holds the event's room.
 */
import type { Clock } from '../clock.js';
import type { DropOverview, Ledger } from '../ledger/index.js';
import type { RoomHost } from '../rooms/room-control.js';
import { boardOf } from './drop-board.js';

export interface DropPublisherOptions {
  readonly ledger: Pick<Ledger, 'drops'>;
  readonly rooms: Pick<RoomHost, 'local'>;
  /** Tells the origin that holds the event's room, which may be this one, to look at the drops. */
  notify(event: string): void;
  /** Must not throw. */
  look(event: string, drops: readonly DropOverview[]): void;
  readonly clock: Clock;
  readonly logger: { error(fields: object, message: string): void };
}

interface Published {
  /** What the room was told last, as text. */
  told: string;
  stale: boolean;
  publishing: boolean;
  /** Set while a word to the room's origin is about to leave. */
  telling: NodeJS.Timeout | undefined;
}

/** ms between two looks at one event's stock: a tick, for the room shows no more than one change in it. */
const PUBLISH_MS = 50;

export class DropPublisher {
  readonly #events = new Map<string, Published>();
  #closed = false;

  constructor(private readonly options: DropPublisherOptions) {}

  /** The ledger's drops changed: the room is told, wherever it is. */
  changed(event: string): void {
    if (this.options.rooms.local(event) !== undefined) return this.publish(event);
    const state = this.#of(event);
    if (state.telling !== undefined) return;
    state.telling = setTimeout(() => {
      state.telling = undefined;
      this.options.notify(event);
    }, PUBLISH_MS).unref();
  }

  /** A room opened here: what it last showed is not known. */
  opened(event: string): void {
    this.#of(event).told = '';
    this.publish(event);
  }

  /** Tells the room, if it is here, how the drops stand, if that changed. Calls that come while one runs share the next. */
  publish(event: string): void {
    if (this.options.rooms.local(event) === undefined) return;
    const state = this.#of(event);
    state.stale = true;
    if (!state.publishing) void this.#publishWhileStale(event, state);
  }

  /** Tells the rooms of all events; for windows, which open and close by themselves. */
  publishAll(): void {
    for (const event of this.#events.keys()) this.publish(event);
  }

  /** Stops telling rooms; the store is about to go. */
  close(): void {
    this.#closed = true;
  }

  async #publishWhileStale(event: string, state: Published): Promise<void> {
    state.publishing = true;
    while (state.stale && !this.#closed) {
      state.stale = false;
      await this.#publish(event, state).catch((error: unknown) => {
        // A store that is away tells of it itself; the next look at the windows tries again.
        if ((error as { retryable?: unknown }).retryable !== true) this.options.logger.error({ err: error, event }, 'the drops could not be read');
      });
      await new Promise((resolve) => setTimeout(resolve, PUBLISH_MS).unref());
    }
    state.publishing = false;
  }

  async #publish(event: string, state: Published): Promise<void> {
    const room = this.options.rooms.local(event);
    if (room === undefined) return;
    const now = this.options.clock.now();
    const drops = await this.options.ledger.drops(event);
    this.options.look(event, drops);
    const rows = drops.map((drop) => boardOf(drop, now));
    const text = JSON.stringify(rows);
    if (text === state.told || this.options.rooms.local(event) !== room) return; // a new life of the room has its own turn
    state.told = text;
    room.dropsChanged(rows);
  }

  /** Callers know that there is such an event. */
  #of(event: string): Published {
    let published = this.#events.get(event);
    if (published === undefined) {
      published = { told: '', stale: false, publishing: false, telling: undefined };
      this.#events.set(event, published);
    }
    return published;
  }
}
