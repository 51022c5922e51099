import type { Logger } from 'pino';
import type { Clock } from './clock.js';
import type { PatchAge } from './patch-ages.js';
import type { OriginHttp } from './origin-http.js';

/** Ms between two registrations, and before the next try after one that failed. */
const REGISTER_MS = 10_000;
const REGISTER_AGAIN_MS = 1_000;
/** Registrations that may be missing before the relay says that it is not ready. */
const REGISTERED_MS = 3 * REGISTER_MS;
/** Ms between two looks at what has changed since the last one. */
const LOOK_MS = 1_000;
/** Changes that the origin is told of at once: in parts of the capacity, and of a core. */
const VIEWERS_MOVED = 0.1;
const CPU_MOVED = 0.25;
/** The same of the age of patches: a host looks at it live. */
const AGE_MOVED_MS = 100;
const AGE_MOVED = 0.25;

/** What of a relay stays as it is. */
export interface RelayIdentity {
  readonly relayId: string;
  readonly incarnation: number;
  readonly region: string;
  readonly costClass: number;
  readonly capacity: number;
}

/** What of a relay changes. */
export interface RelayStanding {
  readonly viewers: number;
  /** Share of a core, 0 to 1. */
  readonly cpu: number;
  readonly links: number;
  readonly draining: boolean;
  /** Steps by which the write rates are lowered. */
  readonly level: number;
  /** Ages of patches as they were written of late. */
  readonly patchAge?: PatchAge | undefined;
}

/** Tells the origin every 10 s that this relay lives and how it stands; sooner when that has changed much. */
export class Registration {
  #registeredAt = Number.NEGATIVE_INFINITY;
  #dueAt = Number.NEGATIVE_INFINITY;
  #lookAt = Number.NEGATIVE_INFINITY;
  #told: RelayStanding | undefined;
  #telling: Promise<void> | undefined;
  #url = '';

  constructor(
    private readonly identity: RelayIdentity,
    private readonly standing: () => RelayStanding,
    private readonly http: OriginHttp,
    private readonly clock: Clock,
    private readonly log: Logger,
  ) {}

  /** Whether the origin has taken a registration of late. */
  get fresh(): boolean {
    return this.clock.now() - this.#registeredAt < REGISTERED_MS;
  }

  /** `url`: WebSocket address that viewers are told. */
  start(url: string): void {
    this.#url = url;
    void this.tell();
  }

  /** Called every 50 ms. */
  beat(now: number): void {
    if (this.#telling !== undefined || now < this.#lookAt) return;
    this.#lookAt = now + LOOK_MS;
    if (now >= this.#dueAt || this.#moved()) void this.tell();
  }

  /** Tells now; resolves when the origin has it, or could not be told. */
  async tell(): Promise<void> {
    await this.#telling; // what that one says may be old
    this.#telling ??= this.#tell().finally(() => (this.#telling = undefined));
    return this.#telling;
  }

  #moved(): boolean {
    if (this.#told === undefined) return false; // the next try comes by itself
    const { viewers, cpu, draining, level, patchAge } = this.standing();
    const told = this.#told;
    const [age, before] = [patchAge?.p99 ?? 0, told.patchAge?.p99 ?? 0];
    return Math.abs(age - before) >= AGE_MOVED_MS + before * AGE_MOVED || draining !== told.draining || level !== told.level
      || Math.abs(viewers - told.viewers) >= this.identity.capacity * VIEWERS_MOVED || Math.abs(cpu - told.cpu) >= CPU_MOVED;
  }

  async #tell(): Promise<void> {
    const before = this.fresh;
    const standing = this.standing();
    let pause = REGISTER_MS;
    try {
      await this.http.ask('POST', '/api/relays', { ...this.identity, url: this.#url, ...standing, cpu: Math.round(standing.cpu * 1_000) / 1_000 });
      this.#registeredAt = this.clock.now();
      this.#told = standing;
      if (!before) this.log.info('registered at the origin');
    } catch (error) {
      pause = REGISTER_AGAIN_MS * this.clock.random(); // and the second until the next look
      this.#told = undefined;
      if (before) this.log.warn({ why: reasonOf(error) }, 'registration failed');
      else this.log.debug({ why: reasonOf(error) }, 'registration failed');
    }
    const now = this.clock.now();
    this.#dueAt = now + pause;
    this.#lookAt = now + LOOK_MS;
  }
}

/** What went wrong, without the request: it carries the credential. */
const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  return error.message + cause;
};
