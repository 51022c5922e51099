import { call } from '../http.js';

/** What an event looks like from outside. */
export interface EventCard {
  readonly name: string;
  readonly accent: string;
  /** How many quests it has. */
  readonly quests?: number;
}

/** Name and accent of an event, or `undefined`: it is only how the element looks, so nothing waits for it. */
export const eventCard = async (origin: string, event: string): Promise<EventCard | undefined> => {
  try {
    const card = (await call({ origin }, `/api/join/${encodeURIComponent(event)}`, undefined)) as Partial<EventCard> | null;
    return { name: typeof card?.name === 'string' ? card.name : '', accent: typeof card?.accent === 'string' ? card.accent : '', quests: Number(card?.quests ?? 0) };
  } catch {
    return undefined;
  }
};
