/** Chance by a seed, and what it does to bytes: the mutations that break decoders. */
import { seeded } from '../clock.js';

/** The largest varint, and one that never ends. */
const HUGE_VARINTS = [[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f], [0xff, 0xff, 0xff, 0xff, 0x0f], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]];
/** Bytes that begin something in one of the encodings on the wire. */
const TELLING = [0, 1, 0x7f, 0x80, 0xff, 0xcc, 0xcd, 0xce, 0xcf, 0xd9, 0xda, 0xdb, 0xa0, 0xbf, 0xc0];

export class Chance {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seeded(seed);
  }

  /** A whole number from 0 to `below` - 1. */
  below(below: number): number {
    return Math.floor(this.#random() * below);
  }

  /** True once in `n`. */
  oneIn(n: number): boolean {
    return this.below(n) === 0;
  }

  pick<T>(all: readonly T[]): T {
    return all[this.below(all.length)]!;
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.below(256));
  }

  /** Printable ASCII. */
  text(length: number): string {
    return Array.from({ length }, () => String.fromCharCode(0x21 + this.below(0x5e))).join('');
  }

  /** A session id as an SDK makes one. */
  session(): string {
    return Buffer.from(this.bytes(16)).toString('base64url');
  }

  /** One to three mutations of `frame`; `other` is another true one, for splicing. */
  mutated(frame: Uint8Array, other: Uint8Array): Uint8Array {
    let bytes = frame;
    for (let left = 1 + this.below(3); left > 0; left--) bytes = this.#mutate(bytes, other);
    return bytes;
  }

  #mutate(frame: Uint8Array, other: Uint8Array): Uint8Array {
    const at = this.below(frame.length + 1);
    const copy = Uint8Array.from(frame);
    switch (this.below(9)) {
      case 0: // bits flipped
        for (let left = 1 + this.below(4); left > 0 && copy.length > 0; left--) copy[this.below(copy.length)]! ^= 1 << this.below(8);
        return copy;
      case 1: return copy.subarray(0, at); // truncated
      case 2: return joined(frame, frame); // doubled
      case 3: return joined(frame.subarray(0, at), this.bytes(1 + this.below(8)), frame.subarray(at)); // bytes put in
      case 4: return joined(frame.subarray(0, at), Uint8Array.from(this.pick(HUGE_VARINTS)), frame.subarray(at + 1)); // a number made huge
      case 5: return joined(frame.subarray(0, at), frame.subarray(at + 1 + this.below(4))); // bytes left out
      case 6: return joined(frame.subarray(0, at), other.subarray(this.below(other.length + 1))); // two spliced
      case 7: // a byte that means something
        if (copy.length > 0) copy[this.below(copy.length)] = this.pick(TELLING);
        return copy;
      default: return joined(frame, this.bytes(1 + this.below(4))); // a tail
    }
  }
}

const joined = (...parts: readonly Uint8Array[]): Uint8Array => {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
};
