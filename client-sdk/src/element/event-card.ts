import type { SponsorView } from '@crowdcue/protocol';
import { call } from '../http.js';
import { readJson, type StorageLike } from '../storage.js';

/** What an event looks like from outside. */
export interface EventCard {
  readonly name: string;
  readonly accent: string;
  readonly sponsor: SponsorView | undefined;
  /** How many quests it has. */
  readonly quests: number;
  /** What the host shows when something fails, as it came: whoever shows it looks. */
  readonly fallback: unknown;
  /** Viewers may choose a name. */
  readonly freeNames: boolean;
  /** What is played, where the origin knows. */
  readonly game: string;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const cardOf = (given: unknown): EventCard => {
  const { name, accent, sponsor, quests, freeNames, fallback, game } = (given ?? {}) as Record<string, unknown>;
  const by = (sponsor ?? {}) as Record<string, unknown>;
  return {
    name: textOf(name), accent: textOf(accent), quests: Number(quests ?? 0), freeNames: freeNames === true, fallback, game: textOf(game),
    sponsor: textOf(by['name']) === '' ? undefined : { name: textOf(by['name']), text: textOf(by['text']), url: textOf(by['url']), imageUrl: textOf(by['imageUrl']) },
  };
};

/** Of an event that nothing is known of yet. */
export const NO_CARD: EventCard = cardOf(undefined);

const keyOf = (origin: string, event: string): string => `crowdcue.card.${origin}.${event}`;

/** The card with another fallback, kept too. */
export const withFallback = (card: EventCard, fallback: unknown, origin: string, event: string, storage: StorageLike): EventCard => {
  const changed = { ...card, fallback };
  storage.setItem(keyOf(origin, event), JSON.stringify(changed));
  return changed;
};

/** An event's card, the last one that was read while the origin is out of reach, or `undefined`: it is only how the element looks, so nothing waits for it. */
export const eventCard = async (origin: string, event: string, storage: StorageLike): Promise<EventCard | undefined> => {
  const key = keyOf(origin, event);
  try {
    const card = cardOf(await call({ origin }, `/api/join/${encodeURIComponent(event)}`, undefined));
    storage.setItem(key, JSON.stringify(card));
    return card;
  } catch {
    const kept = readJson(storage, key);
    return kept === undefined ? undefined : cardOf(kept);
  }
};
