import { CrowdcueError, ERRORS, type ErrorCode } from '@crowdcue/protocol';
import type { OriginClock } from './origin-clock.js';

const ANSWER_MS = 5_000;

/** An origin's answer, and the address that gave it. */
export interface OriginAnswer {
  readonly fields: Record<string, unknown>;
  readonly base: string;
}

/**
 * HTTP to whichever origin answers, with the relay's credential. Addresses are tried in turn, each once a question, and the one that
 * answered is asked first the next time. An origin that refuses has answered; one that cannot be reached or fails has not.
 */
export class OriginHttp {
  readonly #bases: readonly string[];
  #at = 0;

  /** `bases`: one HTTP address or several, separated by commas. `clock` hears what time answers say it is. */
  constructor(bases: string, private readonly secret: string, private readonly clock?: OriginClock) {
    this.#bases = bases.split(',');
  }

  /** Throws the error that the origin names, or `unavailable` when none answers. */
  async ask(method: 'GET' | 'POST', path: string, body?: unknown): Promise<OriginAnswer> {
    let last: unknown;
    for (let tried = 0; tried < this.#bases.length; tried++) {
      const at = this.#at;
      try {
        return await this.#askOne(this.#bases[at]!, method, path, body);
      } catch (error) {
        last = error;
        if (!(error instanceof NoAnswer)) throw error;
        if (this.#at === at) this.#at = (at + 1) % this.#bases.length; // unless another question has moved on already
      }
    }
    throw last;
  }

  async #askOne(base: string, method: 'GET' | 'POST', path: string, body: unknown): Promise<OriginAnswer> {
    const headers: Record<string, string> = { authorization: `Bearer ${this.secret}` };
    if (body !== undefined) headers['content-type'] = 'application/json';
    let response: Response;
    let answer: unknown;
    const asked = this.clock?.now() ?? 0;
    try {
      response = await fetch(base + path, {
        method, headers, signal: AbortSignal.timeout(ANSWER_MS), redirect: 'error', ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      answer = await response.json().catch(() => undefined);
    } catch (cause) {
      throw new NoAnswer('unavailable', 'The origin does not answer.', { cause });
    }
    const fields = (typeof answer === 'object' && answer !== null ? answer : {}) as Record<string, unknown>;
    if (response.ok) {
      this.clock?.answered(fields['now'], asked);
      return { fields, base };
    }
    const named = errorIn(fields);
    // Colyseus's own refusals have statuses of the 52x and say so in a number; any other failure of a server or proxy is worth asking elsewhere.
    const failed = typeof fields['code'] !== 'number' && (response.status >= 500 || named === undefined);
    throw new (failed ? NoAnswer : CrowdcueError)(named ?? 'unavailable');
  }
}

/** Another origin may do better. */
class NoAnswer extends CrowdcueError {}

/** Only an answer that names a code of ours means it: a proxy in front of an origin that restarts says 404 and 403 too. Our origin answers `{ code: "…" }`, Colyseus's matchmaking `{ code: 5xx, error: "code: text" }`. */
const errorIn = (answer: Record<string, unknown>): ErrorCode | undefined => {
  if (typeof answer['code'] === 'string' && answer['code'] in ERRORS) return answer['code'] as ErrorCode;
  const named = /^[a-z_]+/.exec(String(answer['error'] ?? ''))?.[0];
  return named !== undefined && named in ERRORS ? (named as ErrorCode) : undefined;
};
