import { Keys, systemRandom } from '../src/identity/index.js';
import { lmdbLedger } from '../src/ledger/index.js';
import { lmdbOutbox } from '../src/outbox/index.js';
import { lmdbRecords, openLmdbStore } from '../src/store/index.js';
import { AddressGuard, DeliveryWorker, EndpointDesk, Secrets, toldLedger } from '../src/webhooks/index.js';

/**
 * Grants, revokes and delivers as fast as it can, printing the viewer of each receipt it was given, until it is killed. The clock is the
 * caller's: later in each life, so that the leases of the life before are over.
 */
const [path = '', url = '', fromText = '1', aheadText = '0'] = process.argv.slice(2);
const clock = { now: () => Date.now() + Number(aheadText), monotonic: () => performance.now() };
const store = await openLmdbStore({ path });
const outbox = lmdbOutbox(store);
const guard = new AddressGuard({ allowPrivate: ['127.0.0.1'] });
const endpoints = new EndpointDesk({
  table: lmdbRecords(store).table('webhooks'), secrets: new Secrets({ sealer: new Keys(Buffer.alloc(32, 7)).sealer('webhooks', systemRandom), random: systemRandom }), guard, outbox, clock, random: systemRandom,
  eventsOf: () => ['show'], workspaceOf: () => 'own',
});
const worker = new DeliveryWorker({
  endpoints, outbox, guard, schedule: { wait: () => 5 }, now: () => clock.now(), monotonic: () => clock.monotonic(), metrics: { tried: () => undefined, delay: () => undefined },
  logger: { info: () => undefined, warn: () => undefined }, sourceOf: (event) => event,
});
const ledger = toldLedger(lmdbLedger(store, clock), (event) => worker.nudge(event));
if (fromText === '1') {
  await ledger.createEvent('show', 't');
  await ledger.defineDrop('show', { id: 'd', name: 'D', kind: 'badge', unlockedBy: 'won', variants: { default: null }, restock: 'return', test: false }, 't');
  await endpoints.create('own', { url });
}
worker.start();
for (let viewer = Number(fromText); fromText !== '0'; viewer += 1) {
  await ledger.unlock({ event: 'show', target: { achievement: 'won' }, viewers: [viewer], trace: 't' });
  const [receipt] = await ledger.claim([{ event: 'show', drop: 'd', viewer, key: `key-of-${viewer}`, trace: 't' }]);
  if (receipt?.status === 'granted') process.stdout.write(`${viewer}\n`);
  if (viewer % 3 === 0) await ledger.revoke({ event: 'show', drop: 'd', viewer, reason: 'r', trace: 't' });
}
// In its last life it only delivers.
for (;;) {
  await new Promise((resolve) => setTimeout(resolve, 20));
  const { pending, position, last } = await outbox.status({ event: 'show', endpoint: endpoints.all()[0]!.id });
  process.stdout.write(`${pending} ${last - position}\n`);
}
