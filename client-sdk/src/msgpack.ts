/**
 * MessagePack as far as a room's messages go: nil, booleans, numbers, text, bytes, lists and maps. Ours and not a package's, because
 * the element has a size budget and the usual package alone is a tenth of it.
 * Of extension types one is known: `undefined`, which Colyseus's packer writes wherever an object or a list holds it.
 * This is the reader; the writer (msgpack-encode.ts) is apart, because it comes with the first message that a page sends.
 */
import { ByteReader, CrowdcueError } from '@crowdcue/protocol';

/** Lists and maps within each other: a message has a handful, and a hostile one (or one that holds itself) must not end the stack. */
export const MAX_DEPTH = 64;

/** Codes of what has a size of 1, 2, 4 or 8 bytes behind it, that with one byte; lists and maps begin at two. */
export const BIN = 0xc4, UINT = 0xcc, INT = 0xd0, TEXT = 0xd9, LIST = 0xdb, MAP = 0xdd;

// Not fatal: a room that cuts a name in the middle of an emoji is no reason to give up the connection.
const textDecoder = new TextDecoder('utf-8', { ignoreBOM: true });

const malformed = (): CrowdcueError => new CrowdcueError('frame_malformed');

const readInteger = (r: ByteReader, power: number, signed = false): number => {
  const bytes = r.raw(1 << power);
  let value = signed && bytes[0]! >= 0x80 ? -1 : 0;
  for (const byte of bytes) value = value * 0x100 + byte;
  if (!Number.isSafeInteger(value)) throw malformed(); // a number can't hold it
  return value;
};

const readFloat = (r: ByteReader, bytes: 4 | 8): number => {
  const { buffer, byteOffset } = r.raw(bytes);
  const view = new DataView(buffer, byteOffset);
  return bytes === 4 ? view.getFloat32(0) : view.getFloat64(0);
};

const readText = (r: ByteReader, length: number): string => textDecoder.decode(r.raw(length));

// Neither makes room for what is only announced: an item takes a byte at least, so the end of the frame comes first.
const readList = (r: ByteReader, count: number, depth: number): unknown[] => {
  if (depth === 0) throw malformed();
  const list: unknown[] = [];
  while (count-- > 0) list.push(read(r, depth - 1));
  return list;
};

const readMap = (r: ByteReader, count: number, depth: number): object => {
  if (depth === 0) throw malformed();
  const entries: [string, unknown][] = [];
  while (count-- > 0) {
    const key = read(r, 0);
    if (typeof key !== 'string' && typeof key !== 'number') throw malformed();
    entries.push([String(key), read(r, depth - 1)]);
  }
  return Object.fromEntries(entries); // it defines: `__proto__` is a key like any other
};

const read = (r: ByteReader, depth: number): unknown => {
  const code = r.u8();
  if (code < 0x80) return code;
  if (code < 0x90) return readMap(r, code & 0xf, depth);
  if (code < 0xa0) return readList(r, code & 0xf, depth);
  if (code < 0xc0) return readText(r, code & 0x1f);
  if (code >= 0xe0) return code - 0x100;
  switch (code) {
    case 0xc0: return null;
    case 0xc2: return false;
    case 0xc3: return true;
    case 0xc4: case 0xc5: case 0xc6: return r.raw(readInteger(r, code - BIN)).slice();
    case 0xca: return readFloat(r, 4);
    case 0xcb: return readFloat(r, 8);
    case 0xcc: case 0xcd: case 0xce: case 0xcf: return readInteger(r, code - UINT);
    case 0xd0: case 0xd1: case 0xd2: case 0xd3: return readInteger(r, code - INT, true);
    case 0xd4:
      if (r.u16() === 0) return undefined;
      throw malformed();
    case 0xd9: case 0xda: case 0xdb: return readText(r, readInteger(r, code - TEXT));
    case 0xdc: case 0xdd: return readList(r, readInteger(r, code - LIST), depth);
    case 0xde: case 0xdf: return readMap(r, readInteger(r, code - MAP), depth);
    default: throw malformed();
  }
};

/**
 * Unpacks a message; bytes are a copy. Numbers as keys become text, as in any object.
 * @throws CrowdcueError `frame_truncated` where bytes are missing, `frame_malformed` for an extension type, an integer that no number
 * holds, a key that is neither text nor number, more than 64 levels, and bytes after the end
 */
export const decodeMsgpack = (bytes: Uint8Array): unknown => {
  const r = new ByteReader(bytes);
  const value = read(r, MAX_DEPTH);
  r.end();
  return value;
};
