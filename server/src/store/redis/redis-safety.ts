import { StoreError } from '../errors.js';

type Ask = (command: string, ...args: string[]) => Promise<unknown>;

const info = async (ask: Ask, section: string, field: string): Promise<string> =>
  new RegExp(`^${field}:(.*?)\\r?$`, 'm').exec(String(await ask('INFO', section)))?.[1] ?? 'unknown';

/** What `CONFIG GET` says, or "unknown" where the server or its access list refuses to say. */
const setting = async (ask: Ask, name: string): Promise<string> => {
  const reply = await ask('CONFIG', 'GET', name).catch((error: unknown) => {
    if (error instanceof StoreError && isRefusal(error.cause)) return [];
    throw error;
  });
  return Array.isArray(reply) && reply.length === 2 ? String(reply[1]) : 'unknown';
};

const isRefusal = (cause: unknown): boolean => cause instanceof Error && cause.name === 'ReplyError';

/**
 * Says what makes this Redis unfit to be the only place of what was acknowledged: keys that may be evicted, writes that a power cut
 * takes back. `allowUnsafe` forgives the second, for tests and development.
 * @throws StoreError `store_unsafe`, whose message names the setting.
 */
export const mustBeSafe = async (ask: Ask, allowUnsafe: boolean): Promise<void> => {
  const mustBe = (name: string, value: string, wanted: string, why: string): void => {
    if (value !== wanted) throw StoreError.unsafe(`Redis has ${name} ${value}; it must be ${wanted}: ${why}`);
  };
  mustBe('maxmemory-policy', await info(ask, 'memory', 'maxmemory_policy'), 'noeviction', 'else it drops keys when memory is short');
  if (allowUnsafe) return;
  const aof = (await info(ask, 'persistence', 'aof_enabled')) === '1' ? 'yes' : 'no';
  mustBe('appendonly', aof, 'yes', 'else a restart loses what was acknowledged');
  mustBe('appendfsync', await setting(ask, 'appendfsync'), 'always', 'else a power cut takes back what was acknowledged');
  mustBe('no-appendfsync-on-rewrite', await setting(ask, 'no-appendfsync-on-rewrite'), 'no', 'else nothing is synced while the log is rewritten');
};
