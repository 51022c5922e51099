import type { RedisCaller } from './redis-client.js';

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
