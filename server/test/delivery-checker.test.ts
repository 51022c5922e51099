import { expect, it } from 'vitest';
import type { Entry } from '../src/ledger/index.js';
import type { DeadLetter } from '../src/outbox/index.js';
import { deliveryChecker } from '../src/webhooks/index.js';

it('[TRU9] of deliveries every dead letter is compared with its entry, however many there are, and how far the book was read', async () => {
  const entries = new Map(Array.from({ length: 2_500 }, (_, index) => [index + 1, { seq: index + 1, type: 'Granted' } as Entry]));
  const letters = [...entries.values()].map((entry) => ({ entry }) as DeadLetter);
  entries.delete(2_300);
  entries.set(2_400, { seq: 2_400, type: 'Revoked' } as Entry);
  const outbox = {
    status: async () => ({ position: 2_501, last: 2_500, pending: 0, dead: letters.length }),
    dead: async (_: unknown, from: number, limit: number) => letters.filter(({ entry: { seq } }) => seq >= from).slice(0, limit),
  };
  const ledger = { entries: async (_: string, from: number, limit: number) => [...entries.values()].filter(({ seq }) => seq >= from).slice(0, limit) };
  expect(await deliveryChecker(ledger, outbox, () => ['shop']).check('show')).toEqual([
    { path: 'deliveries/shop', stands: 'read to 2501', replayed: '2500 at most' },
    { path: 'deliveries/shop/2300', stands: 'Granted', replayed: 'nothing' },
    { path: 'deliveries/shop/2400', stands: 'Granted', replayed: 'Revoked' },
  ]);
});
