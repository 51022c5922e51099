/**
 * A ledger whose steps are refused while it is not known that what was delivered stands, and whose answers leave only when they are safe.
 * Reading goes on: it promises nothing.
 */
import type { Clock } from '../../clock.js';
import { LedgerError } from '../errors.js';
import type { ClaimRequest, Ledger, Receipt } from '../ledger.js';
import type { Told } from './told.js';

/** What decides whether a ledger takes steps; one for each kind of store. */
export interface LedgerGuard {
  /** @throws LedgerError `ledger_frozen` */
  mustBeOpen(): void;
  /**
   * Resolves when what the store just acknowledged may be told: it is where a failure of the store would leave it, and remembered here.
   * @throws StoreError `store_unavailable` when that is not known; the step may have been done
   */
  confirm(told: readonly Told[]): Promise<void>;
  status(): LedgerStatus;
}

export interface LedgerStatus {
  readonly state: 'open' | 'frozen';
  /** why it is frozen, as a code: `starting`, `server_changed`, `epoch_went_back`, `receipts_differ`, `repairing`, `restored` */
  readonly why?: string;
  /** ms since 1970 */
  readonly since?: number;
  /** receipts that were delivered and do not stand, as this process knows */
  readonly lost: number;
  /** origins that delivered receipts lately and have not said yet whether these stand */
  readonly waitingFor: readonly string[];
  /** receipts that this process remembers */
  readonly remembered: number;
  /** replicas that have to acknowledge a step before it is answered */
  readonly replicas: number;
}

/** Steps of which nothing is remembered. What is named here is a claim, a move, or reading. */
type Steps = Omit<Ledger, 'createEvent' | 'claim' | 'move' | 'openGates' | 'receipts' | 'drops' | 'entries' | 'state' | 'replay' | 'reconcile' | 'lotTickets'>;

/** Makes every step of `ledger` wait for `guard`. */
export function guardedLedger(ledger: Ledger, guard: LedgerGuard, clock: Clock): Ledger {
  const guarded = <Args extends unknown[], T>(step: (...args: Args) => Promise<T>) => async (...args: Args): Promise<T> => {
    guard.mustBeOpen();
    const answer = await step(...args);
    await guard.confirm([]);
    return answer;
  };
  const steps: Steps = {
    defineDrop: guarded(ledger.defineDrop), setDropOpen: guarded(ledger.setDropOpen), recordHostAction: guarded(ledger.recordHostAction), unlock: guarded(ledger.unlock),
    ingest: guarded(ledger.ingest), revoke: guarded(ledger.revoke), expireDue: guarded(ledger.expireDue), restock: guarded(ledger.restock), lotStep: guarded(ledger.lotStep),
    allot: guarded(ledger.allot), settle: guarded(ledger.settle),
  };
  return { ...ledger, ...steps, createEvent: guardedCreation(ledger, guard), claim: guardedClaims(ledger, guard, clock), move: guardedMoves(ledger, guard, clock) };
}

/** That an event exists can be said while frozen: rooms open with it, and they go on. */
const guardedCreation = (ledger: Ledger, guard: LedgerGuard): Ledger['createEvent'] => async (event, trace, data) => {
  try {
    guard.mustBeOpen();
  } catch (frozen) {
    await ledger.drops(event).catch(() => Promise.reject(frozen as Error));
    throw LedgerError.eventExists(event);
  }
  await ledger.createEvent(event, trace, data);
  await guard.confirm([]);
};

/** Of a receipt, what is needed to tell whether it stands, and to let it stand again. One literal: this is on the way of every claim. */
const toldOf = (receipt: Receipt, request: ClaimRequest, seq: number, at: number): Told => {
  const told: Writable<Told> = { event: receipt.event, seq, at, receipt };
  if (receipt.key !== request.key) return told; // another key's receipt was asked for with other words
  if (request.subject !== undefined) told.subject = request.subject;
  if (receipt.status === 'refused' && request.variant !== undefined) told.variant = request.variant;
  return told;
};

type Writable<T> = { -readonly [K in keyof T]: T[K] };

const guardedClaims = (ledger: Ledger, guard: LedgerGuard, clock: Clock): Ledger['claim'] => async (requests) => {
  guard.mustBeOpen();
  const receipts = await ledger.claim(requests);
  const at = clock.now();
  const told: Told[] = [];
  for (let index = 0; index < receipts.length; index++) {
    const receipt = receipts[index]!;
    if (receipt.seq !== undefined) told.push(toldOf(receipt, requests[index]!, receipt.seq, at));
  }
  await guard.confirm(told);
  return receipts;
};

/** What a move's answer tells of. It may have written two entries, the first of which gave a serial. */
const toldOfMove = async (ledger: Ledger, event: string, seq: number, at: number): Promise<Told[]> => {
  const [before, last] = await ledger.entries(event, Math.max(1, seq - 1), 2);
  const entries = last?.seq === seq ? [before!, last] : [before!];
  const { of } = entries.at(-1)!;
  return entries
    .filter((entry) => entry.seq === seq || (entry.type === 'Granted' && of !== undefined && entry.of === of))
    .map((entry) => ({ event, seq: entry.seq, at, entry }));
};

const guardedMoves = (ledger: Ledger, guard: LedgerGuard, clock: Clock): Ledger['move'] => async (request) => {
  guard.mustBeOpen();
  const answer = await ledger.move(request);
  await guard.confirm(answer.status === 'done' ? await toldOfMove(ledger, request.event, answer.seq, clock.now()) : []);
  return answer;
};
