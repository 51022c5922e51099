import { LIMITS } from '@crowdcue/protocol';
import { readJson, type StorageLike } from './storage.js';

/** `[n, round, choice, value]` of an action that is not settled. */
export type StoredAction = readonly [n: number, round: number, choice: number, value: number];

interface Stored {
  readonly viewer: number;
  readonly id: string;
  readonly n: number;
  readonly pending: readonly StoredAction[];
}

const isWhole = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

const isStored = (value: unknown): value is Stored => {
  const s = value as Partial<Stored> | null | undefined;
  return typeof s === 'object' && s !== null && isWhole(s.n) && typeof s.id === 'string' && /^[\w-]+$/.test(s.id) && s.id.length <= LIMITS.sessionIdBytes
    && Array.isArray(s.pending) && s.pending.every((a) => Array.isArray(a) && a.length === 4 && a.every(isWhole));
};

const newSessionId = (): string =>
  btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16)))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

/** A session's id, its last action number and what is not settled: written at each change, so that a reload costs nothing. */
export class SessionStore {
  readonly #key: string;
  id = '';
  n = 0;

  constructor(readonly storage: StorageLike, event: string, readonly viewer: number) {
    this.#key = `crowdcue.session.${event}`;
  }

  /** Takes up this viewer's stored session, or begins one. Gives what it had not settled. */
  open(): readonly StoredAction[] {
    const stored = readJson(this.storage, this.#key);
    if (isStored(stored) && stored.viewer === this.viewer) {
      this.id = stored.id;
      this.n = stored.n;
      return stored.pending.filter(([n]) => n <= stored.n);
    }
    this.id = newSessionId();
    return [];
  }

  save(pending: readonly StoredAction[]): void {
    this.storage.setItem(this.#key, JSON.stringify({ viewer: this.viewer, id: this.id, n: this.n, pending } satisfies Stored));
  }

  forget(): void {
    this.storage.removeItem(this.#key);
  }
}
