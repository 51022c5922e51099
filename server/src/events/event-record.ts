import { CrowdcueError, LIMITS, type EventCardView, type EventView } from '@crowdcue/protocol';
import { randomText, type RandomSource } from '../identity/index.js';
import { addressed, fallbackView, type Fallback } from './fallback.js';
import { planView, type EventPlan } from './plan.js';
import { sponsorView, type Sponsor } from './sponsor.js';

/** An event as it is kept. */
export interface EventRecord {
  readonly id: string;
  readonly name: string;
  /** Six letters, upper case. */
  readonly code: string;
  readonly accent: string;
  readonly maxViewers: number;
  /** ms; records of an earlier version lack it. */
  readonly maxDelay?: number | undefined;
  /** ms since 1970. */
  readonly createdAt: number;
  readonly sponsor?: Sponsor;
  /** Origins whose pages may hold the event's pages in a frame. */
  readonly embedOrigins?: readonly string[];
  readonly plan?: EventPlan;
  /** Id of the event that this one rehearses. */
  readonly rehearsalOf?: string;
  /** Whose event it is; the installation's own workspace where it is not said. */
  readonly workspace?: string;
  /** Viewers may choose names, which are shown once they are approved. */
  readonly freeNames?: boolean;
  /** What viewers and the overlay see when something fails live. */
  readonly fallback?: Fallback;
  /** The kill switch is on. */
  readonly off?: boolean;
  /** ms since 1970; over for good. */
  readonly endedAt?: number;
  /** Days after its end that people's data are kept; the installation's own number where it is not said. */
  readonly retentionDays?: number;
}

/** Throws `event_ended`, `event_off`. */
export const onAir = ({ off, endedAt }: Pick<EventRecord, 'off' | 'endedAt'>): void => {
  if (endedAt !== undefined) throw new CrowdcueError('event_ended');
  if (off === true) throw new CrowdcueError('event_off');
};

/** What an id given by a host must look like; it is also the room's id. */
export const EVENT_ID = /^[a-z0-9-]{3,40}$/;

/** Consonants that are not mistaken for each other, nor for a digit, when read aloud or from a screen; without vowels they spell no word. */
const CODE_LETTERS = 'BCDFGHJKMNPQRSTVWXZ';
const CODE_LENGTH = 6;
const ID_LETTERS = 'abcdefghijkmnpqrstuvwxyz23456789';
const ID_LENGTH = 10;

export const randomCode = (random: RandomSource): string => randomText(random, CODE_LETTERS, CODE_LENGTH);
export const randomEventId = (random: RandomSource): string => randomText(random, ID_LETTERS, ID_LENGTH);

/** An event as pages see it; `publicUrl` has no slash at its end. */
export const eventView = ({ sponsor, plan, fallback, ...record }: EventRecord, publicUrl: string): EventView => ({
  ...record, maxDelay: record.maxDelay ?? LIMITS.scoredDelayMs, joinUrl: `${publicUrl}/join/${record.code}`,
  ...(sponsor === undefined ? {} : { sponsor: sponsorView(record.id, sponsor, publicUrl) }),
  ...(fallback === undefined ? {} : { fallback: addressed(record.id, fallback, publicUrl) }),
  ...(plan === undefined ? {} : { plan: planView(plan, record.createdAt) }),
});

/** An event as anybody may read it; `quests` is how many it has, `game` what is played, "" where that is not known. */
export const eventCard = ({ id, name, code, accent, sponsor, freeNames, fallback }: EventRecord, publicUrl: string, quests: number, game: string): EventCardView => ({
  event: id, name, code, accent, ...(sponsor === undefined ? {} : { sponsor: sponsorView(id, sponsor, publicUrl) }), ...(quests === 0 ? {} : { quests }),
  ...(freeNames === true ? { freeNames } : {}), ...(game === '' ? {} : { game }), ...fallbackOf(fallbackView(id, fallback, publicUrl)),
});

const fallbackOf = (fallback: EventCardView['fallback']): Pick<EventCardView, 'fallback'> => (fallback === undefined ? {} : { fallback });
