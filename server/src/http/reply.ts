import { STATUS_CODES } from 'node:http';
import { CrowdcueError, ERRORS, type ErrorCode } from '@crowdcue/protocol';
import type { HttpResponse } from 'uWebSockets.js';

/** An answer, before it is written. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** What every answer carries. */
const BASE_HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

export const json = (value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Reply => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', ...headers },
  body: JSON.stringify(value),
});

/** Done, and nothing to say. */
export const DONE: Reply = { status: 204, headers: { 'cache-control': 'no-store' }, body: '' };

/** The answer that tells of an error of ours. */
export const errorReply = (error: CrowdcueError): Reply => json(error, error.http, error.http === 429 ? { 'retry-after': '1' } : {});

/** The error of ours behind what was thrown: stores and ledger have classes of their own, with the same codes. */
export const codedError = (thrown: unknown): CrowdcueError => {
  if (thrown instanceof CrowdcueError) return thrown;
  const code = (thrown as { code?: unknown } | null)?.code;
  if (typeof code !== 'string' || !Object.hasOwn(ERRORS, code)) return new CrowdcueError('internal', undefined, { cause: thrown });
  const known = code as ErrorCode;
  // What the caller did wrong is told in full; what failed on our side is for the log.
  return new CrowdcueError(known, ERRORS[known].http < 500 ? (thrown as Error).message : undefined, { cause: thrown });
};

export const errorOf = (code: ErrorCode, detail?: string): Reply => errorReply(new CrowdcueError(code, detail));

/** Writes a reply in one go. `closing` ends the connection, for a request whose body is not read to its end. */
export const writeReply = (res: HttpResponse, reply: Reply, options: { readonly head?: boolean; readonly closing?: boolean } = {}): void => {
  res.cork(() => {
    res.writeStatus(`${reply.status} ${STATUS_CODES[reply.status] ?? 'Unknown'}`);
    for (const [name, value] of Object.entries({ ...BASE_HEADERS, ...reply.headers })) res.writeHeader(name, value);
    if (options.head === true) res.endWithoutBody(Buffer.byteLength(reply.body), options.closing);
    else if (reply.status === 204 || reply.status === 304) res.endWithoutBody(); // with `undefined` for a length it would state 2^63, which proxies take for an attack
    else res.end(reply.body as Uint8Array<ArrayBuffer> | string, options.closing);
  });
};
