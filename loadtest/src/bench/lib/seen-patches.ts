/**
 * Whether every viewer has what the room has, without a decoder each: a patch carries its number, and the same number must be the same
 * bytes for everybody. A viewer whose numbers rise by one from its keyframe on has applied exactly the room's changes. So its state is
 * that of its keyframe and the patches after it, which is decoded once for all viewers that began with the same keyframe.
 */
import { Decoder, Reflection, type Schema } from '@colyseus/schema';
import { FRAME, ROOT_SWITCH } from '@crowdcue/protocol';
import { now } from '../../clock.js';
import type { Ages } from './ages.js';
import { beatJson, BODY_BYTES, BODY_SEQ_AT, BODY_SEQ_END, BODY_TIME_AT } from './beat-state.js';

const STRIDE = BODY_BYTES + ROOT_SWITCH.length;

/** What the viewers of a load show, against what the room says. */
export interface Verdict {
  readonly viewers: number;
  /** Of these, whose state is the room's. */
  readonly equal: number;
  /** Patches that were applied, by all viewers. */
  readonly patches: number;
  /** Frames that they came in. */
  readonly frames: number;
  /** Keyframes after the first of a viewer. */
  readonly resyncs: number;
  /** What went wrong first; undefined for nothing. */
  readonly fault: string | undefined;
}

interface Keyframe {
  readonly body: Buffer;
  readonly seq: number;
}

export class SeenPatches {
  readonly #bodies = new Map<number, Buffer>();
  readonly #keyframes = new Map<string, Keyframe>();
  readonly #viewers: SeenViewer[] = [];
  patches = 0;
  frames = 0;
  resyncs = 0;
  fault: string | undefined;

  /** `ages` takes those of its patches. */
  viewer(ages: Ages | undefined): SeenViewer {
    const viewer = new SeenViewer(this, ages);
    this.#viewers.push(viewer);
    return viewer;
  }

  /** The keyframe as one that is kept: a crowd begins with few different ones. */
  keyframe(payload: Uint8Array): Keyframe {
    const body = Buffer.from(payload.subarray(1));
    const key = body.toString('latin1');
    let known = this.#keyframes.get(key);
    if (known === undefined) {
      // In a whole state as in a patch the fields stand in order, each behind one byte.
      known = { body, seq: seqOf(body) };
      this.#keyframes.set(key, known);
    }
    return known;
  }

  /** Whether a body is the one that everybody else has under its number. */
  same(seq: number, body: Buffer): boolean {
    const known = this.#bodies.get(seq);
    if (known !== undefined) return known.equals(body);
    this.#bodies.set(seq, Buffer.from(body));
    return true;
  }

  /** Compares with the room: its change number and its state as text. */
  verdict(reflection: Uint8Array, truth: { readonly seq: number; readonly json: string }): Verdict {
    const states = new Map<Keyframe, boolean>();
    let equal = 0;
    for (const { keyframe, seq } of this.#viewers) {
      if (keyframe === undefined) continue;
      if (seq !== truth.seq) {
        this.fault ??= `a viewer is at ${seq}, the room at ${truth.seq}`;
        continue;
      }
      let right = states.get(keyframe);
      if (right === undefined) states.set(keyframe, (right = this.#decoded(reflection, keyframe, truth.seq) === truth.json));
      if (right) equal++;
      else this.fault ??= `the patches after keyframe ${keyframe.seq} decode to another state`;
    }
    const { patches, frames, resyncs, fault } = this;
    return { viewers: this.#viewers.length, equal, patches, frames, resyncs, fault };
  }

  /** The state after keyframe and patches; undefined when nobody was sent one of them. */
  #decoded(reflection: Uint8Array, keyframe: Keyframe, until: number): string | undefined {
    const { context, state } = Reflection.decode(reflection);
    const root = (state.constructor as typeof Schema).initializeForDecoder() as Schema;
    const decoder = new Decoder(root, context);
    decoder.decode(keyframe.body);
    for (let seq = keyframe.seq + 1; seq <= until; seq++) {
      const body = this.#bodies.get(seq);
      if (body === undefined) return undefined;
      decoder.decode(body);
    }
    return beatJson(root);
  }
}

const seqOf = (body: Buffer): number => Number(body.toString('latin1', BODY_SEQ_AT, BODY_SEQ_END));

/** One viewer: which keyframe it began with, and the number of its last change. */
export class SeenViewer {
  keyframe: Keyframe | undefined;
  seq = -1;

  constructor(private readonly all: SeenPatches, private readonly ages: Ages | undefined) {}

  /** Takes a frame; false when it is none that changes the state. `payload` is only lent. */
  take(payload: Uint8Array): boolean {
    if (payload[0] === FRAME.roomState) {
      if (this.keyframe !== undefined) this.all.resyncs++;
      this.keyframe = this.all.keyframe(payload);
      this.seq = this.keyframe.seq;
      return true;
    }
    if (payload[0] !== FRAME.roomStatePatch) return false;
    const bodies = Buffer.from(payload.buffer, payload.byteOffset + 1, payload.length - 1);
    const count = (bodies.length + ROOT_SWITCH.length) / STRIDE;
    if (!Number.isInteger(count)) this.all.fault ??= `a frame of ${payload.length} bytes is no run of patches`;
    const at = now();
    for (let i = 0; i < count; i++) this.#body(bodies.subarray(i * STRIDE, i * STRIDE + BODY_BYTES), at);
    this.all.frames++;
    return true;
  }

  #body(body: Buffer, at: number): void {
    const seq = seqOf(body);
    if (seq !== this.seq + 1) this.all.fault ??= `change ${seq} came after ${this.seq}`;
    if (!this.all.same(seq, body)) this.all.fault ??= `change ${seq} is not the same for everybody`;
    this.seq = seq;
    this.all.patches++;
    this.ages?.add(at - body.readDoubleLE(BODY_TIME_AT));
  }
}
