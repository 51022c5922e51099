/**
 * Requests to the origin. Every failure is an `ApiError` with a stable code: the origin's own, or `unreachable` when nobody
 * answered, or not in our language (a proxy's error page).
 */
import type { ErrorCode } from '@crowdcue/protocol';

/** A code of the origin, or that there was none. */
export type ApiErrorCode = ErrorCode | 'unreachable';

/** A request that failed, and whether the same one may work later. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  constructor(readonly code: ApiErrorCode, message: string, readonly retryable: boolean, options?: { cause?: unknown }) {
    super(message, options);
  }

  static unreachable(cause?: unknown): ApiError {
    return new ApiError('unreachable', 'The server does not answer.', true, { cause });
  }
}

/** An error as an `ApiError`, whatever was thrown. */
export const asApiError = (error: unknown): ApiError => (error instanceof ApiError ? error : ApiError.unreachable(error));

export interface ApiRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly body?: unknown;
  /** Sent as `Authorization: Bearer`. */
  readonly bearer?: string | undefined;
  /** Names this one command: however often it is sent, it runs once. */
  readonly once?: string;
  /** ms until it is given up; left out: 8 s. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 8_000; // past it a host would rather be told than wait
/** The same of a file, which takes its time on a slow line. */
export const FILE_MS = 60_000;

interface ErrorBody {
  readonly code: ErrorCode;
  readonly error: string;
  readonly retryable: boolean;
}

const isErrorBody = (body: unknown): body is ErrorBody =>
  typeof body === 'object' && body !== null && typeof (body as ErrorBody).code === 'string' && typeof (body as ErrorBody).error === 'string';

const readJson = async (response: Response): Promise<unknown> => {
  const text = await response.text();
  if (text === '') return undefined;
  return JSON.parse(text) as unknown;
};

/** Asks the origin and gives its answer's JSON. Throws `ApiError`. */
export const request = async <T>(url: string, options: ApiRequest = {}): Promise<T> => (await exchange(url, options, readJson)) as T;

/** Asks the origin for a file. Throws `ApiError`. */
export const requestFile = async (url: string, bearer: string): Promise<Blob> =>
  (await exchange(url, { bearer, timeoutMs: FILE_MS }, (response) => (response.ok ? response.blob() : readJson(response)))) as Blob;

const exchange = async (url: string, { method = 'GET', body, bearer, once, timeoutMs = TIMEOUT_MS }: ApiRequest, read: (response: Response) => Promise<unknown>): Promise<unknown> => {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (bearer !== undefined) headers['authorization'] = `Bearer ${bearer}`;
  if (once !== undefined) headers['idempotency-key'] = once;
  let response: Response;
  let answer: unknown;
  try {
    response = await fetch(url, {
      method, headers, cache: 'no-store', credentials: 'omit', signal: AbortSignal.timeout(timeoutMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    answer = await read(response);
  } catch (cause) {
    throw ApiError.unreachable(cause);
  }
  if (response.ok) return answer;
  if (isErrorBody(answer)) throw new ApiError(answer.code, answer.error, answer.retryable);
  throw ApiError.unreachable();
};
