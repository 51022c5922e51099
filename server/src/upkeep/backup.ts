/** `crowdcue backup` and `restore`: of whichever store the environment names. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../clock.js';
import type { Config } from '../config.js';
import { BackupError, BackupWriter, openBackup, type Manifest } from './backup-file.js';
import { restoreFiles, writeFiles } from './backup-files.js';
import { restoreRedis, writeRedis } from './backup-redis.js';
import { withStores } from './stores.js';

export interface BackupOptions {
  readonly config: Pick<Config, 'dataDir' | 'redisUrl' | 'ledgerRedisUrl'>;
  readonly file: string;
  readonly clock: Clock;
  progress(line: string): void;
}

/** Without this a backup would be of files, and nobody would know. */
const mustNameBoth = ({ redisUrl, ledgerRedisUrl }: BackupOptions['config']): void => {
  if (ledgerRedisUrl !== undefined && redisUrl === undefined) throw new BackupError('LEDGER_REDIS_URL must come with REDIS_URL');
};

/** Makes a backup while origins run. */
export async function backUp({ config, file, clock, progress }: BackupOptions): Promise<{ bytes: number; sha256: string; secretsApart: boolean }> {
  mustNameBoth(config);
  const { redisUrl, ledgerRedisUrl, dataDir } = config;
  const at = clock.now();
  const write = async (manifest: Manifest, fill: (writer: BackupWriter) => Promise<void>): Promise<{ bytes: number; sha256: string }> => {
    const writer = await BackupWriter.create(file, manifest);
    try {
      await fill(writer);
      return await writer.finish();
    } catch (error) {
      await writer.discard();
      throw error;
    }
  };
  const made = redisUrl === undefined
    ? await write({ store: 'lmdb', at }, (writer) => writeFiles(dataDir, file, writer))
    : await withStores({ redisUrl, ledgerRedisUrl }, (stores) => write({ store: 'redis', at, prefix: stores.main.keys.prefix }, (writer) => writeRedis(stores, writer, progress)));
  return { ...made, secretsApart: existsSync(join(dataDir, 'development-secrets.json')) };
}

/** Restores a backup; afterwards claims are frozen until somebody has reconciled. */
export async function restore({ config, file, force, clock, progress }: BackupOptions & { readonly force: boolean }): Promise<{ at: number }> {
  mustNameBoth(config);
  const backup = await openBackup(file);
  try {
    const { store, at, prefix } = backup.manifest;
    const { redisUrl, ledgerRedisUrl, dataDir } = config;
    if ((store === 'redis') !== (redisUrl !== undefined)) throw new BackupError(`the backup is of ${store === 'redis' ? 'a Redis: set REDIS_URL' : 'files: REDIS_URL must not be set'}`);
    if (redisUrl === undefined) await restoreFiles(dataDir, backup.frames(), { force, clock });
    else await withStores({ redisUrl, ledgerRedisUrl }, (stores) => restoreRedis(stores, backup.frames(), { force, clock, progress, prefix }));
    return { at };
  } finally {
    await backup.close();
  }
}
