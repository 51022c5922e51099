import { ByteWriter, CrowdcueError } from '@crowdcue/protocol';
import { BIN, INT, LIST, MAP, MAX_DEPTH, TEXT, UINT } from './msgpack.js';

const textEncoder = new TextEncoder();

/** How many bytes a number below 2^32 takes, as a power of two. */
const powerOf = (value: number): number => (value < 0x100 ? 0 : value < 0x1_0000 ? 1 : 2);

/** A code and an integer behind it, big-endian. */
const writeSized = (w: ByteWriter, code: number, value: number, power: number): void => {
  w.u8(code + power);
  for (let at = (1 << power) - 1; at >= 0; at--) w.u8((value >> (8 * at)) & 0xff);
};

const writeNumber = (w: ByteWriter, value: number): void => {
  if (!Number.isInteger(value) || value > 0xffff_ffff || value < -0x8000_0000) {
    w.u8(0xcb).raw(new Uint8Array(new Float64Array([value]).buffer).reverse());
  } else if (value >= -0x20 && value < 0x80) w.u8(value & 0xff);
  else if (value >= 0) writeSized(w, UINT, value, powerOf(value));
  else writeSized(w, INT, value, powerOf(2 * ~value));
};

const writeText = (w: ByteWriter, value: string): void => {
  const utf8 = textEncoder.encode(value);
  if (utf8.length < 0x20) w.u8(0xa0 | utf8.length);
  else writeSized(w, TEXT, utf8.length, powerOf(utf8.length));
  w.raw(utf8);
};

const writeCount = (w: ByteWriter, short: number, code: number, count: number): void => {
  if (count < 0x10) w.u8(short | count);
  else writeSized(w, code, count, Math.max(1, powerOf(count)));
};

const writeObject = (w: ByteWriter, value: object, depth: number): void => {
  if (depth === 0) throw new CrowdcueError('bad_request', 'The message is nested too deep.');
  const { toJSON } = value as { toJSON?: unknown };
  if (value instanceof Uint8Array) {
    writeSized(w, BIN, value.length, powerOf(value.length));
    w.raw(value);
  } else if (Array.isArray(value)) {
    writeCount(w, 0x90, LIST, value.length);
    for (const item of value) write(w, item, depth - 1);
  } else if (typeof toJSON === 'function') write(w, toJSON.call(value), depth - 1);
  else {
    const entries = value instanceof Map ? [...value] : Object.entries(value);
    writeCount(w, 0x80, MAP, entries.length);
    for (const pair of entries) for (const part of pair) write(w, part, depth - 1);
  }
};

const write = (w: ByteWriter, value: unknown, depth: number): void => {
  switch (typeof value) {
    case 'undefined': w.u8(0xd4).u16(0); return;
    case 'boolean': w.u8(value ? 0xc3 : 0xc2); return;
    case 'number': return writeNumber(w, value);
    case 'string': return writeText(w, value);
    case 'object':
      if (value !== null) return writeObject(w, value, depth);
      w.u8(0xc0);
      return;
    default: throw new CrowdcueError('bad_request', `A ${typeof value} is nothing that a message can hold.`);
  }
};

/**
 * Packs a message. Objects are seen as `JSON.stringify` sees them (so a `Date` is its text), but bytes stay bytes and a `Map` is a map.
 * @throws CrowdcueError `bad_request` for a function, a symbol, a bigint, and for more than 64 levels
 */
export const encodeMsgpack = (value: unknown): Uint8Array => {
  const w = new ByteWriter(256);
  write(w, value, MAX_DEPTH);
  return w.bytes();
};
