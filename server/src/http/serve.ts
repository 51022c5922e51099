/**
 * The HTTP side of the origin on the uWebSockets.js app that Colyseus uses: one handler for every address, so that no request
 * reaches code that reads a body without a limit. A request is copied, matched, guarded, its body read and checked, then handled;
 * whatever is thrown on the way becomes one JSON answer. Knows no event and no room.
 */
import { CrowdcueError } from '@crowdcue/protocol';
import type { HttpResponse, TemplatedApp } from 'uWebSockets.js';
import type { Clock } from '../clock.js';
import type { OriginMetrics } from '../metrics/origin-metrics.js';
import type { ClientAddresses } from './client-address.js';
import { codedError, errorReply, writeReply, type Reply } from './reply.js';
import { copyRequest, parseJson, readBody, type Request } from './request.js';
import { checkShape, type Match, type Router } from './router.js';

/** Bytes of a request's body, where a route does not say: a list of drops is the largest, at some 20 KiB. */
const BODY_LIMIT = 64 * 1024;
/** ms that a body may take; uWebSockets.js itself ends a connection that is silent for 10 s. */
const BODY_MS = 15_000;

/** Where problems of ours are said. */
export interface HttpLogger {
  error(fields: object, message: string): void;
}

export interface ServeOptions {
  readonly app: TemplatedApp;
  readonly router: Router;
  readonly addresses: ClientAddresses;
  readonly clock: Clock;
  readonly metrics: OriginMetrics;
  readonly logger: HttpLogger;
  /** False while rooms are opened: only `early` routes answer. */
  readonly ready: () => boolean;
}

/** Takes over every HTTP address of `options.app`. */
export const serve = (options: ServeOptions): void => {
  options.app.any('/*', (res, req) => {
    new Exchange(res, copyRequest(res, req, options.addresses, options.clock.monotonic()), options).run();
  });
};

/** One request and its answer. */
class Exchange {
  #aborted = false;
  #answered = false;
  #match: Match | undefined;
  #bodyTimer: NodeJS.Timeout | undefined;

  constructor(private readonly res: HttpResponse, private readonly request: Request, private readonly options: ServeOptions) {
    res.onAborted(() => {
      this.#aborted = true;
      clearTimeout(this.#bodyTimer);
    });
  }

  run(): void {
    try {
      if (this.request.method === 'OPTIONS') return this.#write(this.#preflight());
      const match = this.options.router.match(this.request.method, this.request.path);
      this.#match = match;
      if (match.route.early !== true && !this.options.ready()) throw new CrowdcueError('unavailable');
      const who = match.route.guard?.(this.request, match.params);
      if (match.route.body === undefined && match.route.rawBody !== true) void this.#handle(match, who);
      else this.#withBody(match, who);
    } catch (error) {
      this.#fail(error);
    }
  }

  #withBody(match: Match, who: unknown): void {
    this.#bodyTimer = setTimeout(() => {
      if (!this.#aborted && !this.#answered) this.res.close();
    }, BODY_MS);
    readBody(this.res, this.request.headers['content-length'], match.route.mostBytes ?? BODY_LIMIT, (body) => {
      clearTimeout(this.#bodyTimer);
      if (body instanceof CrowdcueError) return this.#fail(body);
      void this.#handle(match, who, body);
    });
  }

  async #handle({ route, params }: Match, who: unknown, body?: Buffer): Promise<void> {
    try {
      const checked = body === undefined || route.body === undefined ? undefined : checkShape(route.body, parseJson(body), route.badBody);
      this.#write(await route.handle({ ...this.request, params, who, body: checked, ...(body === undefined || route.rawBody !== true ? {} : { raw: body }) }));
    } catch (error) {
      this.#fail(error);
    }
  }

  /** One answer for whatever was thrown; what is wrong on our side is logged here and nowhere else. */
  #fail(thrown: unknown): void {
    const error = codedError(thrown);
    if (error.http >= 500 && error.cause !== undefined) {
      this.options.logger.error({ err: error.cause, code: error.code, route: this.#match?.route.path, method: this.request.method }, 'a request failed on our side');
    }
    this.#write(errorReply(error), error.code === 'body_too_large');
  }

  #preflight(): Reply {
    const { methods, open, cors } = this.options.router.allowed(this.request.path);
    if (methods.length === 0) throw new CrowdcueError('not_found');
    const headers: Record<string, string> = { allow: methods.join(', ') };
    if (cors !== undefined) Object.assign(headers, { 'access-control-allow-methods': open.join(', '), 'access-control-allow-headers': 'authorization, content-type', 'access-control-max-age': '86400' });
    return { status: 204, headers, body: '' };
  }

  #corsHeaders(): Record<string, string> {
    const { cors } = this.#match?.route ?? this.options.router.allowed(this.request.path);
    if (cors === undefined) return {};
    if (cors === 'any') return { 'access-control-allow-origin': '*' };
    if (typeof cors === 'function') {
      const origin = this.request.headers['origin'];
      return { vary: 'origin', ...(origin !== undefined && cors(origin) ? { 'access-control-allow-origin': origin } : {}) };
    }
    return { 'access-control-allow-origin': this.request.headers['origin'] ?? '*', 'access-control-allow-credentials': 'true', vary: 'origin' };
  }

  /** Writes the answer, unless nobody waits for one any more. */
  #write(reply: Reply, closing = false): void {
    if (this.#aborted || this.#answered) return;
    this.#answered = true;
    const headers = { ...reply.headers, ...this.#corsHeaders() };
    writeReply(this.res, { ...reply, headers }, { head: this.request.method === 'HEAD', closing });
    const label = this.#match?.route.path ?? 'none';
    this.options.metrics.httpRequests.inc({ route: label, status: reply.status });
    this.options.metrics.httpSeconds.observe({ route: label }, (this.options.clock.monotonic() - this.request.receivedAt) / 1000);
  }
}
