import { CrowdcueError, type ErrorCode, ERRORS, LIMITS, readToken } from '@crowdcue/protocol';
import type { HttpRequest, HttpResponse } from 'uWebSockets.js';
import { addressOf, checkToken, codeOf, type DoorDeps } from './admission.js';
import { Answer, corsHeaders } from './http.js';
import { randomId } from './seats.js';
import type { StockDoor } from './stock-door.js';

/** Bytes of a matchmaking body. */
const BODY_BYTES = 64 * 1024;
/** The room name that stands for "the event of my token". */
const CROWD = 'crowd';
const JOINS: ReadonlySet<string> = new Set(['joinById', 'join', 'joinOrCreate']);

/** Colyseus's own codes, which its SDK knows; the status of the answer is the same number. */
const COLYSEUS = { noHandler: 520, invalidRoomId: 522, unhandled: 523, expired: 524, authFailed: 525 } as const;

interface Refusal {
  readonly code: number;
  readonly error: string;
}

/** Answers Colyseus's matchmaking requests for the stock door. */
export class Matchmake {
  constructor(private readonly deps: DoorDeps, private readonly door: StockDoor, private readonly draining: () => boolean) {}

  /** `POST /matchmake/:method/:name`. */
  handle(res: HttpResponse, req: HttpRequest): void {
    const cors = corsHeaders(req);
    const method = req.getParameter(0);
    const name = req.getParameter(1);
    const authorization = req.getHeader('authorization');
    const answer = new Answer(res);
    answer.body(BODY_BYTES)
      .then((body) => this.#seat(method, name, authorization, readOptions(body)))
      .then((seat) => answer.json(200, seat, cors), (error: unknown) => {
        const refusal = this.#refusal(error);
        answer.json(refusal.code, refusal, cors);
      });
  }

  async #seat(method: string, name: string, authorization: string, options: Record<string, unknown>): Promise<unknown> {
    if (this.draining()) throw new CrowdcueError('unavailable');
    if (method === 'reconnect') return this.#reconnect(name, options['reconnectionToken']);
    if (!JOINS.has(method)) throw new NoHandler(method === 'create' ? 'create: rooms are made with their event' : `no matchmaking method ${JSON.stringify(method)}`);
    const delay = readDelay(options['delay']);
    const token = authorization.startsWith('Bearer ') ? authorization.slice(7) : options['token'];
    if (typeof token !== 'string' || token === '') throw new CrowdcueError('token_missing');
    const event = name === CROWD && method !== 'joinById' ? readToken(token).evt : name;
    const address = await addressOf(event, this.deps);
    const claims = checkToken(address, token, this.deps.clock);
    this.deps.channels.open(address); // its link comes up while the client connects
    const sessionId = randomId();
    if (!this.door.seats.put(sessionId, { event: address.event, claims, delay })) throw new CrowdcueError('too_many_requests');
    return { name: CROWD, sessionId, roomId: address.roomId, processId: this.deps.relayId };
  }

  #reconnect(roomId: string, token: unknown): unknown {
    const session = typeof token === 'string' ? this.door.sessionOf(token) : undefined;
    const channel = session === undefined ? undefined : this.deps.channels.find(session.event);
    if (session === undefined || channel?.address.roomId !== roomId) throw new CrowdcueError('seat_expired');
    return { name: CROWD, sessionId: session.sessionId, roomId, processId: this.deps.relayId };
  }

  #refusal(error: unknown): Refusal {
    if (error instanceof NoHandler) return { code: COLYSEUS.noHandler, error: error.message };
    const code = codeOf(error, this.deps.log);
    this.deps.metrics.refusedWith(code);
    return { code: statusOf(code), error: `${code}: ${ERRORS[code].message}` };
  }
}

class NoHandler extends Error {}

const statusOf = (code: ErrorCode): number => {
  if (code.startsWith('token_')) return COLYSEUS.authFailed;
  switch (code) {
    case 'event_unknown':
    case 'event_ended':
      return COLYSEUS.invalidRoomId;
    case 'seat_expired':
      return COLYSEUS.expired;
    case 'bad_json':
    case 'bad_request':
    case 'body_too_large':
    case 'too_many_requests':
      return ERRORS[code].http;
    default:
      return COLYSEUS.unhandled;
  }
};

/** The option by which a stock client says how late its picture is, ms; no more than any event takes counts. */
const readDelay = (delay: unknown): number => {
  if (delay === undefined || delay === null) return 0;
  if (typeof delay !== 'number' || !(delay >= 0)) throw new CrowdcueError('bad_request');
  return Math.min(delay, LIMITS.delayMs);
};

/** The join options: a JSON object, or nothing. */
const readOptions = (body: Buffer): Record<string, unknown> => {
  if (body.length === 0) return {};
  let options: unknown;
  try {
    options = JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw new CrowdcueError('bad_json', undefined, { cause });
  }
  if (typeof options !== 'object' || options === null || Array.isArray(options)) throw new CrowdcueError('bad_request');
  return options as Record<string, unknown>;
};
