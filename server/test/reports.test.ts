import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lmdbLedger } from '../src/ledger/index.js';
import { DropHistories, dropReport, Projector, reportCheckers } from '../src/reports/index.js';
import { handClock, tempStore } from './store-helper.js';
import { anyOp, DROPS, Player } from './support/ledger-ops.js';

const E = 'show';

describe('reports', () => {
  it('[RPC1] read on from where they stood give what they give from the first entry, and what stands, whatever happened', async () => {
    const clock = handClock();
    const ledger = lmdbLedger(await tempStore(undefined, { unsafeNoSync: true }), clock);
    const projector = new Projector(ledger, () => new DropHistories());
    const checkers = reportCheckers(ledger).filter(({ name }) => name === 'reports');
    let runs = 0;
    const turns = fc.array(fc.array(anyOp, { minLength: 5, maxLength: 25, size: 'max' }), { minLength: 4, maxLength: 8, size: 'max' });
    await fc.assert(fc.asyncProperty(turns, async (all) => {
      const event = `${E}-${runs++}`;
      clock.time = 1_000_000;
      await ledger.createEvent(event, 't');
      for (const each of DROPS) await ledger.defineDrop(event, each, 't');
      await ledger.unlock({ event, target: { achievement: 'won' }, viewers: [1, 2, 3, 4, 5], trace: 't' });
      const player = new Player(event, () => ledger);
      for (const turn of all) {
        clock.time += 10;
        for (const each of turn) await player.perform(each);
        const [kept, fresh] = await Promise.all([projector.of(event), projector.rebuilt(event)]);
        expect(kept).toEqual(fresh);
        for (const { check } of checkers) expect(await check(event)).toEqual([]);
        for (const [id, history] of kept.drops) {
          const { variants } = (await ledger.state(event)).drops[id]!;
          const { variants: reported } = dropReport(event, history);
          for (const [name, { supply, taken, reserved, granted, revoked, refunded, converted }] of Object.entries(variants)) {
            expect(reported[name], `${id} ${name}`).toMatchObject({ supply, taken, reserved, granted, revoked, refunded, converted });
          }
        }
      }
    }), { numRuns: 25 });
  }, 120_000);

  it('[RPC1] calls that come together read each entry once, and an event that is none is forgotten', async () => {
    const ledger = lmdbLedger(await tempStore(), handClock());
    let reads = 0;
    const counting = { entries: (...args: Parameters<typeof ledger.entries>) => (reads++, ledger.entries(...args)) };
    const projector = new Projector(counting, () => ({ seen: [] as number[], add({ seq }: { seq: number }) { this.seen.push(seq); } }));
    await ledger.createEvent(E, 't');
    await ledger.recordHostAction(E, 'a', 't');
    const all = await Promise.all([projector.of(E), projector.of(E), projector.of(E)]);
    expect(all.map(({ seen }) => seen)).toEqual([[1, 2], [1, 2], [1, 2]]);
    await ledger.recordHostAction(E, 'b', 't');
    expect((await projector.of(E)).seen).toEqual([1, 2, 3]);
    expect((await projector.of('nowhere')).seen).toEqual([]);
    expect(reads).toBe(5);
  });

  it('[RPC1] of many events only those asked for last are kept; another is read from its first entry again, and gives the same', async () => {
    const ledger = lmdbLedger(await tempStore(), handClock());
    const from: string[] = [];
    const watched = { entries: (...args: Parameters<typeof ledger.entries>) => (from.push(`${args[0]} ${args[1]}`), ledger.entries(...args)) };
    const projector = new Projector(watched, () => ({ seen: [] as number[], add({ seq }: { seq: number }) { this.seen.push(seq); } }), 2);
    for (const event of ['a', 'b', 'c']) await ledger.createEvent(event, 't');
    for (const event of ['a', 'b', 'a', 'c', 'a', 'b']) expect((await projector.of(event)).seen).toEqual([1]);
    expect(from).toEqual(['a 1', 'b 1', 'a 2', 'c 1', 'a 2', 'b 1']);
  });
});
