/** Reads a screenshot's pixels: 8 bits, RGBA, not interlaced, as Chromium writes them. */
import { inflateSync } from 'node:zlib';

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue, alpha at a place; 0 to 255. */
  at(x: number, y: number): readonly [number, number, number, number];
}

const paeth = (a: number, b: number, c: number): number => {
  const [pa, pb, pc] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)];
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
};

export const readPng = (png: Buffer): Picture => {
  const [width, height, depth, kind] = [png.readUInt32BE(16), png.readUInt32BE(20), png[24], png[25]];
  if (depth !== 8 || (kind !== 6 && kind !== 2)) throw new Error(`a PNG of depth ${depth} and type ${kind}`);
  const parts: Buffer[] = [];
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at);
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(png.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  const bytes = kind === 6 ? 4 : 3;
  const raw = inflateSync(Buffer.concat(parts));
  const stride = width * bytes;
  const pixels = new Uint8Array(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)]!;
    for (let x = 0; x < stride; x++) {
      const a = x >= bytes ? pixels[y * stride + x - bytes]! : 0;
      const b = y > 0 ? pixels[(y - 1) * stride + x]! : 0;
      const c = x >= bytes && y > 0 ? pixels[(y - 1) * stride + x - bytes]! : 0;
      const guess = [0, a, b, (a + b) >> 1, paeth(a, b, c)][filter]!;
      pixels[y * stride + x] = raw[y * (stride + 1) + 1 + x]! + guess;
    }
  }
  return { width, height, at: (x, y) => {
    const i = y * stride + x * bytes;
    return [pixels[i]!, pixels[i + 1]!, pixels[i + 2]!, bytes === 4 ? pixels[i + 3]! : 255];
  } };
};
