import { CrowdcueError, readToken, type JoinAnswer } from '@crowdcue/protocol';
import type { Clock } from './clock.js';
import { join, type JoinOptions } from './join.js';

/** A token this close to its end is renewed before it is used. */
const RENEW_MS = 60_000;

export interface AccessOptions extends Omit<JoinOptions, 'origin' | 'clock'> {
  readonly origin?: string | undefined;
  readonly relays?: readonly string[] | undefined;
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

  async #join(origin: string): Promise<void> {
    const answer = await join({ ...this.options, origin, token: this.#token });
    this.joined = answer;
    this.#token = answer.token;
    if (this.options.relays === undefined) this.#relays = answer.relays;
    if (this.#relays.length === 0) throw new CrowdcueError('unavailable', 'The origin knows no relay.');
  }
}
