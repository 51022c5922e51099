import { expect, it } from 'vitest';
import { lmdbLedger } from '../src/ledger/index.js';
import { openLmdbStore } from '../src/store/index.js';
import { handClock, tempDir } from './store-helper.js';
import { bundleChild, runAndKill } from './support/kill-child.js';

it('[LED19] keeps every receipt that was given out, and doubles none, when the process is killed -9', async () => {
  const script = await bundleChild('ledger-kill-child.ts');
  const path = tempDir();
  const printed: [number, number, number][] = [];
  for (const enough of [40, 137, 301]) {
    const next = Math.max(0, ...printed.map(([viewer]) => viewer)) + 100;
    const receipts = await runAndKill(script, [path, String(printed.length === 0 ? 1 : next)], enough);
    printed.push(...receipts.map(([viewer = 0, serial = 0, sold = 0]): [number, number, number] => [viewer, serial, sold]));

    const store = await openLmdbStore({ path });
    const ledger = lmdbLedger(store, handClock());
    const entries = await ledger.entries('show', 1, 1_000_000);
    const grants = entries.filter(({ type }) => type === 'Granted');
    const byViewer = new Map(grants.map(({ viewer, serial }) => [viewer, serial]));
    expect(byViewer.size).toBe(grants.length);
    expect(new Set(byViewer.values()).size).toBe(grants.length);
    for (const [viewer, serial, sold] of printed) {
      expect(byViewer.get(viewer)).toBe(serial);
      expect(entries[sold - 1]).toMatchObject({ seq: sold, type: 'Converted', viewer, amount: viewer });
    }
    expect(entries.filter(({ type }) => type === 'Converted').length).toBeGreaterThanOrEqual(printed.length);
    expect(await ledger.reconcile('show')).toEqual([]);
    await store.close();
  }
  expect(printed.length).toBeGreaterThanOrEqual(478);
});
