/** `crowdcue backup` and `restore`: of whichever store the environment names. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../clock.js';
import type { Config } from '../config.js';
import { openRedis } from '../store/index.js';
import { BackupError, BackupWriter, openBackup } from './backup-file.js';
import { restoreFiles, writeFiles } from './backup-files.js';
import { restoreRedis, writeRedis } from './backup-redis.js';

export interface BackupOptions {
  readonly config: Pick<Config, 'dataDir' | 'redisUrl' | 'ledgerRedisUrl'>;
  readonly file: string;
  readonly clock: Clock;
  progress(line: string): void;
}

/** ms a call: the dump of a large event takes its time. */
const CALL_MS = 60_000;

/** A ledger in a Redis of its own is not of one instant with the rest: its own tools copy it. */
const mustBeTogether = ({ ledgerRedisUrl }: BackupOptions['config']): void => {
  if (ledgerRedisUrl !== undefined) throw new BackupError('with LEDGER_REDIS_URL the ledger is apart; copy each Redis by its own means, and freeze claims after a restore');
};

/** Makes a backup while origins run. */
export async function backUp({ config, file, clock, progress }: BackupOptions): Promise<{ bytes: number; sha256: string; secretsApart: boolean }> {
  mustBeTogether(config);
  const { redisUrl, dataDir } = config;
  const at = clock.now();
  const client = redisUrl === undefined ? undefined : await openRedis({ url: redisUrl, timeoutMs: CALL_MS });
  try {
    const writer = await BackupWriter.create(file, client === undefined ? { store: 'lmdb', at } : { store: 'redis', at, prefix: client.keys.prefix });
    try {
      await (client === undefined ? writeFiles(dataDir, file, writer) : writeRedis(client, writer, progress));
      return { ...(await writer.finish()), secretsApart: existsSync(join(dataDir, 'development-secrets.json')) };
    } catch (error) {
      await writer.discard();
      throw error;
    }
  } finally {
    await client?.close();
  }
}

/** Restores a backup; afterwards claims are frozen until somebody has reconciled. */
export async function restore({ config, file, force, clock, progress }: BackupOptions & { readonly force: boolean }): Promise<{ at: number }> {
  mustBeTogether(config);
  const backup = await openBackup(file);
  try {
    const { store, at, prefix } = backup.manifest;
    const { redisUrl, dataDir } = config;
    if ((store === 'redis') !== (redisUrl !== undefined)) throw new BackupError(`the backup is of ${store === 'redis' ? 'a Redis: set REDIS_URL' : 'files: REDIS_URL must not be set'}`);
    if (redisUrl === undefined) await restoreFiles(dataDir, backup.frames(), { force, clock });
    else {
      const client = await openRedis({ url: redisUrl, timeoutMs: CALL_MS });
      try {
        await restoreRedis(client, backup.frames(), { force, clock, progress, prefix });
      } finally {
        await client.close();
      }
    }
    return { at };
  } finally {
    await backup.close();
  }
}
