import type { HttpRequest, HttpResponse } from 'uWebSockets.js';
import { addressGroup, ClientAddresses } from './client-address.js';
import type { Clock } from './clock.js';
import { Pace } from './waiting-line-pace.js';

/** Bad tokens, seats and requests of one address that cost it nothing: a venue has some, and a page that was open for a week. */
const BURST = 100;
const PER_SECOND = 10;
/** Addresses that are remembered; past it the oldest is forgotten. */
const REMEMBERED = 16_384;
/** Part of the time that goes into checking what addresses send which have sent too much: about two thousand tokens a second. */
const SHARE = 0.05;

interface Count {
  left: number;
  at: number;
}

/**
 * What is known of addresses whose connections come to nothing. A limit by address must never hit a good token, because two thousand
 * people behind one address all play: so an address that has sent too much is not refused. What carries no token at all is, before it
 * costs anything; and what carries one is checked after everybody else's, in a small part of the time.
 */
export class Strangers {
  readonly #addresses: ClientAddresses;
  readonly #counts = new Map<string, Count>();
  readonly #pace: Pace;
  #later: (() => void)[] = [];

  /** `trusted`: addresses and networks whose `X-Forwarded-For` is believed. */
  constructor(private readonly clock: Clock, trusted: readonly string[]) {
    this.#addresses = new ClientAddresses(trusted);
    this.#pace = new Pace(SHARE, clock.now());
  }

  /** Whose request this is: an address, or the network of a household. Must be called before the request is over. */
  of(res: HttpResponse, req: HttpRequest): string {
    const remote = Buffer.from(res.getRemoteAddressAsText()).toString('latin1');
    return addressGroup(this.#addresses.of(remote, req.getHeader('x-forwarded-for') || undefined));
  }

  /** Whether an address has sent too much that came to nothing. */
  wary(address: string): boolean {
    const count = this.#counts.get(address);
    return count !== undefined && this.#refilled(count) < 1;
  }

  /** Something from this address came to nothing. */
  charge(address: string): void {
    const count = this.#counts.get(address) ?? { left: BURST, at: this.clock.now() };
    count.left = Math.max(0, this.#refilled(count) - 1);
    this.#counts.delete(address);
    if (this.#counts.size >= REMEMBERED) this.#counts.delete(this.#counts.keys().next().value!);
    this.#counts.set(address, count);
  }

  /** Runs a check of what somebody at `address` sent: now, or after everybody else's. */
  check(address: string, run: () => void): void {
    if (this.wary(address)) this.#later.push(run);
    else run();
  }

  /** The same for a check that answers something, or throws. */
  checked<T>(address: string, run: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.check(address, () => {
        try {
          resolve(run());
        } catch (error) {
          reject(error as Error);
        }
      });
    });
  }

  /** Called every 50 ms: as many of the checks that were put off as their time allows. */
  beat(): void {
    let done = 0;
    while (done < this.#later.length) {
      const now = this.clock.now();
      if (!this.#pace.open(now)) break;
      this.#later[done++]!();
      this.#pace.spend(this.clock.now() - now);
    }
    if (done > 0) this.#later = this.#later.slice(done);
  }

  #refilled(count: Count): number {
    const now = this.clock.now();
    count.left = Math.min(BURST, count.left + ((now - count.at) * PER_SECOND) / 1000);
    count.at = now;
    return count.left;
  }
}
