import { safeStorage } from '../storage.js';
import type { QuestDesk } from './quest-desk.js';
import type { GameSession } from './session-port.js';

/** A desk that did not load is tried again after this long, ms. */
const AGAIN_MS = 5_000;

/** Holds the quest desk, loaded where the event has quests, or this device remembers some of it. */
export class QuestSlot {
  desk: QuestDesk | undefined;
  #event: string | undefined;
  #wanted = false;
  #loading = false;

  constructor(readonly changed: () => void, readonly finished: () => void) {}

  /** `there`: the event is known to have quests. `session` is the present one, if there is one. */
  follow(origin: string, event: string, there: boolean, session: GameSession | undefined): void {
    const item = `crowdcue.quests.${origin}.${event}`;
    if (item !== this.#event) {
      this.#event = item;
      this.desk?.close();
      this.desk = undefined;
      this.#wanted = safeStorage(undefined, 'localStorage').getItem(item) !== null;
    }
    if (this.desk !== undefined) this.desk.follow(session);
    else if ((there || this.#wanted) && !this.#loading) void this.#load(item);
  }

  async #load(item: string): Promise<void> {
    this.#loading = true;
    try {
      const { QuestDesk } = await import('./quest-desk.js');
      this.#loading = false;
      if (item === this.#event) this.desk = new QuestDesk(item, this.changed, this.finished);
      this.changed();
    } catch {
      setTimeout(() => (this.#loading = false), AGAIN_MS);
    }
  }
}
