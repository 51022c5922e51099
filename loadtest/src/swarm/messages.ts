import type { Tier } from '@crowdcue/protocol';

/** What one crew of viewers is told. */
export interface CrewOptions {
  readonly event: string;
  readonly relays: readonly string[];
  readonly tokens: readonly string[];
  /** Number of the first of them within the swarm. */
  readonly firstIndex: number;
  readonly rate: number;
  /** Write rates and delays (ms) of the viewers: viewer `i` has those at `i` modulo their number. */
  readonly tiers: readonly Tier[];
  readonly delays: readonly number[];
  /** Where its connections come from, when not from anywhere. */
  readonly localAddress?: string;
  /** Every so many viewers decode the state: 1 is all of them. */
  readonly decodeEvery: number;
  /** Keep hash and time of each patch frame, for patch age. */
  readonly stamp: boolean;
  /** Connections that may be on their way at once. */
  readonly dialling: number;
}

/** How a crew stands. */
export interface CrewProgress {
  readonly live: number;
  /** Who went for good, as they were told to, and who came in their place. */
  readonly gone: number;
  readonly renewed: number;
  readonly failed: number;
  readonly sent: number;
  readonly confirmed: number;
  readonly refused: number;
  readonly pending: number;
  readonly patches: number;
  readonly reconnects: number;
  readonly round: number;
  readonly phase: string;
}

/** Frames of the viewers with one write rate and one delay. */
export interface GroupStamps {
  readonly tier: Tier;
  readonly delay: number;
  readonly viewers: number;
  readonly pairs: Float64Array;
}

/** What one viewer counted, and what the room told it that it applied. */
export interface ViewerTally {
  readonly index: number;
  readonly sent: number;
  readonly confirmed: number;
  readonly refused: number;
  readonly applied: number | undefined;
  /** Rounds that it won. */
  readonly won: number;
}

/** What a crew found, by viewer where it is a list. */
export interface CrewReport extends CrewProgress {
  readonly joinMs: readonly number[];
  readonly bytes: number;
  readonly refusedBy: Readonly<Record<string, number>>;
  readonly closedBy: Readonly<Record<string, number>>;
  readonly viewers: readonly ViewerTally[];
  /** Final states of those who decoded. */
  readonly states: readonly { readonly index: number; readonly json: string }[];
  /** By write rate and delay: hash and time of receipt, one after the other. */
  readonly stamps: readonly GroupStamps[];
  /** ms of this crew's clock since the last patch. */
  readonly quietMs: number;
}

/** `lose`: as if the relay at this place of the list were gone for its viewers; it is not touched itself. */
export type ToCrew = { readonly kind: 'lose'; readonly relay: number } | { readonly kind: 'renew'; readonly tokens: readonly string[] } | { readonly kind: 'start'; readonly options: CrewOptions } | { readonly kind: 'rest' | 'report' | 'stop' };
export type FromCrew =
  | { readonly kind: 'progress'; readonly progress: CrewProgress }
  | { readonly kind: 'report'; readonly report: CrewReport }
  | { readonly kind: 'stopped' };
