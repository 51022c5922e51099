import { inflateRawSync } from 'node:zlib';

/** The files of a zip archive, found as every reader finds them: by its directory at the end. */
export const unzip = (archive: Buffer): Map<string, Buffer> => {
  const end = archive.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  const files = new Map<string, Buffer>();
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left--) {
    const [packed, size, name, extra, comment, local] = [archive.readUInt32LE(at + 20), archive.readUInt32LE(at + 24), ...[28, 30, 32].map((from) => archive.readUInt16LE(at + from)), archive.readUInt32LE(at + 42)] as [number, number, number, number, number, number];
    const path = archive.toString('utf8', at + 46, at + 46 + name);
    const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
    const file = inflateRawSync(archive.subarray(start, start + packed));
    if (file.length !== size) throw new Error(`${path} has ${file.length} bytes, not ${size}`);
    files.set(path, file);
    at += 46 + name + extra + comment;
  }
  return files;
};
