/** Backups of the embedded store: LMDB's own copy of one instant, made while the origin runs. */
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../clock.js';
import { keys, lockDirectory, openLmdbReader, openLmdbStore } from '../store/index.js';
import { BackupError, type BackupWriter } from './backup-file.js';

const CHUNK = 1024 * 1024;

/** Copies the store into `writer`. Needs room for a second copy beside `file` while it runs. */
export async function writeFiles(dataDir: string, file: string, writer: BackupWriter): Promise<void> {
  const reader = await openLmdbReader(join(dataDir, 'store'));
  const folder = `${file}.copy`;
  try {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    await reader.copyTo(folder);
    for await (const chunk of createReadStream(join(folder, 'data.mdb'), { highWaterMark: CHUNK })) await writer.frame(chunk as Buffer);
  } finally {
    await reader.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Puts a backup where the store is. It is made frozen beside it first, so that it is never there and open. */
export async function restoreFiles(dataDir: string, frames: AsyncIterable<Buffer>, { force, clock }: { readonly force: boolean; readonly clock: Clock }): Promise<void> {
  const path = join(dataDir, 'store');
  const [fresh, before] = [`${path}.restoring`, `${path}.before-restore`];
  const taken = existsSync(join(path, 'data.mdb'));
  if (taken && !force) throw new BackupError(`${path} holds a store; with --force it is put aside as ${before}`);
  const release = lockDirectory(path); // no origin may have it
  try {
    await rm(fresh, { recursive: true, force: true });
    await mkdir(fresh, { recursive: true });
    const file = await open(join(fresh, 'data.mdb'), 'w', 0o600);
    try {
      for await (const frame of frames) await file.writeFile(frame);
      await file.sync();
    } finally {
      await file.close();
    }
    const store = await openLmdbStore({ path: fresh });
    await store.transact((tx) => tx.put(keys.ledgerFrozen, { why: 'restored', since: clock.now() }));
    await store.close();
    if (taken) {
      await rm(before, { recursive: true, force: true });
      await mkdir(before);
      await rename(join(path, 'data.mdb'), join(before, 'data.mdb'));
    }
    await rm(join(path, 'lock.mdb'), { force: true });
    await rename(join(fresh, 'data.mdb'), join(path, 'data.mdb'));
  } finally {
    release();
    await rm(fresh, { recursive: true, force: true });
  }
}
