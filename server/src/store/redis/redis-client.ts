/**
 * A connection to Redis, as journal, ledger and records use it.
 *
 * Life cycle: `openRedis` connects and checks that the server keeps what it acknowledges → `call`, `run`, `listen` → `close`. When the
 * connection breaks it is opened again for ever, and checked again, for another server may answer at the same address.
 * Invariants: a command is answered, or rejects with `store_unavailable` within `timeoutMs`; none waits for a connection, none is sent
 * twice. One that was rejected may have been done, or may yet be: a paused server does what stands in its buffers when it wakes.
 * Commands of one connection are done in the order of the calls.
 * Must not import anything of ours above the store.
 */
import { Redis, type RedisOptions } from 'ioredis';
import { systemRandom, type RandomSource } from '../../identity/index.js';
import { StoreError } from '../errors.js';
import { redisKeys, type RedisKeys } from './redis-keys.js';
import { mustBeSafe } from './redis-safety.js';
import type { RedisScript } from './redis-script.js';
import { serverIdentity, type RedisServerIdentity } from './server-identity.js';
import { Subscriptions, type Subscription } from './subscriptions.js';

export interface RedisClientOptions {
  /** `redis://` or `rediss://[user:password@]host:port[/db]` */
  url: string;
  /** begins every key and channel; default `crowdcue:` */
  prefix?: string;
  /** ms that a command may take; default 2000 */
  timeoutMs?: number;
  /** Takes a Redis that does not sync every write. For tests and development: a power cut may take back what was acknowledged. */
  allowUnsafe?: boolean;
  /** told of each break, each return and each server that is unfit; for the log */
  onState?: (state: RedisState, error?: Error) => void;
  /** told who answers, each time that a connection was made and before a command is taken on it */
  onServer?: (server: RedisServerIdentity) => void;
  random?: RandomSource;
}

export type RedisState = 'up' | 'down' | 'unfit';

export type RedisArg = string | number | Buffer;

/** What takes commands: a connection to one server, or a cluster. */
export interface RedisCaller {
  readonly keys: RedisKeys;
  /** Whether commands are taken just now. */
  readonly up: boolean;
  /** Sends a command; texts in the reply are Buffers. @throws StoreError `store_unavailable`. */
  call(command: string, ...args: RedisArg[]): Promise<unknown>;
  /**
   * Runs a script. Where Redis has forgotten it, it is sent again in full, and by then later calls may have gone ahead of it: who needs an
   * order waits for one before it sends the next.
   */
  run(script: RedisScript, keys: readonly string[], args: readonly RedisArg[]): Promise<unknown>;
  /** Which servers take the writes: one, or each primary of a cluster. @throws StoreError `store_unavailable` */
  servers(): Promise<RedisServerIdentity[]>;
  /** The connection to each of those servers: whoever looks for keys asks every one. @throws StoreError `store_unavailable` */
  nodes(): readonly RedisClient[];
  /** Which keys are where: alike twice, none went from server to server meanwhile. @throws StoreError `store_unavailable`, also while some move */
  placement(): Promise<string>;
  /** Ends the connections; what is under way is rejected. */
  close(): Promise<void>;
}

export interface RedisClient extends RedisCaller {
  /** Hears what is published; over a second connection, which is made when first needed. Resolves when it hears. */
  listen(channel: string, subscription: Subscription): Promise<void>;
}

const TIMEOUT_MS = 2_000;
/** Waits between tries to connect: doubled from the first to the last, each shortened by chance by up to half, so that origins do not return in step. */
const RETRY_MS = { first: 50, last: 2_000 };

const backoff = (random: RandomSource) => (times: number): number => {
  const full = Math.min(RETRY_MS.last, RETRY_MS.first * 2 ** Math.min(times - 1, 10));
  return Math.round(full * (1 - random.bytes(1)[0]! / 512));
};

const optionsOf = (timeoutMs: number, random: RandomSource): RedisOptions => ({
  lazyConnect: true,
  connectTimeout: timeoutMs,
  commandTimeout: timeoutMs,
  socketTimeout: timeoutMs, // a server that says nothing loses the connection, and with it every command that waits
  disconnectTimeout: 100,
  keepAlive: 5_000,
  enableOfflineQueue: false, // fail fast: who waits for a journal must know
  autoResendUnfulfilledCommands: false, // a command is never sent twice
  maxRetriesPerRequest: 0, // a break rejects at once what was under way
  autoResubscribe: false, // Subscriptions does, and knows when it is done
  disableClientInfo: true,
  reconnectOnError: (error) => error.message.startsWith('READONLY'), // what was the master is a replica now
  retryStrategy: backoff(random),
});

class IoredisClient implements RedisClient {
  readonly keys: RedisKeys;
  readonly #redis: Redis;
  readonly #subscriptions: Subscriptions;
  readonly #timeoutMs: number;
  #up = false;
  #closed = false;

  constructor(private readonly options: RedisClientOptions) {
    this.#timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
    this.keys = redisKeys(options.prefix ?? 'crowdcue:');
    const settings = optionsOf(this.#timeoutMs, options.random ?? systemRandom);
    this.#redis = new Redis(options.url, settings);
    this.#subscriptions = new Subscriptions(new Redis(options.url, settings));
  }

  /** Connects for the first time: where that fails, or the server is unfit, the caller gets to know. */
  async open(): Promise<this> {
    const redis = this.#redis;
    let last: Error | undefined;
    redis.on('error', (error: Error) => (last = error));
    redis.on('close', () => forgetSilence(redis));
    try {
      await redis.connect().catch((error: unknown) => {
        throw StoreError.unavailable(`no Redis at ${this.#place}: ${(last ?? (error as Error)).message}`, error);
      });
      await this.#inspect();
    } catch (error) {
      redis.disconnect();
      throw error;
    }
    this.#up = true;
    redis.on('close', () => this.#down(last));
    redis.on('ready', () => void this.#returned());
    return this;
  }

  get up(): boolean {
    return this.#up;
  }

  call(command: string, ...args: RedisArg[]): Promise<unknown> {
    if (this.#closed) return Promise.reject(StoreError.unavailable('the connection to Redis is closed'));
    if (!this.#up) return Promise.reject(StoreError.unavailable('no connection to Redis'));
    return this.#ask(command, ...args);
  }

  run(script: RedisScript, keys: readonly string[], args: readonly RedisArg[]): Promise<unknown> {
    return runScript(this, script, keys, args);
  }

  async servers(): Promise<RedisServerIdentity[]> {
    return [await serverIdentity((command, ...args) => this.call(command, ...args))];
  }

  nodes(): readonly RedisClient[] {
    return [this];
  }

  async placement(): Promise<string> {
    return 'all here';
  }

  listen(channel: string, subscription: Subscription): Promise<void> {
    if (this.#closed) return Promise.reject(StoreError.unavailable('the connection to Redis is closed'));
    return this.#subscriptions.add(channel, subscription);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#up = false;
    await Promise.all([this.#redis, this.#subscriptions].map(ended));
  }

  /** Where the server is, without the password. */
  get #place(): string {
    const { host, port } = this.#redis.options;
    return `${host}:${port}`;
  }

  readonly #ask = async (command: string, ...args: RedisArg[]): Promise<unknown> => {
    try {
      return await this.#redis.callBuffer(command, ...args);
    } catch (error) {
      throw StoreError.unavailable(`Redis: ${(error as Error).message}`, error);
    }
  };

  /** A name that leads to a replica for the moment will lead to the primary again: that is a connection to try anew. */
  async #inspect(): Promise<void> {
    await mustBeSafe(this.#ask, this.options.allowUnsafe ?? false);
    const server = await serverIdentity(this.#ask);
    if (server.role !== 'master') throw StoreError.unavailable(`the Redis at ${this.#place} is a replica`);
    if (server.loading) throw StoreError.unavailable(`the Redis at ${this.#place} reads its log`);
    if (!this.#closed) this.options.onServer?.(server);
  }

  #down(error: Error | undefined): void {
    if (!this.#up) return;
    this.#up = false;
    this.options.onState?.('down', error);
  }

  async #returned(): Promise<void> {
    try {
      await this.#inspect();
      if (this.#closed) return;
      this.#up = true;
      this.options.onState?.('up');
      this.#subscriptions.resumed(); // what a listener asks when it hears again needs this connection
    } catch (error) {
      if (this.#closed) return;
      if (error instanceof StoreError && error.code === 'store_unsafe') this.options.onState?.('unfit', error);
      this.#redis.disconnect(true);
    }
  }
}

/**
 * ioredis 5.9 leaves its socket timer running when a connection breaks, and the timer then ends the next connection, which is well.
 * The field is its own; where it has another name this does nothing, and a break is followed by a second one.
 */
const forgetSilence = (redis: Redis): void => {
  const own = redis as unknown as { socketTimeoutTimer: NodeJS.Timeout | undefined };
  clearTimeout(own.socketTimeoutTimer);
  own.socketTimeoutTimer = undefined;
};

/** By its digest, and in full where the server has forgotten it. */
export async function runScript(caller: Pick<RedisCaller, 'call'>, { sha, text }: RedisScript, keys: readonly string[], args: readonly RedisArg[]): Promise<unknown> {
  try {
    return await caller.call('EVALSHA', sha, keys.length, ...keys, ...args);
  } catch (error) {
    if (!isNoScript(error)) throw error;
    return await caller.call('EVAL', text, keys.length, ...keys, ...args);
  }
}

const isNoScript = (error: unknown): boolean =>
  error instanceof StoreError && error.cause instanceof Error && error.cause.message.startsWith('NOSCRIPT');

const ended = (connection: { readonly status: string; disconnect(): void; once(event: 'end', heard: () => void): unknown }): Promise<void> =>
  new Promise((resolve) => {
    const { status } = connection;
    connection.once('end', resolve);
    connection.disconnect();
    // Nothing is open in these states, and so nothing will say that it ended.
    if (['end', 'wait', 'reconnecting'].includes(status)) resolve();
  });

/**
 * Connects and checks the server.
 * @throws StoreError `store_unavailable` when it can't be reached, `store_unsafe` when it may lose what it acknowledged.
 */
export const openRedis = (options: RedisClientOptions): Promise<RedisClient> => new IoredisClient(options).open();
