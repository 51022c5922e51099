import { CrowdcueError, ERRORS, type ClaimWords, type ReceiptView } from '@crowdcue/protocol';
import { errorOfAnswer, exchange, type Http } from './http.js';
import { newKey } from './new-key.js';
import type { ReconnectPolicy } from './reconnect-policy.js';
import type { StorageLike } from './storage.js';

/** What {@link ReconnectPolicy} is told after a failed try over HTTP. */
const FAILED = 1006;

const receiptOf = (body: unknown): ReceiptView | undefined => {
  const outer = body as { receipt?: unknown; status?: unknown } | null;
  const receipt = (outer?.receipt ?? outer) as Partial<ReceiptView> | null;
  return receipt?.status === undefined ? undefined : (receipt as ReceiptView);
};

/** What a claim needs. */
export interface ClaimParts {
  readonly storage: StorageLike;
  /** Where in the storage the key of this viewer and drop is. */
  readonly item: string;
  readonly policy: ReconnectPolicy;
  /** Runs `work` with the viewer's token. */
  call<T>(work: (http: Http, event: string, token: string) => Promise<T>): Promise<T>;
}

const post = async (http: Http, event: string, token: string, body: ClaimWords & { readonly drop: string; readonly key: string }): Promise<ReceiptView> => {
  const answer = await exchange(http, `/api/events/${event}/claims`, token, body);
  const receipt = receiptOf(answer.body);
  // A refusal that may turn into a grant without being changed is an error to retry, not an outcome.
  if (receipt !== undefined && !(receipt.reason !== undefined && ERRORS[receipt.reason]?.retryable)) return receipt;
  throw receipt?.reason === undefined ? errorOfAnswer(answer) : new CrowdcueError(receipt.reason);
};

/** Claims a drop over HTTP. One key a viewer and drop, kept until an answer is final, makes it safe to repeat. */
export const claimDrop = async ({ storage, item, policy, call }: ClaimParts, drop: string, said?: ClaimWords): Promise<ReceiptView> => {
  const key = storage.getItem(item) ?? newKey();
  storage.setItem(item, key);
  for (let attempt = 0; ; attempt++) {
    try {
      const receipt = await call((http, event, token) => post(http, event, token, { ...said, drop, key }));
      // Only a grant is for ever: after a refusal, a lot or a reservation that ran out a later press is a new claim, which the old key would answer with what was.
      if (receipt.status !== 'granted') storage.removeItem(item);
      return receipt;
    } catch (error) {
      const retryable = error instanceof CrowdcueError && error.retryable;
      if (!retryable) storage.removeItem(item);
      const delay = retryable ? policy.nextDelay(attempt, FAILED) : null;
      if (delay === null) throw error;
      await new Promise((wake) => setTimeout(wake, delay));
    }
  }
};
