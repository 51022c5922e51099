import fc from 'fast-check';
import type { DropTerms, Ledger, MoveAnswer, MoveRequest, Receipt } from '../../src/ledger/index.js';
import { ask, terms } from '../ledger-parts.js';

/** One drop of each kind; few units and few viewers, so that calls meet. */
export const DROPS: readonly DropTerms[] = [
  terms({ id: 'scarce', variants: { red: 1, blue: 2 } }),
  terms({ id: 'burnt', variants: { default: 3 }, restock: 'burn', coded: true }),
  terms({ id: 'free', unlockedBy: 'played', variants: { default: null } }),
  terms({ id: 'shop', variants: { default: 2 }, reserveMs: 30, entitlementMs: 50 }),
  terms({ id: 'proven', variants: { red: 1, blue: 2 }, reserveMs: 20, restock: 'burn', coded: true, proof: 'any' }),
  terms({ id: 'lottery', variants: { red: 1, blue: 1 }, allocation: 'lottery' }),
  terms({ id: 'fair', variants: { default: 2 }, allocation: 'fair-window', reserveMs: 30, proof: 'email', restock: 'burn' }),
  terms({ id: 'trial', test: true, variants: { default: 1 }, reserveMs: 20, allocation: 'lottery' }),
  terms({ id: 'tiers', variants: { default: 2 }, opensAt: 1_000_060, closesAt: 1_000_110, early: { gold: 1_000_020 }, eligible: { tiers: ['gold', 'silver'], countries: ['DE'], minAge: 18 } }),
];

const viewer = fc.integer({ min: 1, max: 8 });
const drop = fc.constantFrom(...DROPS.map(({ id }) => id));
const lotDrop = fc.constantFrom('lottery', 'lottery', 'fair', 'fair', 'trial', 'shop');
const variant = fc.constantFrom('red', 'blue');
const moveKey = fc.option(fc.integer({ min: 0, max: 12 }), { nil: undefined });

const claim = fc.record({
  op: fc.constant('claim' as const), viewer, drop, variant, key: fc.integer({ min: 0, max: 90 }), subject: fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined }),
  proof: fc.constantFrom('email' as const, 'twitch' as const), tier: fc.constantFrom('gold', 'silver', 'bronze'), country: fc.constantFrom('DE', 'DE', 'US'), age: fc.constantFrom(18, 17, 40),
});
const unlock = fc.record({ op: fc.constant('unlock' as const), viewer, target: fc.constantFrom<{ achievement: string } | { drop: string }>({ achievement: 'won' }, { achievement: 'won' }, { achievement: 'played' }, { drop: 'shop' }) });
const move = fc.record({
  op: fc.constant('move' as const), type: fc.constantFrom('confirm' as const, 'fulfil', 'convert', 'convert', 'refund', 'refund', 'revoke', 'expire'),
  which: fc.nat(40), key: moveKey, amount: fc.constantFrom(100, 100, 100, 250),
});
export const anyOp = fc.oneof(
  { weight: 12, arbitrary: claim },
  { weight: 5, arbitrary: unlock },
  { weight: 10, arbitrary: move },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('revoke' as const), viewer, drop }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('expire' as const), limit: fc.integer({ min: 0, max: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('restock' as const), drop, variant: fc.constantFrom('default', 'red', 'blue'), add: fc.integer({ min: 0, max: 2 }) }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('open' as const), drop, open: fc.boolean() }) },
  { weight: 5, arbitrary: fc.record({ op: fc.constant('step' as const), drop: lotDrop, to: fc.constantFrom('next' as const, 'next', 'next', 'next', 'frozen', 'listed', 'drawn', 'settled') }) },
  { weight: 5, arbitrary: fc.record({ op: fc.constant('allot' as const), drop: lotDrop, skew: fc.constantFrom(0, 0, 0, 1), take: fc.constantFrom(0, 1, 2, 8, 8, 8), wins: fc.constantFrom(0, 1, 2, 8), reversed: fc.boolean(), again: fc.constantFrom(false, false, false, true) }) },
);
export type Op = typeof anyOp extends fc.Arbitrary<infer T> ? T : never;
type Claim = typeof claim extends fc.Arbitrary<infer T> ? T : never;
type Move = typeof move extends fc.Arbitrary<infer T> ? T : never;

const NEXT = { collecting: 'frozen', frozen: 'listed', listed: 'drawn', drawn: 'settled', settled: 'settled' } as const;
const twoVariants = (id: string): boolean => ['scarce', 'proven', 'lottery'].includes(id);

/** Awaits a call that may refuse with these codes. */
const unless = async (call: Promise<unknown>, ...codes: string[]): Promise<void> => {
  try {
    await call;
  } catch (error) {
    if (!codes.includes(String((error as { code?: unknown }).code))) throw error;
  }
};

/** One event, performed on by ledgers in turn, that remembers what each key was answered first. */
export class Player {
  private readonly receipts = new Map<string, Receipt>();
  private readonly done = new Map<string, { what: string; seq: number }>();
  private readonly ids: string[] = [];
  private readonly allotted = new Map<string, Set<number>>();

  constructor(private readonly event: string, private readonly any: () => Ledger) {}

  async perform(each: Op): Promise<void> {
    const { event } = this;
    const ledger = this.any();
    switch (each.op) {
      case 'claim':
        return this.claim(ledger, each);
      case 'unlock':
        await ledger.unlock({ event, target: each.target, viewers: [each.viewer], trace: 't' });
        return;
      case 'move':
        return this.move(ledger, each);
      case 'revoke':
        await ledger.revoke({ event, drop: each.drop, viewer: each.viewer, reason: 'r', trace: 't' });
        return;
      case 'expire':
        if ((await ledger.expireDue(event, each.limit, 't')) > each.limit) throw new Error('more expired than asked for');
        return;
      case 'restock':
        return unless(ledger.restock({ event, drop: each.drop, variant: each.variant, add: each.add, reason: 'r', trace: 't' }), 'claim_bad_request');
      case 'open':
        return ledger.setDropOpen(event, each.drop, each.open, 't');
      case 'step':
        return this.step(ledger, each.drop, each.to);
      case 'allot':
        return this.allot(ledger, each);
    }
  }

  private async claim(ledger: Ledger, each: Claim): Promise<void> {
    const key = each.key === 0 ? '__proto__' : `key-number-${each.key}`;
    const person = each.subject === undefined ? {} : { subject: each.subject, proof: each.proof };
    const { tier, country, age } = each;
    // What was known when it was asked: answers of two connections need not come in the order of their decisions.
    const first = this.receipts.get(key);
    const [receipt] = await ledger.claim([ask(each.viewer, { event: this.event, drop: each.drop, key, tier, country, age, ...person, ...(twoVariants(each.drop) && { variant: each.variant }) })]);
    if (!receipt) throw new Error('no receipt');
    if ('id' in receipt) this.ids.push(receipt.id);
    if (receipt.status === 'refused' && receipt.code === 'claim_key_conflict') return;
    if (first && first.drop === each.drop && first.viewer === each.viewer) {
      if (JSON.stringify(receipt) !== JSON.stringify(first)) throw new Error(`first ${JSON.stringify(first)}, then ${JSON.stringify(receipt)}`);
    } else if ('seq' in receipt && receipt.key === key) this.receipts.set(key, receipt);
  }

  private async move(ledger: Ledger, { type, which, key, amount }: Move): Promise<void> {
    const id = this.ids[which % Math.max(1, this.ids.length)] ?? `${this.event}:1`;
    const isPaid = type === 'convert' || type === 'refund';
    const named = key === undefined && isPaid ? 13 : key;
    const request: MoveRequest = { event: this.event, id, type, trace: 't', ...(isPaid && { amount, currency: 'EUR' }), ...(named !== undefined && { key: `move-key-${named}` }) };
    const known = this.done.get(request.key ?? '');
    this.check(request, await ledger.move(request), known);
  }

  /** A key is answered with its first move, or as a conflict. */
  private check({ key, id, type, amount }: MoveRequest, answer: MoveAnswer, known: { what: string; seq: number } | undefined): void {
    if (answer.status === 'refused' && ['move_bad_request', 'event_unknown'].includes(answer.code)) throw new Error(`a good request: ${answer.code}`);
    if (key === undefined) return;
    const what = `${type} ${id} ${amount}`;
    const first = this.done.get(key);
    if (answer.status === 'done') {
      if (first) throw new Error(`${key} was ${first.what}, and did ${what}`);
      this.done.set(key, { what, seq: answer.seq });
    } else if (known?.what === what && !(answer.status === 'again' && answer.seq === known.seq)) {
      throw new Error(`${what} was done as ${known.seq}, now ${JSON.stringify(answer)}`);
    } else if (known && known.what !== what && !(answer.status === 'refused' && answer.code === 'move_conflict')) {
      throw new Error(`${key} of ${known.what} for ${what}: ${JSON.stringify(answer)}`);
    }
  }

  private async step(ledger: Ledger, id: string, to: 'next' | 'frozen' | 'listed' | 'drawn' | 'settled'): Promise<void> {
    const at = (await ledger.drops(this.event)).find((each) => each.terms.id === id)?.lot?.state ?? 'collecting';
    await unless(ledger.lotStep({ event: this.event, drop: id, to: to === 'next' ? NEXT[at] : to, trace: 't' }), 'lot_wrong_state');
  }

  private async allot(ledger: Ledger, { drop: id, skew, take, wins, reversed, again }: Op & { op: 'allot' }): Promise<void> {
    const { event } = this;
    const lot = (await ledger.state(event)).drops[id]?.lot;
    if (!lot || lot.state === 'collecting') return unless(ledger.allot({ event, drop: id, from: 0, winners: [], losers: [], trace: 't' }), 'lot_wrong_state');
    const gone = this.allotted.get(id) ?? new Set();
    this.allotted.set(id, gone);
    const waiting = (await ledger.lotTickets(event, id)).tickets.map(({ ticket }) => ticket).filter((ticket) => again || !gone.has(ticket));
    const tickets = (reversed ? waiting.reverse() : waiting).slice(0, take);
    const from = lot.allotted + skew;
    const call = ledger.allot({ event, drop: id, from, winners: tickets.slice(0, wins), losers: tickets.slice(wins), trace: 't' }).then((now) => {
      if (now === from + tickets.length) for (const ticket of tickets) gone.add(ticket);
    });
    await unless(call, 'lot_wrong_state', 'claim_bad_request');
  }
}
