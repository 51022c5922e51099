import type { RewardDesk } from './reward-desk.js';
import type { RewardSlot } from './reward-slot.js';
import type { Stage } from './stage.js';

/** ms that an outcome stands before anything comes over it. */
const OUTCOME_MS = 2_000;

/** When rewards come over the stage: where the viewer opened them, and by themselves where something is new and they interrupt nothing. */
export class RewardGate {
  #stage: Stage['kind'] = 'loading';
  #opened = false;
  /** The stage has stood long enough. */
  #settled = true;
  #settling: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly changed: () => void) {}

  /** Whether something may come over the stage by itself. */
  get calm(): boolean {
    return this.#stage === 'idle' || (this.#stage === 'over' && this.#settled);
  }

  /** The viewer opens or closes them. */
  open(opened: boolean): void {
    this.#opened = opened;
    this.changed();
  }

  /** Another stage; a round closes them. */
  entered(stage: Stage['kind']): void {
    clearTimeout(this.#settling);
    this.#stage = stage;
    this.#opened &&= stage !== 'armed' && stage !== 'live';
    this.#settled = stage !== 'over';
    if (this.#settled) return;
    this.#settling = setTimeout(() => {
      this.#settled = true;
      this.changed();
    }, OUTCOME_MS);
  }

  /** The desk whose sheet is to be seen now. */
  desk({ desk, list }: RewardSlot): RewardDesk | undefined {
    return list.length > 0 && (this.#opened || (desk?.rewards.wanted === true && this.calm)) ? desk : undefined;
  }
}
