import type { Chance } from './mutator.js';

/** What is fuzzed. */
export interface FuzzTarget {
  /** WebSocket base of the relay, HTTP base of the origin. */
  readonly relay: string;
  readonly origin: string;
  readonly event: string;
  readonly doorKey: Buffer;
  readonly relaySecret: string;
}

/** One of the connections that are at work at a time, with viewers of its own. */
export interface Lane {
  readonly index: number;
  readonly chance: Chance;
  /** The token of one of its viewers. */
  token(): string;
  /** Where it dials from: one address has 28,000 ports for one listener. */
  readonly address: string;
  /** Runs of its relay so far. */
  incarnation: number;
}
