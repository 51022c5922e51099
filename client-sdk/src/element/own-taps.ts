import type { StorageLike } from '../storage.js';
import { readJson } from '../storage.js';
import type { ActionHandle } from '../action-queue.js';

/**
 * What this viewer did in the present round, ahead of the room: its choice, and its taps that are not settled. The choice is kept over a
 * reload, because nothing that the room sends names it.
 */
export class OwnTaps {
  #round = 0;
  #chosen: number | undefined;
  #held = 0;

  constructor(readonly storage: StorageLike, readonly key: () => string) {}

  get chosen(): number | undefined {
    return this.#chosen;
  }

  /** Taps that are shown and not settled: in the SDK's queue, or on the way into it. */
  get pending(): number {
    return this.#held;
  }

  /** Follows the room; `open` is what the session had not settled, which after a reload is of before it. */
  enter(round: number, open: readonly ActionHandle[]): void {
    if (round === this.#round) return;
    this.#round = round;
    this.#chosen = undefined;
    const own = open.filter((action) => action.round === round);
    this.#held = own.reduce((sum, action) => sum + Math.max(1, action.value), 0);
    const kept = readJson(this.storage, this.key()) as { round?: unknown; choice?: unknown } | null | undefined;
    if (typeof kept === 'object' && kept !== null && kept.round === round && typeof kept.choice === 'number') this.#chosen = kept.choice;
    else this.#chosen = own[0]?.choice;
  }

  tap(choice: number): void {
    this.#held++;
    this.#choose(choice);
  }

  settled(actions: readonly ActionHandle[]): void {
    for (const action of actions) {
      if (action.round === this.#round) this.#held = Math.max(0, this.#held - Math.max(1, action.value));
    }
  }

  /** `choices` of the game: where there are two, being refused for one means that it was the other. */
  refused(action: ActionHandle, choices: number): void {
    this.settled([action]);
    if (action.round === this.#round && action.code === 'action_bad_choice' && choices === 2) this.#choose(1 - action.choice);
  }

  #choose(choice: number): void {
    if (this.#chosen === choice) return;
    this.#chosen = choice;
    this.storage.setItem(this.key(), JSON.stringify({ round: this.#round, choice }));
  }
}
