/** A zip archive in memory, by the format's own description (APPNOTE 6.3): deflated files, UTF-8 names, no date, so that equal files make equal bytes. */
import { crc32, deflateRawSync } from 'node:zlib';

const DOS_DATE = 0x21; // 1 January 1980, the first that the format can say
const VERSION = 20; // deflate needs 2.0
const UTF8 = 0x800;
const DEFLATED = 8;

const header = (signature, fields) => {
  const bytes = Buffer.alloc(4 + fields.reduce((sum, [size]) => sum + size, 0));
  bytes.writeUInt32LE(signature, 0);
  let at = 4;
  for (const [size, value] of fields) at = size === 2 ? bytes.writeUInt16LE(value, at) : bytes.writeUInt32LE(value, at);
  return bytes;
};

/** What the local header and the central directory both say. */
const shared = (name, file, packed) => [
  [2, VERSION], [2, UTF8], [2, DEFLATED], [2, 0], [2, DOS_DATE], [4, crc32(file)], [4, packed.length], [4, file.length], [2, name.length], [2, 0],
];

/** The archive of `files`, a map from path to content. */
export const zip = (files) => {
  const parts = [];
  const directory = [];
  let offset = 0;
  for (const [path, content] of files) {
    const [name, file] = [Buffer.from(path), Buffer.from(content)];
    const packed = deflateRawSync(file, { level: 9 });
    const local = header(0x04034b50, shared(name, file, packed));
    directory.push(header(0x02014b50, [[2, VERSION], ...shared(name, file, packed), [2, 0], [2, 0], [2, 0], [4, 0], [4, offset]]), name);
    parts.push(local, name, packed);
    offset += local.length + name.length + packed.length;
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  const end = header(0x06054b50, [[2, 0], [2, 0], [2, files.size], [2, files.size], [4, size], [4, offset], [2, 0]]);
  return Buffer.concat([...parts, ...directory, end]);
};
