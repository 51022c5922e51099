import type { Tier } from '@crowdcue/protocol';

/** What one crew of viewers is told. */
export interface CrewOptions {
  readonly event: string;
  readonly relays: readonly string[];
  readonly tokens: readonly string[];
  /** Number of the first of them within the swarm. */
  readonly firstIndex: number;
  readonly rate: number;
  readonly tier: Tier;
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

/** What a crew found, by viewer where it is a list. */
export interface CrewReport extends CrewProgress {
  readonly joinMs: readonly number[];
  readonly bytes: number;
  readonly refusedBy: Readonly<Record<string, number>>;
  readonly closedBy: Readonly<Record<string, number>>;
  readonly viewers: readonly { readonly index: number; readonly sent: number; readonly confirmed: number; readonly refused: number; readonly applied: number | undefined }[];
  /** Final states of those who decoded. */
  readonly states: readonly { readonly index: number; readonly json: string }[];
  /** Hash and time of receipt, one after the other. */
  readonly stamps: Float64Array;
  /** ms of this crew's clock since the last patch. */
  readonly quietMs: number;
}

export type ToCrew = { readonly kind: 'start'; readonly options: CrewOptions } | { readonly kind: 'rest' | 'report' | 'stop' };
export type FromCrew =
  | { readonly kind: 'progress'; readonly progress: CrewProgress }
  | { readonly kind: 'report'; readonly report: CrewReport }
  | { readonly kind: 'stopped' };
