/**
 * A growing writer and a checked reader over bytes. Numbers are little-endian, lengths and counts are unsigned LEB128 varints.
 * `colyNumber` and `colyString` are the encodings of @colyseus/schema, for frames that a stock SDK reads.
 */
import { CrowdcueError } from './errors.js';

const textEncoder = new TextEncoder();
// Text arrives as it was sent: a byte order mark in front belongs to it.
const textDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Bytes of 7 bits that hold every integer up to 2^53 - 1. */
const VARINT_BYTES = 8;
const U32 = 0xffff_ffff;

/** Characters up to which a loop is quicker than a call of the platform's encoder, which allocates. */
const SHORT = 64;

/** What is one byte a character anyway: ids, tiers, most names. */
const isShortAscii = (value: string): boolean => {
  if (value.length > SHORT) return false;
  for (let i = 0; i < value.length; i++) if (value.charCodeAt(i) >= 0x80) return false;
  return true;
};

/** Writes into one buffer that grows by doubling. `bytes()` is a copy, `view()` is valid until the next write. */
export class ByteWriter {
  #buffer: Uint8Array;
  #view: DataView;
  offset = 0;

  constructor(capacity = 1024) {
    this.#buffer = new Uint8Array(capacity);
    this.#view = new DataView(this.#buffer.buffer);
  }

  reset(): this {
    this.offset = 0;
    return this;
  }

  #reserve(more: number): void {
    const need = this.offset + more;
    if (need <= this.#buffer.length) return;
    const grown = new Uint8Array(Math.max(need, this.#buffer.length * 2));
    grown.set(this.#buffer.subarray(0, this.offset));
    this.#buffer = grown;
    this.#view = new DataView(grown.buffer);
  }

  u8(value: number): this {
    this.#reserve(1);
    this.#buffer[this.offset++] = value;
    return this;
  }

  u16(value: number): this {
    this.#reserve(2);
    this.#view.setUint16(this.offset, value, true);
    this.offset += 2;
    return this;
  }

  f64(value: number): this {
    this.#reserve(8);
    this.#view.setFloat64(this.offset, value, true);
    this.offset += 8;
    return this;
  }

  /** An unsigned integer up to 2^53 - 1, in its shortest form. Anything else is a mistake of the caller: `RangeError`. */
  varint(value: number): this {
    if (!(value >= 0 && value <= Number.MAX_SAFE_INTEGER)) throw new RangeError(`${value} is no varint`);
    this.#reserve(VARINT_BYTES);
    while (value >= 0x80) {
      this.#buffer[this.offset++] = (value % 0x80) | 0x80;
      value = Math.floor(value / 0x80);
    }
    this.#buffer[this.offset++] = value;
    return this;
  }

  raw(bytes: Uint8Array): this {
    this.#reserve(bytes.length);
    this.#buffer.set(bytes, this.offset);
    this.offset += bytes.length;
    return this;
  }

  /** A length and the bytes. */
  block(bytes: Uint8Array): this {
    return this.varint(bytes.length).raw(bytes);
  }

  text(value: string): this {
    if (isShortAscii(value)) return this.varint(value.length).#ascii(value);
    return this.block(textEncoder.encode(value));
  }

  #ascii(value: string): this {
    this.#reserve(value.length);
    for (let i = 0; i < value.length; i++) this.#buffer[this.offset++] = value.charCodeAt(i);
    return this;
  }

  /** Text of at most 255 bytes behind a length of one byte, as in JOIN_ROOM. Longer text is a mistake of the caller: `RangeError`. */
  shortText(value: string): this {
    if (isShortAscii(value)) return this.u8(value.length).#ascii(value);
    const utf8 = textEncoder.encode(value);
    if (utf8.length > 0xff) throw new RangeError(`${utf8.length} bytes do not fit a length of one byte`);
    return this.u8(utf8.length).raw(utf8);
  }

  /** An unsigned integer up to 2^32 - 1 as @colyseus/schema reads it, and up to 2^31 - 1 also as it writes it. */
  colyNumber(value: number): this {
    if (value < 0x80) return this.u8(value);
    if (value <= 0xff) return this.u8(0xcc).u8(value);
    if (value <= 0xffff) return this.u8(0xcd).u16(value);
    return this.u8(0xce).#u32(value);
  }

  #u32(value: number): this {
    this.#reserve(4);
    this.#view.setUint32(this.offset, value, true);
    this.offset += 4;
    return this;
  }

  /** A string as @colyseus/schema writes it. */
  colyString(value: string): this {
    const utf8 = textEncoder.encode(value);
    if (utf8.length < 0x20) this.u8(0xa0 | utf8.length);
    else if (utf8.length <= 0xff) this.u8(0xd9).u8(utf8.length);
    else if (utf8.length <= 0xffff) this.u8(0xda).u16(utf8.length);
    else this.u8(0xdb).#u32(utf8.length);
    return this.raw(utf8);
  }

  bytes(): Uint8Array {
    return this.#buffer.slice(0, this.offset);
  }

  view(): Uint8Array {
    return this.#buffer.subarray(0, this.offset);
  }
}

/** Reads with bounds: whatever is missing is `frame_truncated`, whatever means nothing is `frame_malformed`. */
export class ByteReader {
  readonly #view: DataView;
  offset = 0;

  readonly buffer: Uint8Array;

  /** A Node Buffer is read as the plain bytes that it is: its `slice` would not copy. */
  constructor(bytes: Uint8Array, offset = 0) {
    this.buffer = bytes.constructor === Uint8Array ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.offset = offset;
  }

  get left(): number {
    return this.buffer.length - this.offset;
  }

  #need(count: number): void {
    if (this.left < count) throw new CrowdcueError('frame_truncated');
  }

  u8(): number {
    this.#need(1);
    return this.buffer[this.offset++]!;
  }

  u16(): number {
    this.#need(2);
    const value = this.#view.getUint16(this.offset, true);
    this.offset += 2;
    return value;
  }

  #u32(): number {
    this.#need(4);
    const value = this.#view.getUint32(this.offset, true);
    this.offset += 4;
    return value;
  }

  f64(): number {
    this.#need(8);
    const value = this.#view.getFloat64(this.offset, true);
    this.offset += 8;
    return value;
  }

  /** A finite f64: a time or an id that arithmetic may use. */
  finite(): number {
    const value = this.f64();
    if (!Number.isFinite(value)) throw new CrowdcueError('frame_malformed');
    return value;
  }

  varint(): number {
    const first = this.u8();
    if (first < 0x80) return first;
    let value = first & 0x7f;
    let scale = 0x80;
    for (let bytes = 1; bytes < VARINT_BYTES; bytes++) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        // One number, one form: a last byte of 0 could have been left out.
        if (byte === 0 || value > Number.MAX_SAFE_INTEGER) break;
        return value;
      }
      scale *= 0x80;
    }
    throw new CrowdcueError('frame_malformed');
  }

  /** A varint that counts or numbers something and may be `max` at most. */
  bounded(max: number): number {
    const value = this.varint();
    if (value > max) throw new CrowdcueError('frame_malformed');
    return value;
  }

  /** As many varints of at most 32 bits. The loop of a batch's columns: numbers of up to three bytes are read without a call each. */
  columnU32(into: Uint32Array, count: number): void {
    const { buffer } = this;
    let at = this.offset;
    for (let i = 0; i < count; i++) {
      const a = buffer[at]!;
      if (a < 0x80) {
        into[i] = a;
        at++;
        continue;
      }
      const b = buffer[at + 1]!;
      const c = buffer[at + 2]!;
      if (b > 0 && b < 0x80) {
        into[i] = (a & 0x7f) | (b << 7);
        at += 2;
      } else if (b >= 0x80 && c > 0 && c < 0x80) {
        into[i] = (a & 0x7f) | ((b & 0x7f) << 7) | (c << 14);
        at += 3;
      } else {
        this.offset = at; // longer, or wrong, or beyond the end
        into[i] = this.bounded(U32);
        at = this.offset;
      }
    }
    this.offset = at;
  }

  /** The next `length` bytes, not copied. */
  raw(length: number): Uint8Array {
    this.#need(length);
    const bytes = this.buffer.subarray(this.offset, this.offset + length);
    this.offset += length;
    return bytes;
  }

  block(): Uint8Array {
    return this.raw(this.varint());
  }

  text(): string {
    return decodeText(this.block());
  }

  shortText(): string {
    return decodeText(this.raw(this.u8()));
  }

  colyNumber(): number {
    const first = this.u8();
    if (first < 0x80) return first;
    switch (first) {
      case 0xcc: return this.u8();
      case 0xcd: return this.u16();
      case 0xce: return this.#u32();
      default: throw new CrowdcueError('frame_malformed');
    }
  }

  /** Whether a @colyseus/schema string stands here (a message type is a string or a number). */
  isColyString(): boolean {
    this.#need(1);
    const first = this.buffer[this.offset]!;
    return (first >= 0xa0 && first < 0xc0) || (first >= 0xd9 && first <= 0xdb);
  }

  colyString(): string {
    const first = this.u8();
    if (first >= 0xa0 && first < 0xc0) return decodeText(this.raw(first & 0x1f));
    if (first === 0xd9) return decodeText(this.raw(this.u8()));
    if (first === 0xda) return decodeText(this.raw(this.u16()));
    if (first === 0xdb) return decodeText(this.raw(this.#u32()));
    throw new CrowdcueError('frame_malformed');
  }

  end(): void {
    if (this.left !== 0) throw new CrowdcueError('frame_malformed');
  }
}

export const decodeText = (bytes: Uint8Array): string => {
  try {
    return textDecoder.decode(bytes);
  } catch (cause) {
    throw new CrowdcueError('frame_malformed', undefined, { cause });
  }
};
