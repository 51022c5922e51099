import { CrowdcueError, type DropBoard, type ReceiptView, type UnlockView, type ViewerDrop } from '@crowdcue/protocol';
import type { GameSession } from './session-port.js';

/** A drop in the viewer's hand. Each has only its own fields. */
export type Reward = { readonly drop: string; readonly name: string; readonly reason: string } & (
  | { readonly state: 'unlocked' }
  | { readonly state: 'claiming' }
  | { readonly state: 'granted'; readonly receipt: ReceiptView }
  | { readonly state: 'refused'; readonly why: Why }
  | { readonly state: 'expired' | 'revoked' }
);

/** `proof`: who the viewer is must be proven first; `taken`: the same person has it as another viewer. */
type Why = 'sold_out' | 'not_open' | 'closed' | 'failed' | 'proof' | 'taken';

const whyOf = (code: string | undefined): Why => {
  switch (code) {
    case 'claim_proof_needed': return 'proof';
    case 'claim_subject_taken': return 'taken';
    case 'claim_sold_out': return 'sold_out';
    case 'claim_not_open': return 'not_open';
    case 'claim_closed': return 'closed';
    default: return 'failed';
  }
};

const refusalOf = (code: string | undefined) => (code === 'claim_revoked' ? { state: 'revoked' } as const : { state: 'refused', why: whyOf(code) } as const);

/** The rewards of one viewer: what was unlocked, what became of each claim. Newest first. */
export class Rewards {
  #rewards: readonly Reward[] = [];
  /** Whether the sheet wants to be seen: something is new, and the viewer has not put it away. */
  wanted = false;

  constructor(readonly changed: () => void, readonly granted: (receipt: ReceiptView) => void) {}

  get list(): readonly Reward[] {
    return this.#rewards;
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
    this.changed();
  }

  #take(drop: ViewerDrop): void {
    const known = this.#find(drop.id);
    const base = { drop: drop.id, name: drop.name, reason: drop.unlockTitle };
    if (drop.state === 'granted' && drop.receipt !== undefined) {
      if (known?.state !== 'granted') this.#put({ ...base, state: 'granted', receipt: drop.receipt });
    } else if (drop.state === 'expired' || drop.state === 'revoked') {
      this.#put({ ...base, state: drop.state });
    } else if ((drop.state === 'unlocked' || drop.state === 'refused') && known === undefined) {
      const soldOut = drop.supply >= 0 && drop.left === 0;
      this.#put(soldOut ? { ...base, state: 'refused', why: 'sold_out' } : { ...base, state: 'unlocked' });
      this.wanted ||= !soldOut;
    }
  }

  async claim(session: GameSession, drop: string): Promise<void> {
    const reward = this.#find(drop);
    if (reward?.state !== 'unlocked' && reward?.state !== 'refused') return;
    const base = { drop: reward.drop, name: reward.name, reason: reward.reason };
    this.#put({ ...base, state: 'claiming' });
    this.changed();
    try {
      const receipt = await session.claim(drop);
      if (receipt.status === 'granted') {
        this.#put({ ...base, state: 'granted', receipt });
        this.granted(receipt);
      } else this.#put({ ...base, ...refusalOf(receipt.reason) });
    } catch (error) {
      this.#put({ ...base, ...refusalOf(error instanceof CrowdcueError ? error.code : undefined) });
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

/** Whether a drop has run out while the viewer looks at it. */
export const isSoldOut = (board: DropBoard | undefined): boolean => board !== undefined && board.supply >= 0 && board.left === 0;
