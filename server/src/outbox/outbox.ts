/**
 * The outbox: messages that the ledger wrote with its entries, handed out until delivered or parked.
 *
 * Life cycle: the ledger posts → `take` → `delivered`, or `failed` until the last attempt parks it as a dead letter → `retryDead`.
 * Invariants: a message exists exactly if its entry does; a message is handed out only after those before it of the same entitlement are
 * delivered or parked; a taken message is not handed out again before its lease ends, and then it is, so deliveries are at
 * least once and known by their id. Knows fetch, deliver, park and clock, not what a drop is.
 * Must not import anything of ours but ledger types and store.
 */
import type { Entry } from '../ledger/index.js';

/** `<event>:<seq>`: the same at each attempt; receivers recognise repeats by it. */
export type MessageId = string;

export interface OutboxMessage {
  id: MessageId;
  entry: Entry;
  /** failed tries so far */
  attempts: number;
}

export interface DeadLetter extends OutboxMessage {
  error: string;
}

export interface Outbox {
  /** Due messages, oldest first, leased to the caller. `now` in ms. */
  take(limit: number, now: number): Promise<OutboxMessage[]>;
  delivered(id: MessageId, now: number): Promise<void>;
  /** Tries again at `nextAt` (ms), or parks the message when this was its last attempt. */
  failed(id: MessageId, error: string, nextAt: number): Promise<'retry' | 'parked'>;
  dead(limit: number): Promise<DeadLetter[]>;
  /** Gives a dead letter a new life; false when there is none of that id. */
  retryDead(id: MessageId, now: number): Promise<boolean>;
}

export interface OutboxOptions {
  maxAttempts: number;
  /** ms that a taken message is kept from others; longer than a delivery may take */
  leaseMs: number;
}

/** Event and seq of a message. */
export const split = (id: MessageId): [event: string, seq: number] => {
  const at = id.lastIndexOf(':');
  return [id.slice(0, at), Number(id.slice(at + 1))];
};
