/**
 * Untimed steps of quests on their way to the origin. Life of one: said (kept on the device under a key, counted by whoever shows it) → taken,
 * or refused for good; what fails for now stays and is said again, after a reload too. The key is the same each time, and a step counts once
 * whatever the key, so nothing is lost and nothing is double.
 */
import { CrowdcueError, type QuestStepReceipt } from '@crowdcue/protocol';
import { newKey } from './new-key.js';
import { readJson, type StorageLike } from './storage.js';

/** A viewer's word on an untimed step. */
export interface QuestWord {
  readonly quest: string;
  readonly step: string;
  /** Place of the choice, from 0. */
  readonly answer?: number;
  readonly key: string;
}

export interface QuestQueueEvents {
  /** Asks the origin as the viewer; a path below the event's own. */
  ask(path: string, body: unknown): Promise<unknown>;
  /** The origin has it, or will never take it. */
  settled(word: QuestWord, outcome: QuestStepReceipt | CrowdcueError): void;
}

/** More than all quests of an event have. */
const MOST = 64;

const isWord = (value: unknown): value is QuestWord => {
  const word = value as Partial<QuestWord> | null;
  return typeof word === 'object' && word !== null && typeof word.quest === 'string' && typeof word.step === 'string' && typeof word.key === 'string'
    && (word.answer === undefined || Number.isInteger(word.answer));
};

const same = (a: QuestWord, b: QuestWord): boolean => a.quest === b.quest && a.step === b.step;

export class QuestQueue {
  #flushing: Promise<void> | undefined;

  /** `item`: where in the storage the words of this viewer and event are. */
  constructor(readonly storage: StorageLike, readonly item: string, readonly events: QuestQueueEvents) {}

  /** What waits, oldest first. Read anew each time: another tab has the same storage. */
  get waiting(): readonly QuestWord[] {
    const stored = readJson(this.storage, this.item);
    return Array.isArray(stored) ? stored.filter(isWord).slice(0, MOST) : [];
  }

  /** Keeps a word; `flush` says it. A second one on the same step takes the place of the first. */
  say(word: Omit<QuestWord, 'key'>): void {
    const full = { ...word, key: newKey() };
    this.#save([...this.waiting.filter((other) => !same(other, full)), full]);
  }

  /** Says what waits, one after the other, until something fails for now. Never rejects. */
  flush(): Promise<void> {
    return (this.#flushing ??= this.#flush().finally(() => (this.#flushing = undefined)));
  }

  async #flush(): Promise<void> {
    for (let word = this.waiting[0]; word !== undefined; word = this.waiting[0]) {
      const { quest, step, key, answer } = word;
      let outcome: QuestStepReceipt | CrowdcueError;
      try {
        outcome = (await this.events.ask(`/quests/${encodeURIComponent(quest)}/steps/${encodeURIComponent(step)}`, { key, ...(answer === undefined ? {} : { answer }) })) as QuestStepReceipt;
      } catch (error) {
        if (!(error instanceof CrowdcueError) || error.retryable) return;
        outcome = error;
      }
      this.#save(this.waiting.filter((other) => other.key !== key));
      this.events.settled(word, outcome);
    }
  }

  #save(words: readonly QuestWord[]): void {
    if (words.length === 0) this.storage.removeItem(this.item);
    else this.storage.setItem(this.item, JSON.stringify(words));
  }
}
