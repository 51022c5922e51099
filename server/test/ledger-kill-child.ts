import { lmdbLedger } from '../src/ledger/index.js';
import { openLmdbStore } from '../src/store/index.js';

/** Grants and sells as fast as it can and prints `viewer serial seq` of each receipt it was given and its conversion, until it is killed. */
const [path = '', fromText = '1'] = process.argv.slice(2);
const ledger = lmdbLedger(await openLmdbStore({ path }), { now: () => 1_000_000, monotonic: () => 0 });
const say = (line: string): boolean => process.stdout.write(`${line}\n`);
const variants = { default: null };
if (fromText === '1') {
  await ledger.createEvent('show', 't');
  await ledger.defineDrop('show', { id: 'd', name: 'D', kind: 'badge', unlockedBy: 'won', variants, restock: 'return', test: false }, 't');
}
for (let from = Number(fromText); ; from += 8) {
  const viewers = Array.from({ length: 8 }, (_, index) => from + index);
  await ledger.unlock({ event: 'show', target: { achievement: 'won' }, viewers, trace: 't' });
  await Promise.all(
    viewers.map(async (viewer) => {
      const [receipt] = await ledger.claim([{ event: 'show', drop: 'd', viewer, key: `key-of-${viewer}`, trace: 't' }]);
      if (receipt?.status !== 'granted') return;
      const sold = await ledger.move({ event: 'show', id: receipt.id, type: 'convert', key: `order-of-${viewer}`, amount: viewer, currency: 'EUR', trace: 't' });
      if (sold.status === 'done') say(`${viewer} ${receipt.serial} ${sold.seq}`);
    }),
  );
}
