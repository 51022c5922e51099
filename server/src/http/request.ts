import { CrowdcueError } from '@crowdcue/protocol';
import type { HttpRequest as UwsRequest, HttpResponse } from 'uWebSockets.js';
import type { ClientAddresses } from './client-address.js';

/** What a route is told of a request: copied whole, for what uWebSockets.js lends is gone when its handler returns. */
export interface Request {
  /** Upper case. */
  readonly method: string;
  /** As it came, still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Lower-case names; several of one name are joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
  /** Of the client; a forwarded one is believed only from a trusted proxy. */
  readonly address: string;
  /** Where the client is, as a trusted proxy says (`X-Region`). */
  readonly region: string | undefined;
  readonly receivedAt: number;
}

export const copyRequest = (res: HttpResponse, req: UwsRequest, addresses: ClientAddresses, receivedAt: number): Request => {
  const headers: Record<string, string> = Object.create(null) as Record<string, string>;
  req.forEach((name, value) => {
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`;
  });
  const remote = Buffer.from(res.getRemoteAddressAsText()).toString();
  return {
    method: req.getMethod().toUpperCase(),
    path: req.getUrl(),
    query: new URLSearchParams(req.getQuery() ?? ''),
    headers,
    address: addresses.of(remote, headers['x-forwarded-for']),
    region: addresses.trusts(remote) ? headers['x-region'] : undefined,
    receivedAt,
  };
};

/** The credential of `Authorization: Bearer …`, if there is one. */
export const bearerOf = (request: Request): string | undefined => /^Bearer +(\S+)$/i.exec(request.headers['authorization'] ?? '')?.[1];

/**
 * Reads a body of at most `limit` bytes; more is `body_too_large`, at once when the length is declared. `done` is called once, and
 * never after the request was aborted.
 */
export const readBody = (res: HttpResponse, declared: string | undefined, limit: number, done: (body: Buffer | CrowdcueError) => void): void => {
  if (Number(declared ?? 0) > limit) return done(new CrowdcueError('body_too_large'));
  let chunks: Buffer[] | undefined = [];
  let length = 0;
  res.onData((chunk, isLast) => {
    if (chunks === undefined) return;
    length += chunk.byteLength;
    if (length > limit) {
      chunks = undefined;
      return done(new CrowdcueError('body_too_large'));
    }
    chunks.push(Buffer.from(chunk.slice(0))); // uWebSockets.js takes the chunk back
    if (!isLast) return;
    const body = Buffer.concat(chunks);
    chunks = undefined;
    done(body);
  });
};

/** The value of a JSON body, undefined of an empty one. Throws `bad_json`. */
export const parseJson = (body: Buffer): unknown => {
  if (body.length === 0) return undefined;
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (cause) {
    throw new CrowdcueError('bad_json', undefined, { cause });
  }
};
