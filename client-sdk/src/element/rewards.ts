import { CrowdcueError, type ClaimWords, type DropBoard, type ReceiptView, type UnlockView, type ViewerDrop } from '@crowdcue/protocol';
import { systemClock } from '../clock.js';
import type { GameSession } from './session-port.js';

/** A drop in the viewer's hand. Each has only its own fields. */
export type Reward = { readonly drop: string; readonly name: string; readonly reason: string } & (
  /** `lapsed`: it was reserved, and not bought in time. */
  | { readonly state: 'unlocked'; readonly lapsed?: true }
  | { readonly state: 'claiming' }
  /** Has a ticket in a lot. */
  | { readonly state: 'entered'; readonly receipt: ReceiptView }
  /** `endsAt`: by this device's clock, ms since 1970. */
  | { readonly state: 'reserved'; readonly receipt: ReceiptView; readonly endsAt: number }
  | { readonly state: 'granted'; readonly receipt: ReceiptView; readonly handed?: 'fulfilled' | 'converted' }
  | { readonly state: 'refused'; readonly why: Why }
  | { readonly state: 'expired' | 'revoked' | 'refunded' }
);

/** `proof`: who the viewer is must be proven first; `taken`: the same person has it as another viewer. */
export type Why = 'sold_out' | 'not_open' | 'closed' | 'failed' | 'proof' | 'taken' | 'tier' | 'country' | 'age' | 'drawing' | 'lost' | 'frozen';

const WHY: Readonly<Record<string, Why>> = {
  claim_proof_needed: 'proof', claim_subject_taken: 'taken', claim_sold_out: 'sold_out', claim_not_open: 'not_open', claim_closed: 'closed', claim_tier: 'tier',
  claim_country: 'country', claim_age: 'age', claim_lot_closed: 'drawing', claim_lot_lost: 'lost', ledger_frozen: 'frozen',
};

type Standing<R = Reward> = R extends Reward ? Omit<R, 'drop' | 'name' | 'reason'> : never;

const refusalOf = (code = ''): Standing => {
  if (code === 'claim_revoked') return { state: 'revoked' };
  return code === 'claim_refunded' ? { state: 'refunded' } : { state: 'refused', why: WHY[code] ?? 'failed' };
};

/** What a receipt that stands means. */
const standingOf = (receipt: ReceiptView): Standing => {
  const { status, until = 0, at, leftMs = until - at } = receipt;
  switch (status) {
    case 'granted': return { state: 'granted', receipt };
    case 'entered': return { state: 'entered', receipt };
    case 'reserved': return { state: 'reserved', receipt, endsAt: systemClock.wall() + leftMs };
    default: return refusalOf(receipt.reason);
  }
};

/** Whether a drop has run out while the viewer looks at it. */
export const isSoldOut = (board: Pick<DropBoard, 'supply' | 'left'> | undefined): boolean => board !== undefined && board.supply >= 0 && board.left === 0;

/** The rewards of one viewer: what was unlocked, what became of each claim. Newest first. */
export class Rewards {
  #rewards: readonly Reward[] = [];
  readonly #about = new Map<string, ViewerDrop>();
  /** Drops that the origin was asked of and did not name. */
  readonly #unnamed = new Set<string>();
  /** Whether the sheet wants to be seen: something is new, and the viewer has not put it away. */
  wanted = false;
  /** How many claims were made: what was asked before one is older than its answer. */
  claims = 0;

  /** `told`: what became of a claim, by its own answer or later. */
  constructor(readonly changed: () => void, readonly told: (receipt: ReceiptView) => void) {}

  get list(): readonly Reward[] {
    return this.#rewards;
  }

  /** What the origin said last of a drop. */
  about(drop: string): ViewerDrop | undefined {
    return this.#about.get(drop);
  }

  /** Whether it is known what a viewer is to be told before the claim, or that there is nothing. */
  isKnown(drop: string): boolean {
    return this.#about.has(drop) || this.#unnamed.has(drop);
  }

  unlock(unlock: UnlockView): void {
    for (const { id, name } of unlock.drops) {
      if (this.#find(id) !== undefined) continue;
      this.#put({ drop: id, name, reason: unlock.title, state: 'unlocked' });
      this.wanted = true;
    }
    this.changed();
  }

  /** Takes up what the origin knows. */
  take(drops: readonly ViewerDrop[]): void {
    for (const drop of drops) this.#take(drop);
    for (const { drop } of this.#rewards) if (!this.#about.has(drop)) this.#unnamed.add(drop);
    this.changed();
  }

  #take(drop: ViewerDrop): void {
    this.#about.set(drop.id, drop);
    const known = this.#find(drop.id);
    const next = known?.state === 'claiming' ? undefined : this.#next(drop, known); // a claim has an answer of its own, which is later
    if (next === undefined) return;
    this.#put({ drop: drop.id, name: drop.name, reason: drop.unlockTitle, ...next });
    const waited = known?.state === 'entered' || known?.state === 'reserved';
    if (known === undefined) this.wanted ||= next.state === 'unlocked' || next.state === 'reserved';
    else if (waited && next.state !== known.state) {
      this.wanted = true;
      if (drop.receipt !== undefined && (next.state === 'refused' || next.state === 'granted' || next.state === 'reserved')) this.told(drop.receipt);
    }
  }

  /** What a reward becomes by what the origin says; undefined: it stays. */
  #next(drop: ViewerDrop, known: Reward | undefined): Standing | undefined {
    const { state, receipt } = drop;
    switch (state) {
      case 'none': return undefined;
      case 'revoked':
      case 'refunded': return { state };
      case 'expired':
        if (receipt?.status !== 'reserved') return { state };
        return known === undefined || known.state === 'reserved' ? { state: 'unlocked', lapsed: true } : undefined;
      case 'fulfilled':
      case 'converted': return receipt && { state: 'granted', receipt, handed: state };
      case 'refused':
      case 'unlocked':
        if (receipt?.reason === 'claim_lot_lost') return known === undefined || known.state === 'entered' ? refusalOf(receipt.reason) : undefined;
        if (known !== undefined && known.state !== 'entered') return undefined;
        return isSoldOut(drop) ? { state: 'refused', why: 'sold_out' } : { state: 'unlocked' };
      default: return receipt && standingOf(receipt); // entered, reserved, granted
    }
  }

  async claim(session: GameSession, drop: string, said?: ClaimWords): Promise<void> {
    const reward = this.#find(drop);
    if (reward?.state !== 'unlocked' && reward?.state !== 'refused') return;
    const base = { drop: reward.drop, name: reward.name, reason: reward.reason };
    this.claims++;
    this.#put({ ...base, state: 'claiming' });
    this.changed();
    try {
      const receipt = await session.claim(drop, said);
      this.#put({ ...base, ...standingOf(receipt) });
      if (receipt.status !== 'refused') this.told(receipt);
    } catch (error) {
      this.#put({ ...base, ...refusalOf(error instanceof CrowdcueError ? error.code : '') });
    }
    this.changed();
  }

  #find(drop: string): Reward | undefined {
    return this.#rewards.find((reward) => reward.drop === drop);
  }

  #put(reward: Reward): void {
    this.#rewards = this.#find(reward.drop) === undefined
      ? [reward, ...this.#rewards]
      : this.#rewards.map((other) => (other.drop === reward.drop ? reward : other));
  }
}
