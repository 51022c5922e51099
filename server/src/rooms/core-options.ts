import type { GameDefinition } from '@crowdcue/games';
import type { BatchJoin } from '@crowdcue/protocol';

/** What a room's rules need to know of their event. */
export interface CoreOptions {
  readonly event: string;
  readonly maxViewers: number;
  /** By how much a picture may be late and still be scored, ms; `LIMITS.scoredDelayMs` where an event does not say. */
  readonly maxDelay?: number | undefined;
  readonly games: ReadonlyMap<string, GameDefinition>;
  /** Whether the origin gave this viewer this tier and name. */
  genuine(join: Pick<BatchJoin, 'viewer' | 'tier' | 'name' | 'mac'>): boolean;
}
