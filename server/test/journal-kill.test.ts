import { expect, it } from 'vitest';
import { lmdbJournal } from '../src/journal/index.js';
import { openLmdbStore } from '../src/store/index.js';
import { partsAt } from './journal-kill-parts.js';
import { tempDir } from './store-helper.js';
import { bundleChild, runAndKill } from './support/kill-child.js';

it('[JRN18] killed -9 between and within checkpoints, the journal has one of them whole, and none older than was acknowledged', async () => {
  const script = await bundleChild('journal-kill-child.ts');
  const path = tempDir();
  let first = 1;
  for (const enough of [1, 30, 77]) {
    const stored = await runAndKill(script, [path, String(first)], enough);
    const acknowledged = stored.at(-1)![0]!;
    const store = await openLmdbStore({ path });
    const { checkpoint } = await lmdbJournal(store).open('show');
    await store.close();
    const { tick, parts } = checkpoint!;
    expect(tick).toBeGreaterThanOrEqual(acknowledged);
    const expected = partsAt(tick, Number(Buffer.from(parts.get('head')!).toString()));
    expect([...parts.keys()].toSorted()).toEqual([...expected.keys()].toSorted());
    for (const [name, bytes] of expected) expect(Buffer.compare(parts.get(name)!, bytes), name).toBe(0);
    first = tick + 1;
  }
});
