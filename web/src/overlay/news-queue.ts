/** What is told beside the boards, one after the other: unlocks, joined where they are of one kind. */
import type { NewsView } from '@crowdcue/protocol';

/** ms that one is told, and between two. */
export const NEWS_MS = 6_000;
const PAUSE_MS = 600;
/** Kinds that wait at most; what comes beyond is old by the time it could be told. */
const MOST_WAITING = 6;

/** Numbers of people, drops by name: there are no names of viewers in it. */
export interface News {
  readonly achievement: string;
  readonly title: string;
  readonly drops: readonly string[];
  readonly viewers: number;
}

export class NewsQueue {
  present: News | undefined;
  #waiting: News[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly changed: () => void) {}

  /** What does not read like news is passed over. */
  add(said: NewsView): void {
    if (typeof said?.title !== 'string' || !Array.isArray(said.drops) || !(said.viewers > 0)) return;
    const news = { achievement: said.achievement, title: said.title, drops: said.drops.map(({ name }) => name), viewers: said.viewers };
    const joined = (other: News | undefined): News | undefined => (other?.achievement === news.achievement ? { ...news, viewers: other.viewers + news.viewers } : undefined);
    const same = joined(this.present);
    const at = this.#waiting.findIndex(({ achievement }) => achievement === news.achievement);
    if (same !== undefined) {
      this.present = same;
      this.changed();
    } else if (at >= 0) this.#waiting[at] = joined(this.#waiting[at])!;
    else if (this.#waiting.length < MOST_WAITING) this.#waiting.push(news);
    if (this.#timer === undefined) this.#next();
  }

  #next(): void {
    this.present = this.#waiting.shift();
    this.#timer = this.present === undefined ? undefined : setTimeout(() => this.#pause(), NEWS_MS);
    this.changed();
  }

  #pause(): void {
    this.present = undefined;
    this.#timer = setTimeout(() => this.#next(), PAUSE_MS);
    this.changed();
  }
}
