import { CrowdcueError, type ErrorCode, ERRORS, LIMITS, readToken } from '@crowdcue/protocol';
import type { HttpRequest, HttpResponse } from 'uWebSockets.js';
import { addressOf, checkToken, codeOf, type DoorDeps } from './admission.js';
import type { Channel } from './channel.js';
import { Answer, corsHeaders } from './http.js';
import { CROWD, type SeatAnswer, type StockDoor } from './stock-door.js';
import type { Gate } from './waiting-line-gate.js';
import type { Ticket } from './waiting-line-lane.js';

/** Bytes of a matchmaking body. */
const BODY_BYTES = 64 * 1024;
const JOINS: ReadonlySet<string> = new Set(['joinById', 'join', 'joinOrCreate']);

/** Colyseus's own codes, which its SDK knows; the status of the answer is the same number. */
const COLYSEUS = { noHandler: 520, invalidRoomId: 522, unhandled: 523, expired: 524, authFailed: 525 } as const;

/** Seconds that a client is asked to wait before it tries again. */
const RETRY_MIN_S = 2;
const RETRY_MAX_S = 60;

/** What matchmaking needs beside a door's own. */
export interface MatchmakeDeps extends DoorDeps {
  readonly gate: Gate;
  readonly crowded: () => boolean;
  /** Ms that a request is kept in line. */
  readonly holdMs: number;
}

/** A request, copied. */
interface Asked {
  readonly method: string;
  readonly name: string;
  readonly authorization: string;
  /** Whose it is; see Strangers. */
  readonly address: string;
  readonly options: Record<string, unknown>;
  readonly answer: Answer;
}

interface Refusal {
  readonly code: number;
  readonly error: string;
}

/** Answers Colyseus's matchmaking requests for the stock door. */
export class Matchmake {
  constructor(private readonly deps: MatchmakeDeps, private readonly door: StockDoor, private readonly draining: () => boolean) {}

  /** `POST /matchmake/:method/:name`. */
  handle(res: HttpResponse, req: HttpRequest): void {
    const cors = corsHeaders(req);
    const method = req.getParameter(0);
    const name = req.getParameter(1);
    const authorization = req.getHeader('authorization');
    const address = this.deps.strangers.of(res, req);
    const answer = new Answer(res);
    answer.closes = true; // what follows is a WebSocket
    answer.body(BODY_BYTES)
      .then((body) => this.#seat({ method, name, authorization, address, options: readOptions(body), answer }))
      .then((seat) => answer.json(200, seat, cors), (error: unknown) => {
        if (error instanceof CrowdcueError && (!error.retryable || error.code === 'too_many_requests')) this.deps.strangers.charge(address);
        const refusal = this.#refusal(error);
        answer.json(refusal.code, refusal, error instanceof Late ? { ...cors, 'retry-after': String(error.retryAfterS) } : cors);
      });
  }

  async #seat({ method, name, authorization, address: from, options, answer }: Asked): Promise<SeatAnswer> {
    if (this.draining()) throw new CrowdcueError('unavailable');
    const { strangers, clock, channels, gate, crowded } = this.deps;
    if (method === 'reconnect') return this.door.placeOf(String(options['reconnectionToken']), name, from);
    if (!JOINS.has(method)) throw new NoHandler(method === 'create' ? 'create: rooms are made with their event' : `no matchmaking method ${JSON.stringify(method)}`);
    const delay = readDelay(options['delay']);
    const token = authorization.startsWith('Bearer ') ? authorization.slice(7) : options['token'];
    if (typeof token !== 'string' || token === '') throw new CrowdcueError(strangers.wary(from) ? 'too_many_requests' : 'token_missing');
    const event = name === CROWD && method !== 'joinById' ? readToken(token).evt : name;
    const address = await addressOf(event, this.deps);
    const claims = await strangers.checked(from, () => checkToken(address, token, clock));
    if (crowded()) throw new Late(RETRY_MIN_S);
    const channel = channels.open(address); // its link comes up while the client connects
    if (gate.holds(channel)) await this.#turn(claims.sub, channel, answer);
    return this.door.seatFor(address, claims, delay);
  }

  /** Waits in line for this viewer's turn. Throws `event_full` when it does not come in time, `seat_expired` when a newer request has the place. */
  #turn(sub: number, channel: Channel, answer: Answer): Promise<void> {
    const { gate, holdMs } = this.deps;
    return new Promise((resolve, reject) => {
      const over = (settle: () => void) => (): void => {
        clearTimeout(timer);
        answer.onGone = () => undefined;
        gate.withdraw(ticket, channel);
        settle();
      };
      const late = over(() => reject(new Late(Math.ceil(gate.waitMs(channel) / 1000))));
      const ticket: Ticket = { sub, grant: over(resolve), supersede: over(() => reject(new CrowdcueError(this.draining() ? 'unavailable' : 'seat_expired'))) };
      const timer = setTimeout(late, holdMs);
      answer.onGone = late;
      gate.take(ticket, channel);
    });
  }

  #refusal(error: unknown): Refusal {
    if (error instanceof NoHandler) return { code: COLYSEUS.noHandler, error: error.message };
    const code = codeOf(error, this.deps.log);
    this.deps.metrics.refusedWith(code);
    return { code: statusOf(code), error: `${code}: ${ERRORS[code].message}` };
  }
}

class NoHandler extends Error {}

/** No place in time; with the seconds after which it may be tried again. */
class Late extends CrowdcueError {
  readonly retryAfterS: number;

  constructor(seconds: number) {
    super('event_full');
    this.retryAfterS = Math.min(RETRY_MAX_S, Math.max(RETRY_MIN_S, seconds));
  }
}

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
    case 'event_full':
      return ERRORS[code].http;
    default:
      return COLYSEUS.unhandled;
  }
};

/** The option by which a stock client says how late its picture is, ms; no more than any event takes counts. */
const readDelay = (delay: unknown): number => {
  if (delay === undefined || delay === null) return 0;
  if (typeof delay !== 'number' || !(delay >= 0)) throw new CrowdcueError('bad_request');
  return Math.min(Math.round(delay), LIMITS.delayMs);
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
