import { describe, expect, it } from 'vitest';
import { lmdbLedger } from '../src/ledger/index.js';
import { keys } from '../src/store/index.js';
import { Audit } from '../src/ledger/audit.js';
import type { Entry } from '../src/ledger/index.js';
import { all, ask, idOf, move, one, paid, terms } from './ledger-parts.js';
import { handClock, tempStore } from './store-helper.js';

const E = 'show';
const granted = async () => {
  const store = await tempStore();
  const ledger = lmdbLedger(store, handClock());
  await ledger.createEvent(E, 't');
  await ledger.defineDrop(E, terms(), 't');
  await ledger.unlock({ event: E, target: { achievement: 'won' }, viewers: [1, 2], trace: 't' });
  await ledger.claim([ask(1), ask(2)]);
  expect(await ledger.reconcile(E)).toEqual([]);
  return { store, ledger };
};

describe('reconcile', () => {
  it('[LED18] finds stock that was changed behind the ledger', async () => {
    const { store, ledger } = await granted();
    await store.transact((tx) => {
      const drop = tx.get<{ variants: { default: { taken: number } } }>(keys.drop(E, 'badge'));
      if (!drop) throw new Error('no drop');
      drop.variants.default.taken = 1;
      tx.put(keys.drop(E, 'badge'), drop);
    });
    expect((await ledger.reconcile(E)).map(({ path }) => path)).toEqual(['drops/badge']);
  });

  it('[LED18] finds a holding that was deleted', async () => {
    const { store, ledger } = await granted();
    await store.transact((tx) => tx.remove(keys.holding(E, 1, 'badge')));
    expect(await ledger.reconcile(E)).toMatchObject([{ path: 'holdings/1/badge', stands: undefined, replayed: { state: 'granted' } }]);
  });

  it('[LED18] finds a serial that was given twice, a grant without an unlock and a lost entry', async () => {
    const { store, ledger } = await granted();
    const entries = await ledger.entries(E, 1, 100);
    const second = entries.at(-1);
    await store.transact((tx) => {
      tx.put(keys.entry(E, second?.seq ?? 0), { ...second, serial: 1 });
      tx.remove(keys.entry(E, 3)); // viewer 1's unlock
    });
    const found = (await ledger.reconcile(E)).map(({ stands }) => stands);
    expect(found).toContain('serial badge/1 again');
    expect(found).toContain('granted without an unlock');
  });
});

/** Every kind of entry once or more, by the ledger itself. */
const story = async (): Promise<Entry[]> => {
  const clock = handClock();
  const ledger = lmdbLedger(await tempStore(), clock);
  await ledger.createEvent(E, 't');
  await ledger.defineDrop(E, terms({ reserveMs: 100, coded: true, restock: 'burn' }), 't');
  await ledger.defineDrop(E, terms({ id: 'lot', allocation: 'lottery', variants: { default: 1 } }), 't');
  await ledger.unlock({ event: E, target: { achievement: 'won' }, viewers: [1, 2, 3], trace: 't' });
  const person = { proof: 'email' as const, subject: 71 };
  const [bought = '', left = ''] = [idOf(await one(ledger, ask(1, person))), idOf(await one(ledger, ask(2)))];
  await one(ledger, ask(3));
  await move(ledger, 'convert', bought, paid('order-001'));
  await move(ledger, 'refund', bought, paid('refund-01'));
  clock.time += 100;
  await move(ledger, 'expire', left);
  await ledger.restock({ event: E, drop: 'badge', variant: 'default', add: 1, reason: 'more', trace: 't' });
  await move(ledger, 'confirm', idOf(await one(ledger, ask(2, { key: 'another-key' }))));
  const tickets = (await ledger.claim([1, 2, 3].map((viewer) => ask(viewer, { drop: 'lot', key: `key-lot-${viewer}` })))).map((receipt) => Number(idOf(receipt).slice(E.length + 1)));
  for (const to of ['frozen', 'listed', 'drawn'] as const) await ledger.lotStep({ event: E, drop: 'lot', to, trace: 't' });
  await ledger.revoke({ event: E, drop: 'lot', viewer: 3, reason: 'bot', trace: 't' });
  await ledger.allot({ event: E, drop: 'lot', from: 0, winners: tickets.slice(0, 1), losers: tickets.slice(1), trace: 't' });
  await ledger.lotStep({ event: E, drop: 'lot', to: 'settled', trace: 't' });
  expect(await ledger.reconcile(E)).toEqual([]);
  return all(ledger);
};

describe('audit of entries', () => {
  /** Says what is found when the entries that fit are changed, or (where nothing is given) left out. */
  const found = (entries: readonly Entry[], fits: (entry: Entry) => boolean, change?: (entry: Entry) => Partial<Entry>): string[] => {
    const audit = new Audit(E);
    expect(entries.some(fits)).toBe(true);
    for (const entry of entries) if (!fits(entry)) audit.add(entry);
    else if (change) audit.add({ ...entry, ...change(entry) });
    return audit.compare(audit.state).map(({ stands }) => String(stands));
  };
  const is = (type: Entry['type'], drop = 'badge') => (entry: Entry): boolean => entry.type === type && entry.drop === drop;

  it('[LED49] finds what cannot be among entries: each invariant, by the entry that breaks it', async () => {
    const entries = await story();
    expect(found(entries, () => true, (entry) => entry)).toEqual([]);
    const cases: readonly (readonly [string, (entry: Entry) => boolean, ((entry: Entry) => Partial<Entry>)?])[] = [
      ['at 5', is('Refunded'), () => ({ at: 5 })],
      ['key key-of-1 again', (entry) => entry.key === 'key-of-2', () => ({ key: 'key-of-1' })],
      ['serial badge/1 again', (entry) => is('Granted')(entry) && entry.serial === 2, () => ({ serial: 1 })],
      ['serial badge/7 after 1', (entry) => is('Granted')(entry) && entry.serial === 2, () => ({ serial: 7 })],
      ['unit 1', (entry) => is('Granted')(entry) && entry.unit === 2, () => ({ unit: 1 })],
      ['refunded 1990 USD', is('Refunded'), () => ({ currency: 'USD' })],
      ['Converted after reserved', (entry) => is('Granted')(entry) && entry.serial === 1],
      ['Refunded after granted', is('Converted')],
      ['Expired after none', (entry) => is('Reserved')(entry) && entry.viewer === 2],
      ['of 99', is('Expired'), () => ({ of: 99 })],
      ['2 taken', is('DropRestocked'), () => ({ count: -1 })],
      ['refused with units left', is('DropDefined'), ({ terms: of }) => ({ terms: { ...(of as NonNullable<Entry['terms']>), variants: { default: 3 } } })],
      ['reserved without an unlock', (entry) => entry.type === 'Unlocked' && entry.viewer === 2],
      ['unlocked again', (entry) => entry.type === 'Unlocked' && entry.viewer === 2, () => ({ viewer: 1 })],
      ['person 71 as viewer 1', (entry) => is('Reserved')(entry) && entry.viewer === 2 && entry.key === 'key-of-2', () => ({ subject: 71 })],
      ['LotListed of a lot that is collecting', is('LotFrozen', 'lot')],
      ['entered while frozen', is('Entered', 'lot')],
      ['2 tickets allotted', (entry) => entry.reason === 'claim_revoked'],
      ['ticket lot/', (entry) => entry.reason === 'claim_revoked', ({ of = 0 }) => ({ of: of - 1 })],
      ['allotted while listed', is('LotDrawn', 'lot')],
    ];
    for (const [stands, fits, change] of cases) {
      // An entry that came too early is the freeze moved before it.
      const told = stands === 'entered while frozen' ? early(entries) : found(entries, fits, change);
      expect(told.some((each) => each.startsWith(stands)), `${stands}, but: ${told.join('; ')}`).toBe(true);
    }
  });

  const early = (entries: readonly Entry[]): string[] => {
    const audit = new Audit(E);
    const freeze = entries.find(is('LotFrozen', 'lot')) as Entry;
    for (const entry of entries) {
      if (entry.type === 'Entered' && entry.viewer === 3) audit.add(freeze);
      audit.add(entry);
    }
    return audit.compare(audit.state).map(({ stands }) => String(stands));
  };

  it('[LED49] goes on after an entry that cannot follow, and says so', async () => {
    const told = found(await story(), (entry) => entry.type === 'DropDefined' && entry.drop === 'lot', undefined);
    expect(told.filter((each) => each.includes('does not follow')).length).toBeGreaterThan(3);
  });

  it('[LED49] finds tickets that the index has otherwise, and persons and reservations that were changed', async () => {
    const store = await tempStore();
    const ledger = lmdbLedger(store, handClock());
    await ledger.createEvent(E, 't');
    await ledger.defineDrop(E, terms({ allocation: 'lottery' }), 't');
    await ledger.defineDrop(E, terms({ id: 'shop', reserveMs: 100 }), 't');
    await ledger.unlock({ event: E, target: { achievement: 'won' }, viewers: [1, 2], trace: 't' });
    const [first, second] = (await ledger.claim([ask(1, { proof: 'email', subject: 71 }), ask(2), ask(2, { drop: 'shop', key: 'key-shop' })])).map((receipt) => Number(idOf(receipt).slice(E.length + 1)));
    await store.transact((tx) => {
      tx.remove(keys.ticket(E, 'badge', first ?? 0));
      tx.put(keys.ticket(E, 'badge', second ?? 0), { variant: 'default', allotted: true });
      tx.put(keys.subject(E, 'badge', 71), 2);
      for (const name of [...tx.names(keys.reservations(E), `${keys.reservations(E)}~`)]) tx.remove(name);
    });
    expect((await ledger.reconcile(E)).map(({ path }) => path).sort()).toEqual(['reservations/8', 'subjects/badge/71', `tickets/badge/${first}`, `tickets/badge/${second}`]);
  });
});
