/**
 * The one file of a backup: a line that says what it is, frames (length, bytes), the first of which is the manifest, an end mark and the
 * SHA-256 of all before it. Written beside its name and moved there when it is whole; read only after its sum was checked. Streamed:
 * memory is one frame.
 */
import { createHash, type Hash } from 'node:crypto';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { CodedError } from '../store/index.js';

export interface Manifest {
  readonly store: 'lmdb' | 'redis';
  /** ms since 1970, when it was begun */
  readonly at: number;
  /** key prefix, of Redis */
  readonly prefix?: string;
}

/** A file that is no backup, or not a whole one, or not for this store. */
export class BackupError extends CodedError {
  constructor(why: string) {
    super('backup_unfit', why, false);
  }
}

const MAGIC = Buffer.from('crowdcue-backup 1\n');
const END = 0xffff_ffff;
const SUM = 32; // bytes of SHA-256
/** What is written and read at once. */
const BUFFER = 1024 * 1024;
/** Redis itself takes no more in one value. */
const MAX_FRAME = 512 * 1024 * 1024;

/** Four bytes, the highest first. */
export const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

export class BackupWriter {
  readonly #hash: Hash = createHash('sha256');
  #waiting: Buffer[] = [];
  #size = 0;
  #bytes = 0;

  private constructor(private readonly path: string, private readonly file: FileHandle) {}

  static async create(path: string, manifest: Manifest): Promise<BackupWriter> {
    const writer = new BackupWriter(path, await open(`${path}.part`, 'w', 0o600));
    await writer.#put(MAGIC);
    await writer.frame(Buffer.from(JSON.stringify(manifest)));
    return writer;
  }

  async frame(...parts: Buffer[]): Promise<void> {
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    if (length > MAX_FRAME) throw new BackupError(`a value of ${length} bytes is too large for a backup`);
    await this.#put(u32(length), ...parts);
  }

  /** Syncs the file and gives it its name. */
  async finish(): Promise<{ bytes: number; sha256: string }> {
    await this.#put(u32(END));
    await this.#flush();
    const sum = this.#hash.digest();
    await this.file.write(sum);
    await this.file.sync();
    await this.file.close();
    await rename(`${this.path}.part`, this.path);
    return { bytes: this.#bytes + SUM, sha256: sum.toString('hex') };
  }

  async discard(): Promise<void> {
    await this.file.close().catch(() => undefined);
    await rm(`${this.path}.part`, { force: true });
  }

  async #put(...parts: Buffer[]): Promise<void> {
    for (const part of parts) {
      this.#waiting.push(part);
      this.#size += part.length;
    }
    if (this.#size >= BUFFER) await this.#flush();
  }

  async #flush(): Promise<void> {
    for (const part of this.#waiting) {
      this.#hash.update(part);
      await this.file.writeFile(part);
      this.#bytes += part.length;
    }
    this.#waiting = [];
    this.#size = 0;
  }
}

/** Reads a file on from where it is. */
class Bytes {
  #left = Buffer.alloc(0);

  constructor(private readonly file: FileHandle) {}

  async take(length: number): Promise<Buffer> {
    const parts = [this.#left];
    for (let have = this.#left.length; have < length; ) {
      const chunk = Buffer.allocUnsafe(Math.max(BUFFER, Math.min(length - have, MAX_FRAME)));
      const { bytesRead } = await this.file.read(chunk, 0, chunk.length, null);
      if (bytesRead === 0) throw new BackupError('the backup is cut off');
      parts.push(chunk.subarray(0, bytesRead));
      have += bytesRead;
    }
    const all = parts.length === 1 ? parts[0]! : Buffer.concat(parts);
    this.#left = all.subarray(length);
    return all.subarray(0, length);
  }
}

/** Checks the sum of the whole file. */
const mustBeWhole = async (file: FileHandle): Promise<void> => {
  const { size } = await file.stat();
  if (size < MAGIC.length + 4 + SUM) throw new BackupError('this is no backup');
  const hash = createHash('sha256');
  const chunk = Buffer.allocUnsafe(BUFFER);
  for (let at = 0; at < size - SUM; ) {
    const { bytesRead } = await file.read(chunk, 0, Math.min(BUFFER, size - SUM - at), at);
    if (bytesRead === 0) throw new BackupError('the backup is cut off');
    hash.update(chunk.subarray(0, bytesRead));
    at += bytesRead;
  }
  const sum = Buffer.alloc(SUM);
  await file.read(sum, 0, SUM, size - SUM);
  if (!hash.digest().equals(sum)) throw new BackupError('the backup is damaged: its checksum does not fit');
};

/** Opens a backup, checked as a whole: its manifest, and its frames to be read once. @throws BackupError */
export async function openBackup(path: string): Promise<{ manifest: Manifest; frames(): AsyncGenerator<Buffer>; close(): Promise<void> }> {
  const file = await open(path, 'r').catch((error: unknown) => {
    throw new BackupError(`cannot read ${path}: ${(error as Error).message}`);
  });
  try {
    const bytes = new Bytes(file);
    const magic = Buffer.alloc(MAGIC.length);
    await file.read(magic, 0, MAGIC.length, 0);
    if (!magic.equals(MAGIC)) throw new BackupError(`${path} is no backup of this version`);
    await mustBeWhole(file);
    await bytes.take(MAGIC.length);
    const frame = async (): Promise<Buffer | undefined> => {
      const length = (await bytes.take(4)).readUInt32BE();
      if (length === END) return undefined;
      if (length > MAX_FRAME) throw new BackupError('the backup is damaged');
      return bytes.take(length);
    };
    const manifest = JSON.parse(String(await frame())) as Manifest;
    const frames = async function* (): AsyncGenerator<Buffer> {
      for (let next = await frame(); next !== undefined; next = await frame()) yield next;
    };
    return { manifest, frames, close: () => file.close() };
  } catch (error) {
    await file.close();
    throw error;
  }
}
