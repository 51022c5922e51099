/** In which order a viewer is told of relays. Pure: the same relays, viewer and region give the same list. */

/** What the ranking looks at. */
export interface Ranked {
  readonly relayId: string;
  readonly region: string;
  readonly costClass: number;
  readonly capacity: number;
  /** Viewers there, as far as is known. */
  readonly viewers: number;
  /** Share of one core, 0 to 1. */
  readonly cpu: number;
  /** So loaded that others are taken first, even dearer ones. */
  readonly busy: boolean;
}

/** Whom the list is for. */
export interface Asker {
  /** Spreads viewers: any number that differs between them. */
  readonly viewer: number;
  /** Where the viewer is; "" when nobody knows. */
  readonly region: string;
}

/** What a region may be called: `eu`, `eu-west-1`. */
export const REGION = /^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/;

/** Share of what it can take, 0 to 1. */
export const loadOf = ({ viewers, capacity, cpu }: Pick<Ranked, 'viewers' | 'capacity' | 'cpu'>): number =>
  Math.min(1, Math.max(0, cpu, viewers / Math.max(1, capacity)));

const isFull = ({ viewers, capacity }: Ranked): boolean => viewers >= capacity;

/**
 * Best first: relays with room before full ones, then near before far, then calm before busy, then cheap before dear. Among equals each
 * viewer has a list of its own, in which relays stand ahead in proportion to what they still can take: a crowd that asks at once is
 * spread, and when a load changes a little, few lists do.
 */
export const rankRelays = <T extends Ranked>(relays: readonly T[], { viewer, region }: Asker): T[] =>
  relays
    .map((relay) => ({ relay, keys: [Number(isFull(relay)), distance(relay.region, region), Number(relay.busy), relay.costClass], lot: lotOf(relay, viewer) }))
    .sort((a, b) => byKeys(a.keys, b.keys) || b.lot - a.lot)
    .map(({ relay }) => relay);

const byKeys = (a: readonly number[], b: readonly number[]): number => {
  for (const [i, key] of a.entries()) if (key !== b[i]) return key - b[i]!;
  return 0;
};

/** 0 in the same region, 1 in another part of it (`eu-west` of `eu`), 2 elsewhere. Who says nothing is near to nobody. */
const distance = (there: string, here: string): number => {
  if (there === '' || here === '') return 2;
  if (there === here) return 0;
  return there.split('-')[0] === here.split('-')[0] ? 1 : 2;
};

/** Weighted rendezvous hashing (Schindelhauer, Schomaker 2005): weight / −ln(u), with u of (0, 1) fixed for the pair. */
const lotOf = (relay: Ranked, viewer: number): number => {
  const weight = Math.max(1, relay.capacity * (1 - loadOf(relay)));
  return weight / -Math.log((hash(`${viewer}/${relay.relayId}`) + 0.5) / 2 ** 32);
};

/** FNV-1a with the finish of MurmurHash3, for its low bits are poor. */
const hash = (text: string): number => {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
};
