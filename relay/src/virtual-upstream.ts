import { CrowdcueError, encodeLinkSession } from '@crowdcue/protocol';
import type { Logger } from 'pino';
import type { Clock } from './clock.js';
import { makeLinkProof, PROOF_SECONDS } from './proof.js';
import { type Place, sealPlace } from './virtual-place.js';

/** What viewers bring for the room's `onAuth`: nothing (`none`), or the token and cookies that they have (`forward`). */
export type VirtualAuth = 'none' | 'forward';

export interface VirtualUpstreamConfig {
  /** HTTP base of the Colyseus server, without a slash at the end. */
  readonly upstreamUrl: string;
  readonly auth: VirtualAuth;
  readonly secret: string;
  readonly relayId: string;
}

/** A matchmaking request, as it came. */
export interface MatchmakeRequest {
  /** Path from `/matchmake` on, with its query. */
  readonly path: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly address: string;
  readonly body: Uint8Array;
}

/** The upstream's answer: passed on as it is but for the seat's process. */
export interface MatchmakeAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** Which run of a link asks, and from where it goes on. */
export interface LinkRun {
  readonly incarnation: number;
  readonly from: number;
}

/** As long as Colyseus itself waits for a remote room, and a slow `onAuth` besides. */
const ANSWER_MS = 15_000;
/** Ms between two looks at whether the upstream answers, and the time that it may be missing before the relay is not ready. */
const LOOK_MS = 5_000;
const REACHED_MS = 15_000;

/** Headers that belong to one connection, or that say where a request comes from: those the relay says itself. */
const OWN = /^(?:connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|host|content-length|accept-encoding|expect|sec-websocket-.*|x-forwarded-.*|x-real-ip|x-client-ip|forwarded)$/;
const CREDENTIALS: ReadonlySet<string> = new Set(['authorization', 'cookie']);
/** What the headers of one viewer may take of a batch, bytes; one that does not fit is left out. Node takes no more of a request either. */
const HEADER_BYTES = 16 * 1024;

/** Somebody's Colyseus server, over HTTP. It decides about seats; the relay only says where its sockets go. */
export class VirtualUpstream {
  #reachedAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly config: VirtualUpstreamConfig, private readonly clock: Clock, private readonly log: Logger) {}

  /** Whether the upstream has answered of late. */
  get reachable(): boolean {
    return this.clock.now() - this.#reachedAt < REACHED_MS;
  }

  start(): void {
    void this.#look();
    this.#timer = setInterval(() => void this.#look(), LOOK_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** The headers of a viewer that the room may see. */
  headersOf(headers: Iterable<readonly [string, string]>): [string, string][] {
    const passed: [string, string][] = [];
    let bytes = 0;
    for (const [name, value] of headers) {
      if (OWN.test(name) || (this.config.auth === 'none' && CREDENTIALS.has(name))) continue;
      if (bytes + name.length + value.length > HEADER_BYTES) continue;
      bytes += name.length + value.length;
      passed.push([name, value]);
    }
    return passed;
  }

  /** The token of the connection that the room may see. */
  tokenOf(token: string | undefined): string {
    return this.config.auth === 'forward' ? (token ?? '') : '';
  }

  /** Asks the upstream for a seat. Throws `unavailable` when it does not answer. */
  async matchmake({ path, headers, address, body }: MatchmakeRequest): Promise<MatchmakeAnswer> {
    let response: Response;
    let text: string;
    try {
      response = await fetch(this.config.upstreamUrl + path, {
        method: 'POST', body: body as Uint8Array<ArrayBuffer>, redirect: 'error', signal: AbortSignal.timeout(ANSWER_MS),
        headers: [...this.headersOf(headers), ['x-forwarded-for', address]] as [string, string][],
      });
      text = await response.text();
    } catch (cause) {
      throw new CrowdcueError('unavailable', 'The upstream does not answer.', { cause });
    }
    this.#reachedAt = this.clock.now();
    const type = response.headers.get('content-type') ?? 'application/json';
    return { status: response.status, type, body: response.ok ? this.#sealed(text) : text };
  }

  /** The address of a link to a room: its session id proves who asks, so no seat is needed. */
  linkAddress({ roomId, processId, publicAddress }: Place, { incarnation, from }: LinkRun): string {
    const { secret, relayId, upstreamUrl } = this.config;
    const exp = Math.floor(this.clock.wall() / 1000) + PROOF_SECONDS;
    const proof = makeLinkProof(secret, { relayId, incarnation, roomId, exp });
    const own = upstreamUrl.replace(/^http/, 'ws');
    const base = publicAddress === undefined ? own : `${own.slice(0, own.indexOf('://'))}://${publicAddress}`;
    const session = encodeLinkSession({ relayId, incarnation, from, proof });
    return `${base}/${encodeURIComponent(processId)}/${encodeURIComponent(roomId)}?sessionId=${encodeURIComponent(session)}`;
  }

  #sealed(text: string): string {
    let seat: Record<string, unknown>;
    try {
      seat = JSON.parse(text) as Record<string, unknown>;
    } catch (cause) {
      throw new CrowdcueError('unavailable', 'The seat is not of the shape expected.', { cause });
    }
    const { roomId, processId, publicAddress, ...rest } = seat;
    if (typeof roomId !== 'string' || typeof processId !== 'string') throw new CrowdcueError('unavailable', 'The seat is not of the shape expected.');
    const place = { roomId, processId, publicAddress: typeof publicAddress === 'string' ? publicAddress : undefined };
    return JSON.stringify({ ...rest, roomId, processId: sealPlace(this.config.secret, place) });
  }

  async #look(): Promise<void> {
    try {
      await fetch(`${this.config.upstreamUrl}/__healthcheck`, { signal: AbortSignal.timeout(LOOK_MS) }).then((response) => response.arrayBuffer());
      if (!this.reachable) this.log.info('upstream answers');
      this.#reachedAt = this.clock.now();
    } catch (error) {
      this.log.debug({ err: (error as Error).message }, 'upstream does not answer');
    }
  }
}
