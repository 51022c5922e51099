/**
 * MessagePack, as far as a room's messages need it: nil, booleans, numbers, text, bytes, lists and maps. Ours and not a package's,
 * because the element has a size budget and the usual package alone is a tenth of it.
 * Extension types mean nothing here but one: `undefined`, which Colyseus's packer writes wherever an object or list holds it.
 */
import { ByteReader, ByteWriter, CrowdcueError } from '@crowdcue/protocol';

/** Levels of lists and maps; a room's message has a handful, and a hostile one must not reach the end of the stack. */
const MAX_DEPTH = 64;

const textEncoder = new TextEncoder();
// Not fatal: a room may cut a name in the middle of an emoji, which is no reason to give up the connection.
const textDecoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Appends the lowest `bytes` bytes of an integer, big-endian, two's complement. */
const writeInteger = (w: ByteWriter, value: number, bytes: number): void => {
  for (let shift = bytes - 1; shift >= 0; shift--) w.u8(Math.floor(value / 0x100 ** shift) & 0xff);
};

const writeNumber = (w: ByteWriter, value: number): void => {
  if (!Number.isInteger(value) || value > 0xffff_ffff || value < -0x8000_0000) {
    w.u8(0xcb).raw(new Uint8Array(new Float64Array([value]).buffer).reverse());
  } else if (value >= -0x20 && value < 0x80) w.u8(value & 0xff);
  else {
    const size = value >= 0 ? [0x100, 0x1_0000].findIndex((end) => value < end) : [0x80, 0x8000].findIndex((end) => value >= -end);
    const power = size < 0 ? 2 : size; // 1, 2 or 4 bytes
    w.u8((value >= 0 ? 0xcc : 0xd0) + power);
    writeInteger(w, value, 1 << power);
  }
};

/** The head of what has a length: in the code itself below `fixed`, else in 1, 2 or 4 bytes behind one of `codes`. */
const writeHead = (w: ByteWriter, length: number, fix: number, fixed: number, codes: readonly [number | undefined, number, number]): void => {
  if (length < fixed) w.u8(fix | length);
  else {
    const power = codes[0] !== undefined && length < 0x100 ? 0 : length < 0x1_0000 ? 1 : 2;
    w.u8(codes[power]!);
    writeInteger(w, length, 1 << power);
  }
};
