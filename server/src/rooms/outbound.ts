/**
 * What a tick has to say to viewers, collected by row and made into each relay's part of the tick frame. Not part of the room's
 * deterministic state: a restored room says everything anew to whoever comes back.
 */
import { encodeError, type ErrorCode, type PrivateFrame, type TickFrame } from '@crowdcue/protocol';

/** Rows to be told something, each once. Every action adds to it, so both tables are flat and nothing is allocated for a row. */
class RowSet {
  #marks = new Uint8Array(256);
  #rows = new Uint32Array(256);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(row: number): void {
    if (row >= this.#marks.length) this.#grow(row + 1);
    if (this.#marks[row] === 1) return;
    this.#marks[row] = 1;
    this.#rows[this.#size++] = row;
  }

  /** Up to `limit` rows, oldest first. */
  take(limit: number): Uint32Array {
    const taken = this.#rows.slice(0, Math.min(limit, this.#size));
    for (const row of taken) this.#marks[row] = 0;
    this.#rows.copyWithin(0, taken.length, this.#size);
    this.#size -= taken.length;
    return taken;
  }

  #grow(needed: number): void {
    const capacity = Math.max(needed, this.#marks.length * 2);
    const [marks, rows] = [new Uint8Array(capacity), new Uint32Array(capacity)];
    marks.set(this.#marks);
    rows.set(this.#rows);
    this.#marks = marks;
    this.#rows = rows;
  }
}

/** The connection of a viewer at the end of a tick. */
export interface Address {
  readonly relay: number;
  readonly slot: number;
}

/** One relay's part, still by slot. */
export interface RelayPart {
  confirms: { slot: number; n: number }[];
  refusals: { slot: number; n: number; code: ErrorCode }[];
  privates: PrivateFrame[];
  directs: { slot: number; frame: Uint8Array }[];
  kicks: TickFrame['kicks'][number][];
}

const emptyPart = (): RelayPart => ({ confirms: [], refusals: [], privates: [], directs: [], kicks: [] });

/** Keys of private state; a relay keeps the latest frame of each. */
export const PRIVATE_KEY = { me: 1 } as const;

export class Outbound {
  /** Rows that are told again which of their actions were refused; before their confirmation. */
  readonly retold = new RowSet();
  readonly confirms = new RowSet();
  readonly standings = new RowSet();
  /** Frames for everybody, of this tick. */
  broadcasts: Uint8Array[] = [];
  #parts: RelayPart[] = [];
  #refused = new Map<ErrorCode, number>();

  part(relay: number): RelayPart {
    return (this.#parts[relay] ??= emptyPart());
  }

  /** Actions refused since the last call, by code. */
  takeRefused(): ReadonlyMap<ErrorCode, number> {
    const refused = this.#refused;
    if (refused.size > 0) this.#refused = new Map();
    return refused;
  }

  refuse(relay: number, slot: number, n: number, code: ErrorCode): void {
    this.#refused.set(code, (this.#refused.get(code) ?? 0) + 1);
    this.tellRefusal(relay, slot, n, code);
  }

  tellRefusal(relay: number, slot: number, n: number, code: ErrorCode): void {
    this.part(relay).refusals.push({ slot, n, code });
  }

  kick(relay: number, slot: number, connection: number, reason: ErrorCode | 'taken_over'): void {
    const part = this.part(relay);
    if (reason !== 'taken_over') part.directs.push({ slot, frame: encodeError(reason) });
    part.kicks.push({ slot, connection, reason });
  }

  /** Tells everybody; `undefined` is nothing. */
  tell(frame: Uint8Array | undefined): void {
    if (frame !== undefined) this.broadcasts.push(frame);
  }

  direct(address: Address, frame: Uint8Array): void {
    this.part(address.relay).directs.push({ slot: address.slot, frame });
  }

  /** Ends the tick: what is left is for relays that are away; they are told anew when they come back. */
  clear(): void {
    this.#parts = [];
    this.broadcasts = [];
  }

  /** Hands out a relay's part and forgets it. */
  takePart(relay: number): RelayPart {
    const part = this.#parts[relay] ?? emptyPart();
    this.#parts[relay] = emptyPart();
    return part;
  }
}

