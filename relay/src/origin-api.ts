import { CrowdcueError, ERRORS, type ErrorCode, LINK_VERSION } from '@crowdcue/protocol';
import type { Logger } from 'pino';
import type { Clock } from './clock.js';
import { makeLinkProof, PROOF_SECONDS } from './proof.js';

/** What the origin tells of an event. */
export interface EventAddress {
  readonly event: string;
  readonly roomId: string;
  readonly doorKey: Buffer;
}

/** Ms between two registrations, and before the next try after one that failed. */
const REGISTER_MS = 10_000;
const REGISTER_AGAIN_MS = 1_000;
/** Registrations that may be missing before the relay says that it is not ready. */
const REGISTERED_MS = 3 * REGISTER_MS;
const ANSWER_MS = 5_000;
/** An unknown event is believed unknown for this long: it may be created any moment, and nobody may make us ask more often. */
const UNKNOWN_MS = 2_000;
/** A known one, while no channel keeps it: joins come in crowds. */
const KNOWN_MS = 10_000;
/** Answers remembered, and questions under way at once: names are made up by anybody. */
const REMEMBERED = 1_024;
const ASKING = 64;

/** What the relay is to the origin. */
export interface OriginApiConfig {
  readonly originUrl: string;
  readonly secret: string;
  readonly relayId: string;
  readonly incarnation: number;
}

interface Remembered {
  readonly until: number;
  readonly address: EventAddress | undefined;
}

/** Everything that a relay asks of its origin over HTTP, with its credential. */
export class OriginApi {
  readonly #remembered = new Map<string, Remembered>();
  readonly #asking = new Map<string, Promise<EventAddress>>();
  #registeredAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(private readonly config: OriginApiConfig, private readonly clock: Clock, private readonly log: Logger) {}

  /** Whether the origin has taken a registration of late. */
  get reachable(): boolean {
    return this.clock.now() - this.#registeredAt < REGISTERED_MS;
  }

  /** Registers now and then again, until `stop`. */
  start(publicUrl: string): void {
    void this.#register(publicUrl);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** Address and door key of an event. Throws `event_unknown`, `relay_forbidden`, `unavailable` or `too_many_requests`. */
  event(event: string): Promise<EventAddress> {
    const known = this.#remembered.get(event);
    if (known !== undefined && known.until > this.clock.now()) {
      return known.address === undefined ? Promise.reject(new CrowdcueError('event_unknown')) : Promise.resolve(known.address);
    }
    const asked = this.#asking.get(event);
    if (asked !== undefined) return asked;
    if (this.#asking.size >= ASKING) return Promise.reject(new CrowdcueError('unavailable'));
    const asking = this.#ask(event).finally(() => this.#asking.delete(event));
    this.#asking.set(event, asking);
    return asking;
  }

  /** Reserves the link's seat in a room, and answers the address of its socket. */
  async reserveLink(roomId: string): Promise<string> {
    const { relayId, incarnation, secret, originUrl } = this.config;
    const exp = Math.floor(this.clock.wall() / 1000) + PROOF_SECONDS;
    const proof = makeLinkProof(secret, { relayId, incarnation, roomId, exp });
    const seat = await this.#json('POST', `/matchmake/joinById/${encodeURIComponent(roomId)}`, { crowdcueLink: { relayId, incarnation, proof, version: LINK_VERSION } });
    const { sessionId, processId, publicAddress } = seat;
    if (typeof sessionId !== 'string' || typeof processId !== 'string') throw new CrowdcueError('unavailable', 'The seat is not of the shape expected.');
    const base = originUrl.replace(/^http/, 'ws');
    const address = typeof publicAddress === 'string' ? `${base.slice(0, base.indexOf('://'))}://${publicAddress}` : base;
    return `${address}/${encodeURIComponent(processId)}/${encodeURIComponent(roomId)}?sessionId=${encodeURIComponent(sessionId)}`;
  }

  async #register(publicUrl: string): Promise<void> {
    const { relayId, incarnation } = this.config;
    const before = this.reachable;
    let pause = REGISTER_MS;
    try {
      await this.#json('POST', '/api/relays', { relayId, url: publicUrl, incarnation });
      this.#registeredAt = this.clock.now();
      if (!before) this.log.info('registered at the origin');
    } catch (error) {
      pause = Math.round(REGISTER_AGAIN_MS * (1 + this.clock.random()));
      if (before) this.log.warn({ why: reasonOf(error) }, 'registration failed');
      else this.log.debug({ why: reasonOf(error) }, 'registration failed');
    }
    if (!this.#stopped) this.#timer = setTimeout(() => void this.#register(publicUrl), pause);
  }

  async #ask(event: string): Promise<EventAddress> {
    try {
      const address = readAddress(await this.#json('GET', `/api/relays/events/${encodeURIComponent(event)}`));
      this.#remember(event, { until: this.clock.now() + KNOWN_MS, address });
      return address;
    } catch (error) {
      if (error instanceof CrowdcueError && error.code === 'event_unknown') {
        this.#remember(event, { until: this.clock.now() + UNKNOWN_MS, address: undefined });
      }
      throw error;
    }
  }

  #remember(event: string, answer: Remembered): void {
    this.#remembered.delete(event);
    if (this.#remembered.size >= REMEMBERED) this.#remembered.delete(this.#remembered.keys().next().value!);
    this.#remembered.set(event, answer);
  }

  async #json(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Record<string, unknown>> {
    const headers: Record<string, string> = { authorization: `Bearer ${this.config.secret}` };
    if (body !== undefined) headers['content-type'] = 'application/json';
    let response: Response;
    let answer: unknown;
    try {
      response = await fetch(this.config.originUrl + path, {
        method, headers, signal: AbortSignal.timeout(ANSWER_MS), redirect: 'error', ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      answer = await response.json().catch(() => undefined);
    } catch (cause) {
      throw new CrowdcueError('unavailable', 'The origin does not answer.', { cause });
    }
    const fields = (typeof answer === 'object' && answer !== null ? answer : {}) as Record<string, unknown>;
    if (response.ok) return fields;
    throw new CrowdcueError(errorIn(fields));
  }
}

/** Only an answer that names a code of ours means it: a proxy in front of an origin that restarts says 404 and 403 too. Our origin answers `{ code: "…" }`, Colyseus's matchmaking `{ code: 5xx, error: "code: text" }`. */
const errorIn = (answer: Record<string, unknown>): ErrorCode => {
  if (typeof answer['code'] === 'string' && answer['code'] in ERRORS) return answer['code'] as ErrorCode;
  const named = /^[a-z_]+/.exec(String(answer['error'] ?? ''))?.[0];
  if (named !== undefined && named in ERRORS) return named as ErrorCode;
  return 'unavailable';
};

const readAddress = (answer: Record<string, unknown>): EventAddress => {
  const { event, roomId, doorKey } = answer;
  if (typeof event !== 'string' || typeof roomId !== 'string' || typeof doorKey !== 'string' || !/^[A-Za-z0-9_-]+$/.test(roomId)) {
    throw new CrowdcueError('unavailable', 'The address of the event is not of the shape expected.');
  }
  return { event, roomId, doorKey: Buffer.from(doorKey, 'base64url') };
};

/** What went wrong, without the request: it carries the credential. */
const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  return error.message + cause;
};
