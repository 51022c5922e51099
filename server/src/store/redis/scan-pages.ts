import { StoreError } from '../errors.js';
import type { RedisCaller, RedisClient } from './redis-client.js';

/** Fields or names a reply, roughly; about a millisecond of Redis. */
const PAGE = 1_000;

/** A flat reply: field, value, field, value, … */
export const pairsOf = (flat: readonly Buffer[]): (readonly [field: string, value: string])[] =>
  Array.from({ length: flat.length / 2 }, (_, index) => [String(flat[2 * index]), String(flat[2 * index + 1])] as const);

/**
 * Pages of what a scan gives: names of keys, or what is in one key. Not of one instant: what changes meanwhile is there as it was before or
 * after, and may come twice. `more` is what stands between cursor and count, such as `MATCH` and a pattern.
 */
export async function* scanPages(client: Pick<RedisCaller, 'call'>, scan: readonly ['SCAN'] | readonly ['HSCAN' | 'ZSCAN' | 'SSCAN', key: string], ...more: string[]): AsyncGenerator<Buffer[]> {
  const [command, ...key] = scan;
  let cursor = '0';
  do {
    const [next, page] = (await client.call(command, ...key, cursor, ...more, 'COUNT', PAGE)) as [Buffer, Buffer[]];
    yield page;
    cursor = String(next);
  } while (cursor !== '0');
}

/**
 * The names of all keys that fit a pattern, by the server that has them. Not of one instant, but a key that is there all the while is told.
 * @throws StoreError `store_unavailable`, also where keys went from server to server meanwhile, for one may have been missed.
 */
export async function* scanNames(client: RedisCaller, pattern: string): AsyncGenerator<[node: RedisClient, names: string[]]> {
  const placement = await client.placement();
  for (const node of client.nodes()) {
    for await (const page of scanPages(node, ['SCAN'], 'MATCH', pattern)) yield [node, page.map(String)];
  }
  if ((await client.placement()) !== placement) throw StoreError.unavailable('slots of the Redis Cluster moved meanwhile: begin again');
}
