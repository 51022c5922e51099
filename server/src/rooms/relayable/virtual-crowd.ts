/**
 * The virtual clients of one room beside its direct ones. The room's `clients` holds both, as its author expects; what Colyseus does for
 * every client in a loop is kept to the direct ones, and said once a relay for the virtual ones: patches, broadcasts, full states.
 * Works on the instance (core 0.18.17: `clients`, `broadcastMessageType`, `_flushAfterPatchBroadcasts`, `sendFullState`).
 */
import { ClientArray, getMessageBytes, Protocol, type Client, type Room } from '@colyseus/core';
import { VirtualClient } from './virtual-client.js';

interface BroadcastOptions {
  readonly except?: unknown;
  readonly afterNextPatch?: boolean;
}

interface WrappedRoom {
  clients: ClientArray;
  broadcastMessageType(type: string | number, message?: unknown, options?: BroadcastOptions): void;
  _flushAfterPatchBroadcasts(): void;
  sendFullState(client: unknown): void;
}

interface Waiting {
  readonly frame: Uint8Array;
  readonly except: readonly VirtualClient[];
}

/** Says a frame to all virtual clients inside; `except` are virtual clients of the room. */
export type Announce = (frame: Uint8Array, except: readonly VirtualClient[]) => void;

export class VirtualCrowd {
  readonly #room: WrappedRoom;
  readonly #all: ClientArray;
  readonly #directs = new ClientArray();
  /** Virtual clients of the room that the fan-out does not reach yet. */
  readonly #outside = new Set<VirtualClient>();
  #afterPatch: Waiting[] = [];
  #virtuals = 0;

  constructor(room: Room, private readonly announce: Announce) {
    this.#room = room as unknown as WrappedRoom;
    this.#all = this.#room.clients;
    this.#wrapClients();
    this.#wrapBroadcast();
    const sendFullState = this.#room.sendFullState.bind(room);
    this.#room.sendFullState = (client) => {
      if (client instanceof VirtualClient) client.ref.requestState(); // without encoding a state that nobody is sent
      else sendFullState(client);
    };
  }

  /** Clients with a socket of their own at this server. */
  get directs(): readonly Client[] {
    return this.#directs;
  }

  /** The client has entered: from here on the fan-out reaches it. */
  entered(client: VirtualClient): void {
    this.#outside.delete(client);
  }

  /** `push` and `delete` are all that Colyseus calls. */
  #wrapClients(): void {
    const all = this.#all;
    const push = all.push.bind(all);
    const remove = all.delete.bind(all);
    const own = (name: string, value: unknown): void => void Object.defineProperty(all, name, { value, configurable: true, writable: true });
    own('push', (...clients: (Client | VirtualClient)[]): number => {
      for (const client of clients) {
        if (client instanceof VirtualClient) {
          this.#outside.add(client);
          this.#virtuals++;
        } else {
          this.#directs.push(client as never);
        }
      }
      return push(...(clients as never[]));
    });
    own('delete', (client: Client | VirtualClient): boolean => {
      const removed = remove(client as never);
      if (!removed) return removed;
      if (client instanceof VirtualClient) {
        this.#virtuals--;
        this.#outside.delete(client);
        client.ref.quiet();
      } else {
        this.#directs.delete(client as never);
      }
      return removed;
    });
  }

  #wrapBroadcast(): void {
    const room = this.#room;
    const broadcast = room.broadcastMessageType.bind(room);
    room.broadcastMessageType = (type, message, options = {}) => {
      if (this.#directs.length > 0) this.#forDirects(() => broadcast(type, message, options));
      if (this.#virtuals === 0 && options.afterNextPatch !== true) return;
      const frame = message instanceof Uint8Array
        ? getMessageBytes.raw(Protocol.ROOM_DATA_BYTES, type, undefined, message)
        : getMessageBytes.raw(Protocol.ROOM_DATA, type, message);
      const waiting = { frame, except: exceptions(options.except) };
      if (options.afterNextPatch === true) this.#afterPatch.push(waiting);
      else this.#say(waiting);
    };
    const flush = room._flushAfterPatchBroadcasts.bind(room);
    room._flushAfterPatchBroadcasts = () => {
      this.#forDirects(flush);
      const waiting = this.#afterPatch;
      if (waiting.length === 0) return;
      this.#afterPatch = [];
      for (const one of waiting) this.#say(one);
    };
  }

  #say({ frame, except }: Waiting): void {
    if (this.#virtuals === 0) return;
    for (const client of this.#outside) if (!except.includes(client)) client.enqueueRaw(frame);
    this.announce(frame, except);
  }

  /** Colyseus loops over `clients` in `run`, and no code of the room's author is called from there. */
  #forDirects(run: () => void): void {
    this.#room.clients = this.#directs;
    try {
      run();
    } finally {
      this.#room.clients = this.#all;
    }
  }
}

const exceptions = (except: unknown): VirtualClient[] => {
  const list: unknown[] = Array.isArray(except) ? except : [except];
  return list.filter((client) => client instanceof VirtualClient);
};
