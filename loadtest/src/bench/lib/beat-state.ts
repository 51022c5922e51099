/**
 * The state that every side of a comparison carries, and its change each tick. A patch of it is 64 bytes, always: fields of fixed size,
 * and the same ones change. So all sides send the same number of bytes, and whoever counts knows where in a patch its time stands.
 * The number of the change stands in it too: who has seen every number has lost nothing.
 */
import { randomBytes } from 'node:crypto';
import { Encoder, Reflection, schema, t } from '@colyseus/schema';
import { now } from '../../clock.js';

const CELLS = 8;
const SEQ_DIGITS = 8;
/** 64 bytes, less 9 of the time, 5 of a cell, and 3 before the text. */
const TEXT_LENGTH = 47;

/** Bytes of one patch body. */
export const BODY_BYTES = 64;
/** Where in a body the time stands (float64, ms of the machine's monotonic clock). */
export const BODY_TIME_AT = 1;
/** Where in a body the number of the change stands, as digits. */
export const BODY_SEQ_AT = 12;
export const BODY_SEQ_END = BODY_SEQ_AT + SEQ_DIGITS;

export const BeatState = schema({
  time: t.float64().default(0), text: t.string().default(''),
  c0: t.uint32().default(0), c1: t.uint32().default(0), c2: t.uint32().default(0), c3: t.uint32().default(0),
  c4: t.uint32().default(0), c5: t.uint32().default(0), c6: t.uint32().default(0), c7: t.uint32().default(0),
}, 'BeatState');
export type BeatState = InstanceType<typeof BeatState>;

/** Makes the next change; answers its number. */
export class Beat {
  seq = 0;

  constructor(readonly state: BeatState) {}

  change(): void {
    this.seq++;
    this.state.time = now();
    this.state.text = `${String(this.seq).padStart(SEQ_DIGITS, '0')}${randomBytes(TEXT_LENGTH).toString('base64url')}`.slice(0, TEXT_LENGTH);
    const cell = `c${this.seq % CELLS}` as 'c0';
    this.state[cell] = (this.state[cell] + 1 + randomBytes(2).readUInt16LE()) >>> 0;
  }
}

/** The state with an encoder of its own, for an origin that is no Colyseus room. */
export class EncodedBeat {
  readonly beat = new Beat(new BeatState());
  readonly #encoder: Encoder;
  readonly reflection: Uint8Array;

  constructor() {
    this.#encoder = new Encoder(this.beat.state);
    this.reflection = Uint8Array.from(Reflection.encode(this.#encoder));
    this.patch();
  }

  /** The whole state; only at a patch boundary, which is whenever this can be called. */
  keyframe(): Uint8Array {
    return Uint8Array.from(this.#encoder.encodeAll());
  }

  /** One change, encoded. */
  patch(): Uint8Array {
    this.beat.change();
    const body = Uint8Array.from(this.#encoder.encode());
    this.#encoder.discardChanges();
    return body;
  }
}

/** The state as text that is equal when the states are. */
export const beatJson = (state: { toJSON(): unknown }): string => JSON.stringify(state.toJSON());
