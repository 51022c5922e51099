import { describe, expect, it } from 'vitest';
import { ClaimMeter } from '../src/events/claim-meter.js';
import { LotDesk, FAIR_CLAIM_MS } from '../src/drops/index.js';
import { standingOf } from '../src/events/drop-board.js';
import type { DropOverview } from '../src/ledger/index.js';

const terms = (more: object = {}): DropOverview['terms'] => ({ id: 'cup', name: 'Cup', kind: 'badge', unlockedBy: 'a', variants: { default: 2 }, restock: 'return', test: false, ...more }) as DropOverview['terms'];
const drop = (more: Partial<DropOverview> = {}): DropOverview => ({
  terms: terms(), open: true, supply: 2, left: 1, granted: 1, reserved: 0, converted: 0, refunded: 0, unlocked: 3, variants: { default: { supply: null, left: null, granted: 1, reserved: 0, converted: 0, refunded: 0 } }, ...more,
});

describe('claims of the last minute', () => {
  it('[HDR7] are counted by drop, second and result, and forgotten after a minute', () => {
    let now = 500_000;
    const meter = new ClaimMeter(() => now);
    expect(meter.of('show', 'cup')).toBeUndefined();
    for (const result of ['granted', 'granted', 'claim_sold_out']) meter.add('show', 'cup', result);
    meter.add('other', 'cup', 'granted');
    now += 2_000;
    meter.add('show', 'cup', 'claim_closed');
    const { perSecond, minute } = meter.of('show', 'cup')!;
    expect(minute).toEqual({ granted: 2, claim_sold_out: 1, claim_closed: 1 });
    expect([perSecond.length, ...perSecond.slice(-3)]).toEqual([60, 3, 0, 1]);
    now += 57_999;
    expect(meter.of('show', 'cup')!.minute).toEqual({ granted: 2, claim_sold_out: 1, claim_closed: 1 });
    now += 1;
    expect(meter.of('show', 'cup')!.minute).toEqual({ claim_closed: 1 });
    now += 2_000;
    expect(meter.of('show', 'cup')).toBeUndefined();
  });

  it('[HDR7] a host tells its own hand from the windows, and when a lot that collects is drawn', async () => {
    expect(standingOf(drop({ open: false }), 5)).toMatchObject({ open: false, shut: true, variants: { default: { supply: -1, left: -1, granted: 1 } } });
    expect(standingOf(drop({ terms: terms({ closesAt: 4 }) }), 5)).toMatchObject({ open: false, closesAt: 4 });
    expect(standingOf(drop({ terms: terms({ closesAt: 4 }) }), 5).shut).toBeUndefined();
    const time = { now: 1_000_000, monotonic: 70_000 };
    const desk = new LotDesk({
      ledger: {} as never, seeds: { entries: () => [], watch: () => undefined } as never, entropy: {} as never, clock: { now: () => time.now, monotonic: () => time.monotonic },
      newSeed: () => '', trace: () => '', maxDelayOf: () => 12_000, changed: () => undefined, logger: { info: () => undefined, error: () => undefined },
    });
    const fair = drop({ terms: terms({ allocation: 'fair-window' }), lot: { state: 'collecting', entered: 1, allotted: 0 } as never });
    expect(desk.drawsAt('show', fair)).toBeUndefined(); // nobody has entered that this process saw
    await desk.look('show', [fair]);
    time.now += 5_000;
    time.monotonic += 5_000;
    expect(desk.drawsAt('show', fair)).toBe(time.now + 7_000 + FAIR_CLAIM_MS);
    const lottery = drop({ terms: terms({ allocation: 'lottery', closesAt: 9_000_000 }), lot: fair.lot! });
    expect(standingOf(lottery, 5, desk.drawsAt('show', lottery)).lot).toEqual({ state: 'collecting', entered: 1, drawsAt: 9_000_000 });
    expect(standingOf({ ...lottery, lot: { ...fair.lot!, state: 'settled' } }, 5, 9_000_000).lot).toEqual({ state: 'settled', entered: 1 });
  });
});
