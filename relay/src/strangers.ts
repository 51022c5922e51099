import type { HttpRequest, HttpResponse } from 'uWebSockets.js';
import { addressGroup, ClientAddresses } from './client-address.js';
import type { Clock } from './clock.js';
import { Pace } from './waiting-line-pace.js';

/** Bad tokens, seats and requests of one address that cost it nothing: a venue has some, and a page that was open for a week. */
const BURST = 100;
const PER_SECOND = 10;
/** Addresses that are remembered; past it the oldest is forgotten. */
const REMEMBERED = 16_384;
/** Part of the time that goes into checking what anybody sends: about ten thousand tokens a second. */
const SHARE = 0.2;
/** And of that, after it, into what addresses send which have sent too much. */
const WARY_SHARE = 0.05;

/** Checks in the order of coming, in their share of the time. */
class Checks {
  readonly #pace: Pace;
  #waiting: (() => void)[] = [];

  constructor(share: number, private readonly clock: Clock, private readonly otherMs: () => number) {
    this.#pace = new Pace(share, clock.now());
  }

  put(run: () => void): void {
    this.#waiting.push(run);
  }

  /** At once, unless others wait or the time is used up. */
  take(run: () => void): void {
    if (this.#waiting.length > 0 || !this.#pace.open(this.clock.now())) this.put(run);
    else this.#run(run);
  }

  work(): void {
    let done = 0;
    while (done < this.#waiting.length && this.#pace.open(this.clock.now())) this.#run(this.#waiting[done++]!);
    if (done > 0) this.#waiting = this.#waiting.slice(done);
  }

  #run(run: () => void): void {
    const before = this.clock.now() - this.otherMs();
    run();
    this.#pace.spend(this.clock.now() - this.otherMs() - before);
  }
}

interface Count {
  left: number;
  at: number;
}

/**
 * What is known of addresses whose connections come to nothing. A limit by address must never hit a good token, because two thousand
 * people behind one address all play: so an address that has sent too much is not refused. What carries no token at all is, before it
 * costs anything; and what carries one is checked after everybody else's, in a small part of the time. Everybody else's takes a bounded
 * part of the time too, in the order of coming: thousands come at once, and those who are in want their ticks.
 */
export class Strangers {
  readonly #addresses: ClientAddresses;
  readonly #counts = new Map<string, Count>();
  readonly #fresh: Checks;
  readonly #wary: Checks;

  /** `trusted`: addresses and networks whose `X-Forwarded-For` is believed. `otherMs` counts ms of checks that are somebody else's to count. */
  constructor(private readonly clock: Clock, trusted: readonly string[], otherMs: () => number = () => 0) {
    this.#addresses = new ClientAddresses(trusted);
    this.#fresh = new Checks(SHARE, clock, otherMs);
    this.#wary = new Checks(WARY_SHARE, clock, otherMs);
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
    if (address === '') return; // of somebody who was let in with a good token
    const count = this.#counts.get(address) ?? { left: BURST, at: this.clock.now() };
    count.left = Math.max(-BURST, this.#refilled(count) - 1); // whoever goes on and on needs a while to be trusted again
    this.#counts.delete(address);
    if (this.#counts.size >= REMEMBERED) this.#counts.delete(this.#counts.keys().next().value!);
    this.#counts.set(address, count);
  }

  /** Runs a check of what somebody at `address` sent: now, when there is time for it, or after everybody else's. */
  check(address: string, run: () => void): void {
    if (this.wary(address)) this.#wary.put(run);
    else this.#fresh.take(run);
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
    this.#fresh.work();
    this.#wary.work();
  }

  #refilled(count: Count): number {
    const now = this.clock.now();
    count.left = Math.min(BURST, count.left + ((now - count.at) * PER_SECOND) / 1000);
    count.at = now;
    return count.left;
  }
}
