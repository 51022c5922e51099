import { randomBytes } from 'node:crypto';
import type { TokenClaims } from '@crowdcue/protocol';

/** Ms that a seat waits for its connection: Colyseus's own figure. */
export const SEAT_MS = 15_000;
/** Ms that a session which dropped without a word may be taken up again. */
export const RECONNECT_MS = 20_000;
/** Seats and dropped sessions that are kept at most; each is a few hundred bytes. */
const KEPT = 20_000;

/** 16 random bytes, base64url: what session ids and reconnection tokens are. Neither may hold a ":". */
export const randomId = (): string => randomBytes(16).toString('base64url');

/** Entries that end after a fixed time, oldest first; when it is full the newest is refused. */
export class Expiring<T> {
  readonly #entries = new Map<string, { readonly until: number; readonly value: T }>();

  /** `now` is a monotonic clock, ms. */
  constructor(private readonly ms: number, private readonly now: () => number, private readonly max = KEPT) {}

  get size(): number {
    return this.#entries.size;
  }

  /** Whether there was room. */
  put(key: string, value: T): boolean {
    this.#prune();
    if (this.#entries.size >= this.max) return false;
    this.#entries.delete(key);
    this.#entries.set(key, { until: this.now() + this.ms, value });
    return true;
  }

  get(key: string): T | undefined {
    this.#prune();
    return this.#entries.get(key)?.value;
  }

  /** Gets it out: everything here can be used once. */
  take(key: string): T | undefined {
    const value = this.get(key);
    this.#entries.delete(key);
    return value;
  }

  #prune(): void {
    const now = this.now();
    for (const [key, { until }] of this.#entries) {
      if (until > now) return;
      this.#entries.delete(key);
    }
  }
}

/** A reserved right to join, by session id. */
export interface Seat {
  readonly event: string;
  readonly claims: TokenClaims;
  /** How late the viewer's picture is, ms; 0 when it is left out. */
  readonly delay?: number;
}

/** A stock session that may be taken up again, by reconnection token. */
export interface DroppedSession extends Seat {
  readonly sessionId: string;
  /** The schema that its client can read. */
  readonly reflection: Uint8Array;
}
