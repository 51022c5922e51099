import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type ClaimRequest, type Ledger, lmdbLedger, type Receipt, redisLedger } from '../src/ledger/index.js';
import { all, ask, code, E, move, one, paid, said } from './ledger-parts.js';
import { handClock, tempStore } from './store-helper.js';
import { HAS_REDIS } from './support/redis-server.js';
import { sharedRedis } from './support/shared-redis.js';

/** Rows of a data folder and the receipts it had given out, written by the version before (two drops, a test drop, refusals, revocations). */
interface Golden {
  receipts: { request: ClaimRequest; receipt: Receipt }[];
  rows: [key: string, value: unknown][];
}
const read = <T>(name: string): T => JSON.parse(readFileSync(new URL(`golden/${name}`, import.meta.url), 'utf8')) as T;
const golden = read<Golden>('ledger-1.json');
/** The same story in Redis, as the commands that give what that version left there; keys without what an event's begin with. */
const { commands } = read<{ commands: [command: string, key: string, ...args: string[]][] }>('ledger-1-redis.json');

const openLmdb = async (): Promise<Ledger> => {
  const store = await tempStore();
  await store.transact((tx) => {
    for (const [key, value] of golden.rows) tx.put(key, value);
  });
  return lmdbLedger(store, handClock(1_001_000));
};

const oldLedger = (name: string, open: () => Promise<Ledger>) => describe(`a ledger of the version before on ${name}`, () => {
  it('[LED51] is clean, and each of its receipts is given again', async () => {
    const ledger = await open();
    expect(await ledger.reconcile(E)).toEqual([]);
    expect(await ledger.replay(E)).toEqual(await ledger.state(E));
    for (const { request, receipt } of golden.receipts) expect(await one(ledger, request)).toEqual(receipt);
    expect((await ledger.drops(E)).map(({ terms: { id }, granted, left, reserved, refunded }) => [id, granted, left, reserved, refunded])).toEqual([
      ['badge', 1, 1, 0, 0], ['colours', 1, null, 0, 0], ['trial', 2, 1, 0, 0],
    ]);
    expect((await Promise.all([1, 3, 7].map((viewer) => ledger.receipts(E, viewer)))).flat().map(({ drop, standing }) => `${drop} ${standing}`).sort()).toEqual([
      'badge refused', 'badge revoked', 'colours active', 'colours revoked', 'trial active',
    ]);
  });

  it('[LED51] goes on: old grants are fulfilled, paid, refunded and revoked, old refusals become grants', async () => {
    const ledger = await open();
    const [, second, , red] = golden.receipts.map(({ receipt }) => ('id' in receipt ? receipt.id : ''));
    expect(await said(move(ledger, 'fulfil', second ?? ''))).toBe('done');
    expect(await said(move(ledger, 'convert', second ?? '', paid('order-001')))).toBe('done');
    expect(await said(move(ledger, 'refund', second ?? '', paid('refund-01')))).toBe('done');
    expect(await said(move(ledger, 'revoke', red ?? ''))).toBe('done');
    expect(code(await one(ledger, ask(1, { key: 'another-key' })))).toBe('claim_revoked');
    expect(await one(ledger, ask(3, { key: 'another-key' }))).toMatchObject({ status: 'granted', serial: 3 });
    expect(await ledger.restock({ event: E, drop: 'colours', variant: 'red', add: 1, reason: 'more', trace: 't' })).toBe(2);
    expect(await one(ledger, ask(2, { drop: 'colours', variant: 'red', key: 'yet-another' }))).toMatchObject({ status: 'granted', serial: 3 });
    expect(await ledger.reconcile(E)).toEqual([]);
    expect((await all(ledger)).length).toBe(30);
  });
});

oldLedger('lmdb', openLmdb);

describe.skipIf(!HAS_REDIS)('with a real server', () => {
  const redis = sharedRedis();
  oldLedger('redis', async () => {
    const client = await redis.client();
    const at = client.keys.ledger(E).head.slice(0, -'head'.length);
    for (const [command, key, ...args] of commands) await client.call(command, `${at}${key}`, ...args);
    return redisLedger(client, handClock(1_001_000));
  });
});
