/** The text frames of an ID3 tag (version 2.3 or 2.4): `TXXX`, a description and a value. What is no such tag, or breaks off, has none. */
export interface TextFrame {
  readonly description: string;
  readonly value: string;
}

const HEADER = 10;
const LABELS = ['iso-8859-1', 'utf-16', 'utf-16be', 'utf-8'];

const size = (bytes: Uint8Array, at: number, bits: number): number =>
  [0, 1, 2, 3].reduce((sum, i) => sum * 2 ** bits + (bytes[at + i]! & (2 ** bits - 1)), 0);

const textOf = (body: Uint8Array): TextFrame | undefined => {
  const label = LABELS[body[0] ?? -1];
  if (label === undefined) return undefined;
  const [description, value] = new TextDecoder(label).decode(body.subarray(1)).split('\0');
  return value === undefined ? undefined : { description: description!.replace(/^\uFEFF/, ''), value: value.replace(/^\uFEFF/, '') };
};

export const textFrames = (tag: Uint8Array): TextFrame[] => {
  if (tag.length < HEADER || String.fromCharCode(tag[0]!, tag[1]!, tag[2]!) !== 'ID3') return [];
  const bits = tag[3]! >= 4 ? 7 : 8; // the frames' sizes; the tag's own is always of seven
  const end = Math.min(tag.length, HEADER + size(tag, 6, 7));
  const frames: TextFrame[] = [];
  for (let at = HEADER; at + HEADER <= end;) {
    const length = size(tag, at + 4, bits);
    if (length === 0 || at + HEADER + length > end) break;
    const text = String.fromCharCode(...tag.subarray(at, at + 4)) === 'TXXX' ? textOf(tag.subarray(at + HEADER, at + HEADER + length)) : undefined;
    if (text !== undefined) frames.push(text);
    at += HEADER + length;
  }
  return frames;
};
