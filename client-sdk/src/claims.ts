import { CrowdcueError, ERRORS, type ReceiptView, type ViewerDrop } from '@crowdcue/protocol';
import type { Access } from './access.js';
import { call, errorOfAnswer, exchange, type Http } from './http.js';
import type { ReconnectPolicy } from './reconnect-policy.js';
import type { StorageLike } from './storage.js';

/** What {@link ReconnectPolicy} is told after a failed try over HTTP. */
const FAILED = 1006;

const newKey = (): string => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

const receiptOf = (body: unknown): ReceiptView | undefined => {
  const outer = body as { receipt?: unknown; status?: unknown } | null;
  const receipt = (outer?.receipt ?? outer) as Partial<ReceiptView> | null;
  return receipt?.status === 'granted' || receipt?.status === 'refused' ? (receipt as ReceiptView) : undefined;
};

/** Claims over HTTP. One key a viewer and drop, kept until an answer is final, makes a claim safe to repeat. */
export class Claims {
  readonly #running = new Map<string, Promise<ReceiptView>>();

  constructor(
    readonly access: Access,
    readonly storage: StorageLike,
    readonly policy: ReconnectPolicy,
  ) {}

  /** The drops of the event as this viewer sees them. */
  async drops(): Promise<readonly ViewerDrop[]> {
    const answer = await this.#authorised((http, event, token) => call(http, `/api/events/${event}/drops`, token));
    return (Array.isArray(answer) ? answer : ((answer as { drops?: unknown })?.drops ?? [])) as readonly ViewerDrop[];
  }

  claim(drop: string): Promise<ReceiptView> {
    let running = this.#running.get(drop);
    if (running === undefined) {
      running = this.#claim(drop).finally(() => this.#running.delete(drop));
      this.#running.set(drop, running);
    }
    return running;
  }

  async #claim(drop: string): Promise<ReceiptView> {
    const { evt, sub } = this.access.claims;
    const item = `crowdcue.claim.${evt}.${sub}.${drop}`;
    const key = this.storage.getItem(item) ?? newKey();
    this.storage.setItem(item, key);
    for (let attempt = 0; ; attempt++) {
      try {
        const receipt = await this.#authorised((http, event, token) => this.#post(http, event, token, drop, key));
        // Only a grant is for ever; a later press after a refusal is a new claim (a restock may have come).
        if (receipt.status === 'refused') this.storage.removeItem(item);
        return receipt;
      } catch (error) {
        const retryable = error instanceof CrowdcueError && error.retryable;
        if (!retryable) this.storage.removeItem(item);
        const delay = retryable ? this.policy.nextDelay(attempt, FAILED) : null;
        if (delay === null) throw error;
        await new Promise((wake) => setTimeout(wake, delay));
      }
    }
  }

  async #post(http: Http, event: string, token: string, drop: string, key: string): Promise<ReceiptView> {
    const answer = await exchange(http, `/api/events/${event}/claims`, token, { drop, key });
    const receipt = receiptOf(answer.body);
    // A refusal that may turn into a grant without being changed is an error to retry, not an outcome.
    if (receipt !== undefined && !(receipt.reason !== undefined && ERRORS[receipt.reason]?.retryable)) return receipt;
    throw receipt?.reason === undefined ? errorOfAnswer(answer) : new CrowdcueError(receipt.reason);
  }

  /** Runs `work` with the token; one that is over is renewed once. */
  async #authorised<T>(work: (http: Http, event: string, token: string) => Promise<T>): Promise<T> {
    const { origin, fetch } = this.access.options;
    if (origin === undefined) throw new CrowdcueError('bad_request', 'connect() was given no origin.');
    const run = (): Promise<T> => work({ origin, fetch }, encodeURIComponent(this.access.claims.evt), this.access.token);
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof CrowdcueError && error.code === 'token_expired')) throw error;
      await this.access.ready(true);
      return run();
    }
  }
}
