/**
 * Backups of Redis: every key of ours as Redis itself dumps it, all that belongs to one event at one instant. Where the ledger is apart,
 * in a Redis or a cluster of its own, it is dumped right after the event's journal: facts that it has and the journal has not are known
 * when they come again, while facts that only the journal had would be lost. Leases are left out, for they are over by then, and the seal,
 * which speaks of the server and not of what it holds. Keys are put back by their names, so a ledger may come back elsewhere than it was.
 * Memory: the largest event.
 */
import type { Clock } from '../clock.js';
import { RECEIPT_AGE_MS, RedisCare, redisLedger } from '../ledger/index.js';
import { redirection, scanNames, type RedisCaller, type RedisClient } from '../store/index.js';
import { BackupError, u32, type BackupWriter } from './backup-file.js';
import type { Stores } from './stores.js';

/** Keys that are removed at once. */
const AT_ONCE = 1_000;
/** Keys that say between two lines of progress. */
const TELL_KEYS = 1_000;

/** Names by the server that has them. */
type Places = Map<RedisClient, Set<string>>;

/** Where a key belongs. */
const homeOf = ({ main, ledger }: Stores, name: string): RedisCaller => (name.startsWith(main.keys.ledgers) ? ledger : main);

/** Keys of ours, where they belong. What is left of a ledger that has moved elsewhere is nobody's. */
async function* ourKeys(stores: Stores): AsyncGenerator<[node: RedisClient, name: string]> {
  const { prefix, seal } = stores.main.keys;
  for (const client of new Set<RedisCaller>([stores.main, stores.ledger])) {
    for await (const [node, names] of scanNames(client, `${prefix}*`)) {
      for (const name of names) if (!name.startsWith(seal.seal) && homeOf(stores, name) === client) yield [node, name];
    }
  }
}

const isLease = (key: string): boolean => key.endsWith(':lease');

/** Keys by what stands in their braces, which for an event's journal and ledger is its id; with those that may come into being meanwhile. */
const groupsOf = async (stores: Stores): Promise<Map<string, Places>> => {
  const groups = new Map<string, Places>();
  const put = (tag: string, node: RedisClient, name: string): void => {
    const places: Places = groups.get(tag) ?? new Map();
    groups.set(tag, places.set(node, (places.get(node) ?? new Set()).add(name)));
  };
  for await (const [node, name] of ourKeys(stores)) put(/\{([^}]+)\}/.exec(name)?.[1] ?? name, node, name);
  for (const [tag, places] of groups) {
    const id = decodeURIComponent(tag);
    const ledger = stores.main.keys.ledger(id);
    const [owner] = [...places].find(([, names]) => names.has(ledger.head)) ?? [];
    if (owner === undefined) continue;
    for (const name of Object.values(stores.main.keys.journal(id))) put(tag, stores.main, name as string);
    for (const name of Object.values(ledger)) put(tag, owner, name as string);
  }
  return groups;
};

/** Dumps keys at one instant; those that are not there give nothing. */
const dumpAll = async (client: RedisClient, names: readonly string[]): Promise<[key: string, dump: Buffer][]> => {
  const [, ...replies] = await Promise.all([client.call('MULTI'), ...names.map((name) => client.call('DUMP', name)), client.call('EXEC')]).catch((error: unknown) => {
    throw redirection(error) === undefined ? error : new BackupError('slots of the Redis Cluster moved meanwhile: begin again');
  });
  const dumps = replies.at(-1) as (Buffer | null)[];
  return names.flatMap((name, at): [string, Buffer][] => {
    const dump = dumps[at];
    return dump instanceof Buffer ? [[name, dump]] : [];
  });
};

/** Counts, and says so now and then. */
const counter = (progress: (line: string) => void): { add(): void; end(): void } => {
  let done = 0;
  return {
    add: () => { if (++done % TELL_KEYS === 0) progress(`${done} keys`); },
    end: () => progress(`${done} keys`),
  };
};

/** Writes all keys of ours; nothing else may be sent on these connections. */
export async function writeRedis(stores: Stores, writer: BackupWriter, progress: (line: string) => void): Promise<void> {
  const written = counter(progress);
  for (const places of (await groupsOf(stores)).values()) {
    const journalFirst = [...places].sort(([a], [b]) => Number(b === stores.main) - Number(a === stores.main));
    for (const [node, names] of journalFirst) {
      for (const [key, dump] of await dumpAll(node, [...names].filter((each) => !isLease(each)))) {
        const name = Buffer.from(key);
        await writer.frame(u32(name.length), name, dump);
        written.add();
      }
    }
  }
  written.end();
}

/** Puts a backup's keys where there are none of ours. */
export async function restoreRedis(
  stores: Stores, frames: AsyncIterable<Buffer>, { force, clock, progress, prefix }: { readonly force: boolean; readonly clock: Clock; readonly prefix: string | undefined; progress(line: string): void },
): Promise<void> {
  if (prefix !== stores.main.keys.prefix) throw new BackupError(`the backup is of keys that begin with "${prefix}"`);
  const there: string[] = [];
  for await (const [, name] of ourKeys(stores)) there.push(name);
  if (there.some(isLease)) throw new BackupError('an origin holds a room of this Redis: stop all origins first');
  if (there.length > 0 && !force) throw new BackupError(`this Redis holds ${there.length} keys of ours; with --force they are removed`);
  const { ledger } = stores;
  await new RedisCare({ client: ledger, ledger: redisLedger(ledger, clock), clock, ageMs: RECEIPT_AGE_MS, pause: () => Promise.resolve() }).freeze('restored');
  for (let from = 0; from < there.length; from += AT_ONCE) await Promise.all(there.slice(from, from + AT_ONCE).map((name) => homeOf(stores, name).call('UNLINK', name)));
  const written = counter(progress);
  for await (const frame of frames) {
    const behind = 4 + frame.readUInt32BE();
    const name = String(frame.subarray(4, behind));
    await homeOf(stores, name).call('RESTORE', name, 0, frame.subarray(behind), 'REPLACE');
    written.add();
  }
  written.end();
}
