import { CrowdcueError, DATA_TYPE, FRAME } from '@crowdcue/protocol';
import { Decoder, Reflection, type Schema } from '@colyseus/schema';

/** A 53-bit hash of bytes that goes on from an earlier one: two FNV-1a streams. Good enough to tell frames apart, and cheap. */
export class FrameHash {
  #a = 0x811c9dc5;
  #b = 0x9747b28c;

  reset(): this {
    this.#a = 0x811c9dc5;
    this.#b = 0x9747b28c;
    return this;
  }

  add(bytes: Uint8Array): this {
    let a = this.#a;
    let b = this.#b;
    for (let i = 0; i < bytes.length; i++) {
      a = Math.imul(a ^ bytes[i]!, 0x01000193);
      b = Math.imul(b ^ bytes[i]!, 0x85ebca6b);
    }
    this.#a = a;
    this.#b = b;
    return this;
  }

  value(): number {
    return (this.#a >>> 0) * 2_097_152 + (this.#b >>> 11);
  }
}

/** The reflection is the same for a whole crowd, and decoding it costs a millisecond: done once a thread. */
const prototypes = new Map<string, Decoder>();

const prototypeOf = (reflection: Uint8Array): Decoder => {
  const key = Buffer.from(reflection).toString('latin1');
  let known = prototypes.get(key);
  if (known === undefined) prototypes.set(key, (known = Reflection.decode(reflection)));
  return known;
};

/** What behaviour reads of the state. */
export interface SeenState {
  readonly phase: string;
  readonly round: number;
  readonly game: string;
  readonly texts: { get(key: string): string | undefined };
  readonly numbers: { get(key: string): number | undefined };
}

/** One viewer's decoded state. */
export class SeenMirror {
  readonly #decoder: Decoder;
  #synced = false;

  constructor(reflection: Uint8Array) {
    const { context, state } = prototypeOf(reflection);
    const root = (state.constructor as typeof Schema).initializeForDecoder() as Schema;
    this.#decoder = new Decoder(root, context);
  }

  get state(): SeenState | undefined {
    return this.#synced ? (this.#decoder.state as unknown as SeenState) : undefined;
  }

  keyframe(frame: Uint8Array): void {
    if (this.#synced) this.#decoder.decodeResync(frame, { offset: 1 });
    else this.#decoder.decode(frame, { offset: 1 });
    this.#synced = true;
  }

  patch(frame: Uint8Array): void {
    if (!this.#synced) throw new CrowdcueError('frame_malformed', 'A patch came before its keyframe.');
    this.#decoder.decode(frame, { offset: 1 });
  }

  /** The state as text that is equal when the states are. */
  json(): string {
    return JSON.stringify(sorted((this.#decoder.state as Schema).toJSON()));
  }
}

/** Keys in one order: a map's order depends on when its entries came. */
const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, sorted(inner)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
};

const ME = Uint8Array.from([FRAME.roomData, 0xa0 | DATA_TYPE.me.length, ...new TextEncoder().encode(DATA_TYPE.me)]);

/** The packed payload of a `__me` frame, without decoding its head for each of thousands. */
export const meOf = (frame: Uint8Array): Uint8Array | undefined => {
  for (let i = 0; i < ME.length; i++) if (frame[i] !== ME[i]) return undefined;
  return frame.subarray(ME.length);
};
