/** What the console asks the origin for: bodies of requests. */
import type { FallbackPreset } from '@crowdcue/protocol';

/** A drop to be made. */
export interface DropDraft {
  readonly name: string;
  readonly kind: 'badge' | 'code' | 'link' | 'host';
  /** -1: unlimited. A drop has this or `variants`; of kind `code` neither, or the variants' names. */
  readonly supply?: number;
  readonly variants?: Readonly<Record<string, number | null>> | readonly string[];
  /** Id of the achievement that unlocks it. */
  readonly unlockedBy: string;
  /** ms since 1970. */
  readonly opensAt?: number;
  readonly closesAt?: number;
  readonly early?: Readonly<Record<string, number | null>>;
  readonly eligible?: { readonly tiers?: readonly string[]; readonly countries?: readonly string[]; readonly minAge?: number } | undefined;
  readonly allocation?: 'fair-window' | 'lottery';
  readonly proof?: 'none' | 'email' | 'twitch' | 'any';
  readonly checkout?: string;
  readonly reserveMinutes?: number;
  readonly entitlementHours?: number;
  readonly restock?: 'burn';
  readonly restockPolicy?: string;
  readonly refundPolicy?: string;
  readonly rules?: string;
  readonly sponsor?: string;
  /** Party to basis points. */
  readonly split?: Readonly<Record<string, number>>;
  readonly test?: true;
}

export interface EventDraft {
  readonly name: string;
  readonly accent: string;
  /** By how much a picture may be late and still be scored, ms. */
  readonly maxDelay: number;
  readonly drops: readonly DropDraft[];
  readonly template?: string;
  readonly zone?: string;
  /** Local time of the zone. */
  readonly startsAt?: string;
  readonly weeks?: number;
  readonly auto?: boolean;
}

/** What a planned round is changed to. */
export type RoundDraft = Omit<CueDraft, 'inMs'>;

/** A rehearsal to be run: viewers, seconds of a round, ms by which pictures are late, a round of each game. */
export interface RunDraft {
  readonly viewers: number;
  readonly seconds: number;
  readonly delays: readonly number[];
  readonly games: readonly string[];
}

/** What is shown when something fails; without `imageUrl` the picture stays. */
export interface FallbackDraft {
  readonly on: boolean;
  readonly preset: FallbackPreset;
  readonly text: string;
  readonly url: string;
  readonly label: string;
  readonly imageUrl?: string;
}

export interface CueDraft {
  readonly game: string;
  readonly params: Readonly<Record<string, number | string>>;
  readonly inMs: number;
  readonly durationMs: number;
}

/** What the host found out of the packager's clock: by how much it is ahead of the origin's, and how well that is known, ms. */
export interface PackagerDraft {
  readonly offsetMs: number;
  readonly errorMs: number;
}
