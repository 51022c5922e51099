/** `crowdcue backup` and `restore`: of whichever store the environment names. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../clock.js';
import type { Config } from '../config.js';
import { BackupError, BackupWriter, openBackup } from './backup-file.js';
import { restoreFiles, writeFiles } from './backup-files.js';
import { restoreRedis, writeRedis } from './backup-redis.js';
import { openStores } from './stores.js';

export interface BackupOptions {
  readonly config: Pick<Config, 'dataDir' | 'redisUrl' | 'ledgerRedisUrl'>;
  readonly file: string;
  readonly clock: Clock;
  progress(line: string): void;
}

/** Makes a backup while origins run. */
export async function backUp({ config, file, clock, progress }: BackupOptions): Promise<{ bytes: number; sha256: string; secretsApart: boolean }> {
  const { redisUrl, ledgerRedisUrl, dataDir } = config;
  const at = clock.now();
  const stores = redisUrl === undefined ? undefined : await openStores({ redisUrl, ledgerRedisUrl });
  try {
    const writer = await BackupWriter.create(file, stores === undefined ? { store: 'lmdb', at } : { store: 'redis', at, prefix: stores.main.keys.prefix });
    try {
      await (stores === undefined ? writeFiles(dataDir, file, writer) : writeRedis(stores, writer, progress));
      return { ...(await writer.finish()), secretsApart: existsSync(join(dataDir, 'development-secrets.json')) };
    } catch (error) {
      await writer.discard();
      throw error;
    }
  } finally {
    await stores?.close();
  }
}

/** Restores a backup; afterwards claims are frozen until somebody has reconciled. */
export async function restore({ config, file, force, clock, progress }: BackupOptions & { readonly force: boolean }): Promise<{ at: number }> {
  const backup = await openBackup(file);
  try {
    const { store, at, prefix } = backup.manifest;
    const { redisUrl, ledgerRedisUrl, dataDir } = config;
    if ((store === 'redis') !== (redisUrl !== undefined)) throw new BackupError(`the backup is of ${store === 'redis' ? 'a Redis: set REDIS_URL' : 'files: REDIS_URL must not be set'}`);
    if (redisUrl === undefined) await restoreFiles(dataDir, backup.frames(), { force, clock });
    else {
      const stores = await openStores({ redisUrl, ledgerRedisUrl });
      try {
        await restoreRedis(stores, backup.frames(), { force, clock, progress, prefix });
      } finally {
        await stores.close();
      }
    }
    return { at };
  } finally {
    await backup.close();
  }
}
