/**
 * A Redis Cluster as one caller: each command goes to the node that has its key, over a connection of `redis-client.ts`.
 *
 * Life cycle: `openRedisCluster` asks a node for the others, connects to every primary and checks each → `call`, `run` → `close`.
 * Invariants: those of the single connection, each hop within `timeoutMs`. A redirection is followed, for the node that says it did
 * nothing; whatever may have been done is not sent again. Keys that are used together share a hash tag. A node that is away fails its own
 * keys only; while one is, the others are asked who has its slots now, so a promoted replica is found.
 * Must not import anything of ours above the store.
 */
import { Command } from 'ioredis';
import { StoreError } from '../errors.js';
import { redirection, type ClusterAddress, type SlotRange } from './redis-address.js';
import { openRedis, runScript, type RedisArg, type RedisCaller, type RedisClient, type RedisClientOptions, type RedisState } from './redis-client.js';
import { redisKeys, type RedisKeys } from './redis-keys.js';
import type { RedisScript } from './redis-script.js';
import type { RedisServerIdentity } from './server-identity.js';

const SLOTS = 16_384;
/** Of a line of CLUSTER NODES: where its slots begin. One that moves stands in brackets. */
const SLOTS_AT = 8;
/** Redirections of one command: after a slot moved it is one; more than a few and the nodes disagree. */
const MAX_REDIRECTIONS = 3;
/** ms between two looks for who has the slots of a node that is away */
const LOOK_MS = 500;

const slotOf = (key: RedisArg): number => new Command('get', [key]).getSlot()!;

/** The place of the key where the command's name alone does not tell it to ioredis. */
const KEY_AT: ReadonlyMap<string, number> = new Map([['EVAL', 2], ['EVALSHA', 2], ['XGROUP', 1], ['XINFO', 1]]);

/** undefined: any node will do */
const slotOfCall = (command: string, args: readonly RedisArg[]): number | undefined => {
  const at = KEY_AT.get(command.toUpperCase());
  if (at !== undefined) return args[at] === undefined || (at === 2 && Number(args[1]) === 0) ? undefined : slotOf(args[at]);
  return new Command(command, [...args]).getSlot() ?? undefined;
};

class RedisCluster implements RedisCaller {
  readonly keys: RedisKeys;
  /** by URL; those that open, too */
  readonly #nodes = new Map<string, Promise<RedisClient>>();
  readonly #open = new Map<string, RedisClient>();
  #slots: readonly (string | undefined)[] = [];
  #looking: Promise<void> | undefined;
  #again: NodeJS.Timeout | undefined;
  #told = true;
  #closed = false;

  constructor(private readonly address: ClusterAddress, private readonly options: Omit<RedisClientOptions, 'url'>) {
    this.keys = redisKeys(options.prefix ?? 'crowdcue:');
  }

  /** The first time every slot must have a node that is up and fit. */
  async open(): Promise<this> {
    let last: unknown;
    try {
      for (const seed of this.address.seeds) {
        try {
          await this.#learn(seed, await this.#node(seed));
          const missing = this.#slots.findIndex((node) => node === undefined);
          if (missing >= 0) throw StoreError.unavailable(`no node of the Redis Cluster has slot ${missing}`);
          return this;
        } catch (error) {
          if (!(error instanceof StoreError) || !error.retryable) throw error;
          last = error;
        }
      }
      throw last;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  get up(): boolean {
    return !this.#closed && this.#slots.length === SLOTS && this.#primaries().every((url) => this.#open.get(url)?.up === true);
  }

  async call(command: string, ...args: RedisArg[]): Promise<unknown> {
    const slot = slotOfCall(command, args);
    const url = slot === undefined ? this.#anyNode() : this.#slots[slot];
    const node = url === undefined ? undefined : this.#open.get(url);
    if (this.#closed) throw StoreError.unavailable('the connection to Redis is closed');
    if (node === undefined) throw StoreError.unavailable('no node of the Redis Cluster takes this command');
    try {
      return await node.call(command, ...args);
    } catch (error) {
      if (redirection(error) === undefined) throw error;
      this.#look();
      return this.#follow(url!, error, command, args);
    }
  }

  run(script: RedisScript, keys: readonly string[], args: readonly RedisArg[]): Promise<unknown> {
    return runScript(this, script, keys, args);
  }

  async servers(): Promise<RedisServerIdentity[]> {
    return (await Promise.all(this.nodes().map((node) => node.servers()))).flat();
  }

  nodes(): readonly RedisClient[] {
    return this.#primaries().map((url) => {
      const node = this.#open.get(url);
      if (node === undefined) throw StoreError.unavailable('a node of the Redis Cluster is not connected yet');
      return node;
    });
  }

  async placement(): Promise<string> {
    const told = await Promise.all(this.nodes().map((node) => node.call('CLUSTER', 'NODES')));
    const slots = told.map((text) => String(text).split('\n').find((line) => line.includes('myself'))!.split(' ').slice(SLOTS_AT).join(' '));
    if (slots.some((each) => each.includes('['))) throw StoreError.unavailable('slots of the Redis Cluster move to another node: ask again when they are there');
    return slots.join('; ');
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#again);
    const nodes = [...this.#nodes.values()];
    this.#nodes.clear();
    await Promise.all(nodes.map(async (opening) => (await opening.catch(() => undefined))?.close()));
  }

  /** Sends the command to where the cluster says that its key is; each that it asks has done nothing before. */
  async #follow(from: string, error: unknown, command: string, args: RedisArg[]): Promise<unknown> {
    let [url, last] = [from, error];
    for (let left = MAX_REDIRECTIONS; left > 0; left--) {
      const to = redirection(last);
      if (to === undefined) throw last;
      url = this.address.nodeUrl(to.host === '' ? new URL(url).hostname : to.host, to.port);
      const node = this.#open.get(url);
      if (node === undefined) throw StoreError.unavailable('the key moved to a node of the Redis Cluster that is not connected yet');
      try {
        // Not awaited: the two must follow each other on the connection.
        if (to.kind === 'ASK') void node.call('ASKING').catch(() => undefined);
        return await node.call(command, ...args);
      } catch (next) {
        last = next;
      }
    }
    throw last;
  }

  #node(url: string): Promise<RedisClient> {
    const known = this.#nodes.get(url);
    if (known) return known;
    if (this.#closed) return Promise.reject(StoreError.unavailable('the connection to Redis is closed'));
    const opening = openRedis({ ...this.options, url, onState: (state, error) => this.#changed(state, error) });
    this.#nodes.set(url, opening);
    opening.then(
      (client) => this.#nodes.has(url) && this.#open.set(url, client),
      () => this.#nodes.get(url) === opening && this.#nodes.delete(url),
    );
    return opening;
  }

  /** Of a node, or of all. The cluster is up when every primary is. */
  #changed(state: RedisState, error?: Error): void {
    if (this.#closed) return;
    const { up } = this;
    if (state === 'unfit') this.options.onState?.('unfit', error);
    else if (up !== this.#told) this.options.onState?.(up ? 'up' : 'down', error);
    this.#told = up;
    if (!up) this.#look();
  }

  /** Asks who has which slots, now and again for as long as a node is away; once at a time. */
  #look(): void {
    if (this.#closed || this.#looking) return;
    clearTimeout(this.#again);
    this.#looking = this.#ask().finally(() => {
      this.#looking = undefined;
      if (this.#closed) return;
      if (this.up) this.#changed('up');
      else this.#again = setTimeout(() => this.#look(), LOOK_MS).unref();
    });
  }

  async #ask(): Promise<void> {
    for (const [url, node] of this.#open) {
      if (!node.up) continue;
      // One that does not answer, or tells of nodes that are not there yet, is no news.
      if (await this.#learn(url, node).then(() => true, () => false)) return;
    }
  }

  /** Takes over what a node says of all, once every primary of it is connected; others are let go. */
  async #learn(said: string, node: RedisClient): Promise<void> {
    const ranges = (await node.call('CLUSTER', 'SLOTS')) as SlotRange[];
    const slots = Array.from<string | undefined>({ length: SLOTS });
    for (const [from, to, [host, port]] of ranges) {
      slots.fill(this.address.nodeUrl(String(host ?? '') || new URL(said).hostname, port), from, to + 1);
    }
    const primaries = new Set(slots.filter((url) => url !== undefined));
    await Promise.all([...primaries].map((url) => this.#node(url)));
    if (this.#closed) return;
    this.#slots = slots;
    for (const [url, opening] of this.#nodes) {
      if (primaries.has(url)) continue;
      this.#nodes.delete(url);
      this.#open.delete(url);
      void opening.then((client) => client.close(), () => undefined);
    }
  }

  #primaries(): string[] {
    return [...new Set(this.#slots)].filter((url) => url !== undefined);
  }

  #anyNode(): string | undefined {
    const primaries = this.#primaries();
    return primaries.find((url) => this.#open.get(url)?.up === true) ?? primaries[0];
  }
}

/**
 * Connects to every primary of a cluster and checks each.
 * @throws StoreError `store_unavailable` when one can't be reached or slots have no node, `store_unsafe` when one may lose what it acknowledged.
 */
export const openRedisCluster = (address: ClusterAddress, options: Omit<RedisClientOptions, 'url'>): Promise<RedisCaller> => new RedisCluster(address, options).open();
