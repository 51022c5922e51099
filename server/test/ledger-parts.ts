import type { ClaimRequest, DropTerms, Entry, Ledger, MoveAnswer, MoveRequest, MoveType, Receipt } from '../src/ledger/index.js';
import { handClock, type HandClock } from './store-helper.js';

/** What the suites of the ledger share: an event `show` with a drop `badge` of two units behind the achievement `won`. */
export type OpenLedger = (clock: HandClock) => Promise<Ledger>;

export const E = 'show';

export const terms = (more: Partial<DropTerms> = {}): DropTerms => ({
  id: 'badge',
  name: 'Badge',
  kind: 'badge',
  unlockedBy: 'won',
  variants: { default: 2 },
  restock: 'return',
  test: false,
  ...more,
});

export const ask = (viewer: number, more: Partial<ClaimRequest> = {}): ClaimRequest => ({
  event: E,
  drop: 'badge',
  viewer,
  key: `key-of-${viewer}`,
  trace: 't',
  ...more,
});

export const code = (receipt: Receipt | undefined): string | undefined => (receipt?.status === 'refused' ? receipt.code : receipt?.status);

export const one = async (ledger: Ledger, request: ClaimRequest): Promise<Receipt> => {
  const [receipt] = await ledger.claim([request]);
  if (!receipt) throw new Error('no receipt');
  return receipt;
};

export const typesOf = (entries: Entry[]): string[] => entries.map(({ type }) => type);

export const all = (ledger: Ledger): Promise<Entry[]> => ledger.entries(E, 1, 100_000);

export const move = (ledger: Ledger, type: MoveType, id: string, more: Partial<MoveRequest> = {}): Promise<MoveAnswer> =>
  ledger.move({ event: E, id, type, trace: 't', ...more });

/** 19.90 euros, paid under this key. */
export const paid = (key: string, more: Partial<MoveRequest> = {}): Partial<MoveRequest> => ({ key, amount: 1990, currency: 'EUR', ...more });

/** `done`, `again` or the code of the refusal. */
export const said = async (answer: Promise<MoveAnswer>): Promise<string> => {
  const given = await answer;
  return given.status === 'refused' ? given.code : given.status;
};

export const idOf = (receipt: Receipt | undefined): string => {
  if (receipt === undefined || receipt.status === 'refused') throw new Error(`no entitlement: ${code(receipt)}`);
  return receipt.id;
};

export const stock = async (ledger: Ledger, variant = 'default') => (await ledger.state(E)).drops.badge?.variants[variant];

/** Opens the event with one drop, unlocked for some viewers. */
export const setter = (open: OpenLedger) => async (more: Partial<DropTerms> = {}, unlocked = [1, 2, 3, 4]) => {
  const clock = handClock();
  const ledger = await open(clock);
  await ledger.createEvent(E, 't');
  await ledger.defineDrop(E, terms(more), 't');
  if (unlocked.length > 0) await ledger.unlock({ event: E, target: { achievement: 'won' }, viewers: unlocked, trace: 't' });
  return { ledger, clock };
};
