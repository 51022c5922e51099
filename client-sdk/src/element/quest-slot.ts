import type { StorageLike } from '../storage.js';
import { Later } from './later.js';
import type { QuestDesk } from './quest-desk.js';
import type { GameSession } from './session-port.js';

/** Holds the quest desk of the event that the element is on, loaded where the event has quests, or this device remembers some of it. */
export class QuestSlot {
  readonly #loaded = new Later(() => import('./quest-desk.js'), () => this.changed());
  #item = '';
  #remembered = false;
  /** The desk, once loaded and needed. */
  desk: QuestDesk | undefined;

  /** `finished`: a quest was, which may unlock something. */
  constructor(readonly storage: StorageLike, readonly changed: () => void, readonly finished: () => void) {}

  /** `item`: where the event's quests are kept; `known`: whether it has some. */
  follow(item: string, known: boolean, session: GameSession | undefined): void {
    if (item !== this.#item) {
      this.stop();
      this.desk = undefined;
      this.#item = item;
      this.#remembered = this.storage.getItem(item) !== null;
    }
    if (this.desk === undefined && (known || this.#remembered)) {
      const module = this.#loaded.want();
      if (module !== undefined) this.desk = new module.QuestDesk(item, this.changed, this.finished);
    }
    this.desk?.follow(session);
  }

  /** Nobody looks any more; what is kept stays, and the next session goes on with it. */
  stop(): void {
    this.desk?.follow(undefined);
  }
}
