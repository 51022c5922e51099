import { CrowdcueError, ERRORS, type ErrorCode } from '@crowdcue/protocol';

/** What an HTTP call needs to know of the page. */
export interface Http {
  /** Base address of the origin, also with a path prefix. */
  readonly origin: string;
  readonly fetch?: typeof fetch | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Longer than any healthy answer; a phone that changed networks waits no longer than this. */
const TIMEOUT_MS = 8_000;

export const isErrorCode = (code: unknown): code is ErrorCode => typeof code === 'string' && Object.hasOwn(ERRORS, code);

/** One exchange, whatever its status. Throws `unavailable` when no JSON came back, and the signal's reason when it was aborted. */
export const exchange = async (http: Http, path: string, token: string | undefined, body?: unknown): Promise<Answer> => {
  const headers: Record<string, string> = {};
  if (token !== undefined) headers['authorization'] = `Bearer ${token}`;
  if (body !== undefined) headers['content-type'] = 'application/json';
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const response = await (http.fetch ?? fetch)(`${http.origin.replace(/\/+$/, '')}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers,
      signal: http.signal === undefined ? timeout : AbortSignal.any([http.signal, timeout]),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  } catch (cause) {
    http.signal?.throwIfAborted();
    throw new CrowdcueError('unavailable', undefined, { cause });
  }
};

/** The error in an answer. A code of a later version becomes `internal` (retryable) or `bad_request`. */
export const errorOfAnswer = ({ status, body }: Answer): CrowdcueError => {
  const { code, retryable } = (body ?? {}) as { code?: unknown; retryable?: unknown };
  if (isErrorCode(code)) return new CrowdcueError(code);
  return new CrowdcueError(status >= 500 || retryable === true ? 'internal' : 'bad_request', `(HTTP ${status})`);
};

/** The JSON of an answer of status 2xx; throws its error else. */
export const call = async (http: Http, path: string, token: string | undefined, body?: unknown): Promise<unknown> => {
  const answer = await exchange(http, path, token, body);
  if (answer.status >= 200 && answer.status < 300) return answer.body;
  throw errorOfAnswer(answer);
};
