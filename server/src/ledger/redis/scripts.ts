import type { Cluster, Redis } from 'ioredis';
import { StoreError } from '../../store/index.js';

/** One node, or a cluster: a step's keys share a hash tag, so either has them all in one place. */
export type RedisClient = Redis | Cluster;

export type Arg = string | number;

/** Calls one script: by its hash, with its text where the server does not know it (any more). */
export type Script = (keys: readonly string[], args: readonly Arg[]) => Promise<unknown>;

/** Answers of a server that cannot serve now and may later; any other error reply is a mistake of ours. */
const TRANSIENT = /^(LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|NOREPLICAS|BUSY|OOM|MISCONF|UNBLOCKED)\b/;

const isOurMistake = (error: Error): boolean => error.name === 'ReplyError' && !TRANSIENT.test(error.message);

/** Runs a call to Redis. Throws `store_unavailable` when there was no answer: what was asked may or may not have been done. */
export const asking = async <T>(what: string, call: () => Promise<T>): Promise<T> => {
  try {
    return await call();
  } catch (error) {
    if (error instanceof Error && isOurMistake(error)) throw error;
    throw StoreError.unavailable(`Redis did not answer: ${what}`, error);
  }
};

/** Makes scripts callable on a client. A script's name is its own on that client: the second of a name replaces the first. */
export const scriptsOn = (client: RedisClient) => (name: string, lua: string): Script => {
  client.defineCommand(name, { lua });
  const commands = client as unknown as Record<string, (...args: Arg[]) => Promise<unknown>>;
  return (keys, args) => asking(name, () => commands[name]!(keys.length, ...keys, ...args));
};

/** Commands that see one instant. @returns their replies in order */
export const together = async (client: RedisClient, what: string, commands: readonly (readonly [name: string, ...args: string[]])[]): Promise<unknown[]> => {
  const replies = await asking(what, () => client.multi(commands.map((each) => [...each])).exec());
  if (replies === null) throw StoreError.unavailable(`Redis gave up: ${what}`);
  return replies.map(([error, reply]) => {
    if (error) throw error;
    return reply;
  });
};
