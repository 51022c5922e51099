import { CrowdcueError, LINK_VERSION } from '@crowdcue/protocol';
import type { Clock } from './clock.js';
import type { OriginAnswer, OriginHttp } from './origin-http.js';
import { makeLinkProof, PROOF_SECONDS } from './proof.js';

/** What the origin tells of an event. */
export interface EventAddress {
  readonly event: string;
  readonly roomId: string;
  readonly doorKey: Buffer;
}

/** An unknown event is believed unknown for this long: it may be created any moment, and nobody may make us ask more often. */
const UNKNOWN_MS = 2_000;
/** A known one, while no channel keeps it: joins come in crowds. */
const KNOWN_MS = 10_000;
/** Answers remembered, and questions under way at once: names are made up by anybody. */
const REMEMBERED = 1_024;
const ASKING = 64;

/** What the relay is to the origin. */
export interface OriginApiConfig {
  readonly secret: string;
  readonly relayId: string;
  readonly incarnation: number;
}

interface Remembered {
  readonly until: number;
  readonly address: EventAddress | undefined;
}

/** What a relay asks of its origin about events and rooms. */
export class OriginApi {
  readonly #remembered = new Map<string, Remembered>();
  readonly #asking = new Map<string, Promise<EventAddress>>();

  constructor(private readonly config: OriginApiConfig, private readonly http: OriginHttp, private readonly clock: Clock) {}

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
  async reserveLink({ event, roomId }: Pick<EventAddress, 'event' | 'roomId'>): Promise<string> {
    const { fields: seat, base: http } = await this.#seat(roomId).catch(async (error: unknown) => {
      if (!(error instanceof CrowdcueError && error.code === 'relay_forbidden')) throw error;
      // The credential may be wrong, or the clock by which the proof was made. An origin that takes the credential says what time it is.
      await this.#ask(event).catch((refused: unknown) => { if (!(refused instanceof CrowdcueError && refused.code === 'event_unknown')) throw refused; });
      return this.#seat(roomId);
    });
    const { sessionId, processId, publicAddress } = seat;
    if (typeof sessionId !== 'string' || typeof processId !== 'string') throw new CrowdcueError('unavailable', 'The seat is not of the shape expected.');
    const base = http.replace(/^http/, 'ws');
    const address = typeof publicAddress === 'string' ? `${base.slice(0, base.indexOf('://'))}://${publicAddress}` : base;
    return `${address}/${encodeURIComponent(processId)}/${encodeURIComponent(roomId)}?sessionId=${encodeURIComponent(sessionId)}`;
  }

  #seat(roomId: string): Promise<OriginAnswer> {
    const { relayId, incarnation, secret } = this.config;
    const exp = Math.floor(this.clock.wall() / 1000) + PROOF_SECONDS;
    const proof = makeLinkProof(secret, { relayId, incarnation, roomId, exp });
    return this.http.ask('POST', `/matchmake/joinById/${encodeURIComponent(roomId)}`, { crowdcueLink: { relayId, incarnation, proof, version: LINK_VERSION } });
  }

  async #ask(event: string): Promise<EventAddress> {
    try {
      const address = readAddress((await this.http.ask('GET', `/api/relays/events/${encodeURIComponent(event)}`)).fields);
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
}

const readAddress = (answer: Record<string, unknown>): EventAddress => {
  const { event, roomId, doorKey } = answer;
  if (typeof event !== 'string' || typeof roomId !== 'string' || typeof doorKey !== 'string' || !/^[A-Za-z0-9_-]+$/.test(roomId)) {
    throw new CrowdcueError('unavailable', 'The address of the event is not of the shape expected.');
  }
  return { event, roomId, doorKey: Buffer.from(doorKey, 'base64url') };
};
