/**
 * Backups of Redis: every key of ours as Redis itself dumps it, all that belongs to one event at one instant. Leases are left out, for they
 * are over by then, and the seal, which speaks of the server and not of what it holds. Memory: the largest event.
 */
import type { Clock } from '../clock.js';
import { RECEIPT_AGE_MS, RedisCare, redisLedger } from '../ledger/index.js';
import { scanPages, type RedisClient } from '../store/index.js';
import { BackupError, u32, type BackupWriter } from './backup-file.js';

const SCAN_PAGE = 1_000;
/** Keys that say between two lines of progress. */
const TELL_KEYS = 1_000;

async function* ourKeys(client: RedisClient): AsyncGenerator<string> {
  const { prefix, seal } = client.keys;
  for await (const names of scanPages(client, ['SCAN'], 'MATCH', `${prefix}*`)) {
    for (const name of names.map(String)) if (!name.startsWith(seal.seal)) yield name;
  }
}

const isLease = (key: string): boolean => key.endsWith(':lease');

/** Keys by what stands in their braces, which for an event's journal and ledger is its id; with those that may come into being meanwhile. */
const groupsOf = async (client: RedisClient): Promise<Map<string, Set<string>>> => {
  const groups = new Map<string, Set<string>>();
  for await (const key of ourKeys(client)) {
    const tag = /\{([^}]+)\}/.exec(key)?.[1] ?? key;
    const group = groups.get(tag);
    if (group !== undefined) group.add(key);
    else groups.set(tag, new Set([key]));
  }
  for (const [tag, group] of groups) {
    const id = decodeURIComponent(tag);
    const ledger = client.keys.ledger(id);
    if (!group.has(ledger.head)) continue;
    for (const name of [...Object.values(ledger), ...Object.values(client.keys.journal(id))]) group.add(name as string);
  }
  return groups;
};

/** Dumps keys at one instant; those that are not there give nothing. */
const dumpAll = async (client: RedisClient, names: readonly string[]): Promise<[key: string, dump: Buffer][]> => {
  const [, ...replies] = await Promise.all([client.call('MULTI'), ...names.map((name) => client.call('DUMP', name)), client.call('EXEC')]);
  const dumps = replies.at(-1) as (Buffer | null)[];
  return names.flatMap((name, at): [string, Buffer][] => {
    const dump = dumps[at];
    return dump instanceof Buffer ? [[name, dump]] : [];
  });
};

/** Writes all keys of ours; nothing else may be sent on `client`. */
export async function writeRedis(client: RedisClient, writer: BackupWriter, progress: (line: string) => void): Promise<void> {
  let written = 0;
  for (const group of (await groupsOf(client)).values()) {
    for (const [key, dump] of await dumpAll(client, [...group].filter((each) => !isLease(each)))) {
      const name = Buffer.from(key);
      await writer.frame(u32(name.length), name, dump);
      if (++written % TELL_KEYS === 0) progress(`${written} keys`);
    }
  }
  progress(`${written} keys`);
}

/** Puts a backup's keys into a Redis that has none of ours. */
export async function restoreRedis(
  client: RedisClient, frames: AsyncIterable<Buffer>, { force, clock, progress, prefix }: { readonly force: boolean; readonly clock: Clock; readonly prefix: string | undefined; progress(line: string): void },
): Promise<void> {
  if (prefix !== client.keys.prefix) throw new BackupError(`the backup is of keys that begin with "${prefix}"`);
  const there: string[] = [];
  for await (const key of ourKeys(client)) there.push(key);
  if (there.some(isLease)) throw new BackupError('an origin holds a room of this Redis: stop all origins first');
  if (there.length > 0 && !force) throw new BackupError(`this Redis holds ${there.length} keys of ours; with --force they are removed`);
  await new RedisCare({ client, ledger: redisLedger(client, clock), clock, ageMs: RECEIPT_AGE_MS, pause: () => Promise.resolve() }).freeze('restored');
  for (let from = 0; from < there.length; from += SCAN_PAGE) await client.call('UNLINK', ...there.slice(from, from + SCAN_PAGE));
  let written = 0;
  for await (const frame of frames) {
    const length = frame.readUInt32BE();
    await client.call('RESTORE', frame.subarray(4, 4 + length), 0, frame.subarray(4 + length), 'REPLACE');
    if (++written % TELL_KEYS === 0) progress(`${written} keys`);
  }
  progress(`${written} keys`);
}
