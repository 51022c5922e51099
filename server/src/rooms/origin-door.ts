/**
 * Clients that connect to the origin itself, without a relay: the door keeps them as the viewers of one more relay, the origin's own, so
 * that they go the same way (batch, tick, journal) as everybody. State reaches them by Colyseus's own broadcast.
 */
import type { Client, Room } from '@colyseus/core';
import { BatchBuilder, closeForError, CLOSE, encodeError, FRAME, type TokenClaims } from '@crowdcue/protocol';
import type { RoomInput } from './inputs.js';
import type { RelayPart } from './outbound.js';
import { ORIGIN_RELAY } from './relay-runs.js';

const FORWARDED: ReadonlySet<number> = new Set([FRAME.roomData, FRAME.roomDataBytes, FRAME.roomRequest]);

interface MessagedRoom {
  _onMessage(client: Client, buffer: Uint8Array): void;
}

export class OriginDoor {
  readonly #builder = new BatchBuilder();
  readonly #clients = new Map<number, { client: Client; connection: number }>();
  readonly #slots = new Map<string, number>();
  #nextSlot = 0;
  #connections = 0;
  #n = 0;
  /** Slots of those who left: since the last tick; by tick, while it may still have words for them; and free. */
  #leaving: number[] = [];
  readonly #departed: number[][] = [];
  readonly #free: number[] = [];

  /** `epoch` is this door's incarnation: a new life of the room is a new run. */
  constructor(room: Room, readonly epoch: number) {
    const messaged = room as unknown as MessagedRoom;
    const onMessage = messaged._onMessage.bind(room);
    messaged._onMessage = (client, buffer) => {
      const slot = this.#slots.get(client.sessionId);
      if (slot !== undefined && FORWARDED.has(buffer[0]!)) this.#builder.message(slot, buffer);
      else onMessage(client, buffer);
    };
  }

  up(): RoomInput {
    return { kind: 'relay-up', relayId: ORIGIN_RELAY, incarnation: this.epoch };
  }

  join(client: Client, claims: TokenClaims): void {
    const slot = this.#free.pop() ?? this.#nextSlot++;
    const connection = this.#connections++;
    this.#clients.set(slot, { client, connection });
    this.#slots.set(client.sessionId, slot);
    this.#builder.join({
      slot, connection, viewer: claims.sub, sessionId: client.sessionId, tier: claims.tier, name: claims.name, mac: claims.mac, direct: false,
    });
  }

  leave(client: Client, code: number): void {
    const slot = this.#slots.get(client.sessionId);
    if (slot === undefined) return;
    const { connection } = this.#clients.get(slot)!;
    this.#slots.delete(client.sessionId);
    this.#clients.delete(slot);
    this.#leaving.push(slot);
    this.#builder.leave({ slot, connection, code });
  }

  /** What came since the last tick; called once for each. */
  take(eventTime: number): RoomInput | undefined {
    this.#departed.push(this.#leaving);
    this.#leaving = [];
    if (this.#builder.size === 0) return undefined;
    return { kind: 'batch', relayId: ORIGIN_RELAY, incarnation: this.epoch, bytes: this.#builder.encode(++this.#n, eventTime) };
  }

  /** Hands out one tick's words; called once for each, in their order. */
  deliver(part: RelayPart & { readonly broadcasts: readonly Uint8Array[] }): void {
    for (const frame of part.broadcasts) for (const { client } of this.#clients.values()) client.enqueueRaw(frame);
    this.#handOut(part);
    this.#free.push(...this.#departed.shift() ?? []);
  }

  #handOut(part: RelayPart): void {
    for (const { slot, frame } of part.privates) this.#clients.get(slot)?.client.enqueueRaw(frame);
    for (const { slot, frame } of part.directs) this.#clients.get(slot)?.client.enqueueRaw(frame);
    for (const { slot, code } of part.refusals) this.#clients.get(slot)?.client.enqueueRaw(encodeError(code));
    for (const { slot, reason } of part.kicks) {
      const code = reason === 'taken_over' ? CLOSE.taken_over : closeForError(reason);
      this.#clients.get(slot)?.client.leave(code, reason);
    }
  }
}
