import { CrowdcueError, readToken, type JoinAnswer } from '@crowdcue/protocol';
import type { Clock } from './clock.js';
import { call } from './http.js';
import { join, type JoinOptions } from './join.js';

/** A list of relays is worth no longer wait, ms: those that are known may be back. */
const REFRESH_MS = 2_000;
/** A token this close to its end is renewed before it is used. */
const RENEW_MS = 60_000;

export interface AccessOptions extends Omit<JoinOptions, 'origin' | 'clock'> {
  readonly origin?: string | undefined;
  readonly relays?: readonly string[] | undefined;
  /** How to get in, where it is not by the event's id or code. */
  readonly enter?: (() => Promise<JoinAnswer>) | undefined;
  readonly clock: Clock;
}

/** The viewer's token and where to go with it; asks the origin when either is missing, over, or did not help. */
export class Access {
  #token: string | undefined;
  #relays: readonly string[];
  #joining: Promise<void> | undefined;
  /** The origin's answer, once it was asked. */
  joined: JoinAnswer | undefined;

  constructor(readonly options: AccessOptions) {
    if (options.origin === undefined && (options.token === undefined || options.relays === undefined)) {
      throw new CrowdcueError('bad_request', 'connect() needs an origin, or a token and relays.');
    }
    this.#token = options.token;
    this.#relays = options.relays ?? [];
    if (options.token !== undefined) readToken(options.token);
  }

  /** Event id, viewer and public name, as the token says. */
  get claims(): { evt: string; sub: number; name: string } {
    return readToken(this.token);
  }

  get token(): string {
    if (this.#token === undefined) throw new CrowdcueError('token_missing');
    return this.#token;
  }

  get relays(): readonly string[] {
    return this.#relays;
  }

  /** Makes token and relays usable; `renew` asks the origin even if they look so. */
  async ready(renew: boolean): Promise<void> {
    const token = this.#token;
    const over = token !== undefined && readToken(token).exp * 1000 - RENEW_MS <= this.options.clock.wall();
    if (!renew && !over && token !== undefined && this.#relays.length > 0) return;
    if (this.options.origin === undefined) return; // what we were given is all there is; the relay judges it
    await (this.#joining ??= this.#join(this.options.origin).finally(() => (this.#joining = undefined)));
  }

  /**
   * Asks the origin which relays there are by now; answers whether it named any. Relays that the page gave stay what they are.
   * An origin of the version before, which has no list, is asked by joining again.
   */
  async refresh(): Promise<boolean> {
    const { origin, relays, region } = this.options;
    if (origin === undefined || relays !== undefined) return false;
    try {
      const query = new URLSearchParams({ event: this.claims.evt, ...(region === undefined ? {} : { region }) });
      const answer = (await call({ ...this.options, origin, signal: AbortSignal.timeout(REFRESH_MS) }, `/relays?${query}`, undefined)) as { relays?: readonly { url?: unknown }[] };
      const urls = answer.relays!.map(({ url }) => url).filter((url) => typeof url === 'string');
      if (urls.length === 0) return false;
      this.#relays = urls;
      return true;
    } catch (error) {
      return error instanceof CrowdcueError && error.code === 'not_found' && this.ready(true).then(() => true, () => false);
    }
  }

  async #join(origin: string): Promise<void> {
    const { enter } = this.options;
    const answer = enter === undefined ? await join({ ...this.options, origin, token: this.#token }) : await enter();
    this.joined = answer;
    this.#token = answer.token;
    // None may be ready right now; those that are known may be back.
    if (this.options.relays === undefined && answer.relays.length > 0) this.#relays = answer.relays;
    if (this.#relays.length === 0) throw new CrowdcueError('unavailable', 'The origin knows no relay.');
  }
}
