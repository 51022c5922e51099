/**
 * One try to deliver a message: a POST with a time limit over everything from the name to the answer. What counts is the status; the body
 * of an answer is thrown away, and of a long one the connection with it. Redirects are not followed: a signed message goes to the
 * address that its owner gave, or nowhere.
 */
import { Agent as HttpAgent, request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { AddressGuard } from './address-guard.js';

/** Bytes of an answer's body that are read to keep its connection. */
const ANSWER_BYTES = 16 * 1024;
/** ms that a connection without a request is kept. */
const IDLE_MS = 4_000;

export type Outcome =
  | { readonly result: 'delivered'; readonly status: number }
  /** 410: the endpoint wants nothing any more */
  | { readonly result: 'gone'; readonly status: number; readonly error: string }
  | { readonly result: 'failed'; readonly status?: number; readonly error: string; /** ms, as the answer asked */ readonly retryAfterMs?: number }
  /** given up by us */
  | { readonly result: 'aborted' };

export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface PosterOptions {
  readonly guard: AddressGuard;
  readonly now: () => number;
  /** ms of one try */
  readonly timeoutMs: number;
}

const USER_AGENT = 'Crowdcue-Webhooks/1';

/** What `Retry-After` asks for, ms: seconds, or a date. */
const retryAfter = (text: string | undefined, now: number): number | undefined => {
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const at = /^[A-Z][a-z]+, /.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
};

const judge = ({ statusCode = 0, headers }: IncomingMessage, now: number): Outcome => {
  const status = statusCode;
  if (status >= 200 && status < 300) return { result: 'delivered', status };
  const error = status >= 300 && status < 400 ? `HTTP ${status}: redirects are not followed` : `HTTP ${status}`;
  if (status === 410) return { result: 'gone', status, error };
  const retryAfterMs = retryAfter(headers['retry-after'], now);
  return { result: 'failed', status, error, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
};

/** What went wrong in words that may be shown to the endpoint's owner. */
const describe = (error: NodeJS.ErrnoException): string => (error.code === undefined ? error.message : `${error.code}: ${error.message}`).replaceAll(/\s+/g, ' ');

export class Poster {
  readonly #agents = { 'http:': new HttpAgent({ keepAlive: true, timeout: IDLE_MS }), 'https:': new HttpsAgent({ keepAlive: true, timeout: IDLE_MS }) };
  readonly #open = new Set<ClientRequest>();
  #closed = false;

  constructor(private readonly options: PosterOptions) {}

  async post(message: Post): Promise<Outcome> {
    const first = await this.#try(message);
    // A kept connection may end while the request is on its way to it; a new one decides.
    return first === 'stale' ? ((await this.#try(message, true)) as Outcome) : first;
  }

  /** Gives up what is under way. */
  close(): void {
    this.#closed = true;
    for (const request of this.#open) request.destroy();
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }

  #try(message: Post, fresh = false): Promise<Outcome | 'stale'> {
    return new Promise((resolve) => {
      if (this.#closed) return resolve({ result: 'aborted' });
      let request: ClientRequest;
      const fail = (error: string): void => resolve(this.#closed ? { result: 'aborted' } : { result: 'failed', error });
      try {
        request = this.#request(message, fresh);
      } catch (error) {
        return fail(describe(error as Error));
      }
      const late = setTimeout(() => request.destroy(new Error(`no answer within ${this.options.timeoutMs} ms`)), this.options.timeoutMs);
      this.#open.add(request);
      request.once('close', () => {
        clearTimeout(late);
        this.#open.delete(request);
        fail('the connection was closed'); // where nothing was said before
      });
      request.once('error', (error: NodeJS.ErrnoException) => {
        if (request.reusedSocket && error.code === 'ECONNRESET') resolve('stale');
        else fail(describe(error));
      });
      request.once('response', (response) => {
        resolve(judge(response, this.options.now()));
        drain(response);
      });
      request.end(message.body);
    });
  }

  #request({ url, headers, body }: Post, fresh: boolean): ClientRequest {
    const { guard } = this.options;
    const to = guard.parse(url); // an address that is written as one is never looked up
    const protocol = to.protocol as 'http:' | 'https:';
    return (protocol === 'https:' ? httpsRequest : httpRequest)(to, {
      method: 'POST', agent: fresh ? false : this.#agents[protocol], lookup: guard.lookup(protocol),
      headers: { 'user-agent': USER_AGENT, 'content-type': 'application/cloudevents+json; charset=utf-8', 'content-length': Buffer.byteLength(body), ...headers },
    });
  }
}

const drain = (response: IncomingMessage): void => {
  let left = ANSWER_BYTES;
  response.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) response.destroy();
  });
  response.on('error', () => undefined); // the status was heard
};
