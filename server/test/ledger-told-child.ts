import { openLedgerFolder } from './support/ledger-folder.js';

/** Grants to one viewer, as an origin that runs for a moment; the first one makes the event. */
const [dataDir = '', viewer = '1'] = process.argv.slice(2);
const { ledger, close } = await openLedgerFolder(dataDir);
if (viewer === '1') {
  await ledger.createEvent('show', 't');
  await ledger.defineDrop('show', { id: 'badge', name: 'Badge', kind: 'badge', unlockedBy: 'won', variants: { default: null }, restock: 'return', test: false }, 't');
}
await ledger.unlock({ event: 'show', target: { achievement: 'won' }, viewers: [Number(viewer)], trace: 't' });
const [receipt] = await ledger.claim([{ event: 'show', drop: 'badge', viewer: Number(viewer), key: `key-of-${viewer}`, trace: 't' }]);
if (receipt?.status !== 'granted') throw new Error(JSON.stringify(receipt));
await close();
