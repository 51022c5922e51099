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
  /** Viewers may choose a name. */
  readonly freeNames: boolean;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const cardOf = (given: unknown): EventCard => {
  const { name, accent, sponsor, quests, freeNames } = (given ?? {}) as Record<string, unknown>;
  const by = (sponsor ?? {}) as Record<string, unknown>;
  return {
    name: textOf(name), accent: textOf(accent), quests: Number(quests ?? 0), freeNames: freeNames === true,
    sponsor: textOf(by['name']) === '' ? undefined : { name: textOf(by['name']), text: textOf(by['text']), url: textOf(by['url']), imageUrl: textOf(by['imageUrl']) },
  };
};

/** An event's card, the last one that was read while the origin is out of reach, or `undefined`: it is only how the element looks, so nothing waits for it. */
export const eventCard = async (origin: string, event: string, storage: StorageLike): Promise<EventCard | undefined> => {
  const key = `crowdcue.card.${origin}.${event}`;
  try {
    const card = cardOf(await call({ origin }, `/api/join/${encodeURIComponent(event)}`, undefined));
    storage.setItem(key, JSON.stringify(card));
    return card;
  } catch {
    const kept = readJson(storage, key);
    return kept === undefined ? undefined : cardOf(kept);
  }
};
