import type { Clock } from '../clock.js';
import { TokenBuckets } from './token-buckets.js';

/** Codes that one viewer asks for: a typo, a mail that does not come. */
const ASKS_BURST = 5;
const ASKS_PER_SECOND = 1 / 30;
/** Codes asked for from one network: a venue of two thousand proves itself within minutes. */
const NETWORK_BURST = 500;
const NETWORK_PER_SECOND = 5;
/** Ways to Twitch for one viewer: one whenever the card of a reward opens. */
const WAYS_BURST = 20;
const WAYS_PER_SECOND = 0.2;
/** Codes that one viewer tries. */
const TRIES_BURST = 10;
const TRIES_PER_SECOND = 0.5;
/** Mails to one mailbox, of all events: at most this many codes can be guessed at, and nobody's mailbox is flooded. */
const MAILBOX_BURST = 12;
const MAILBOX_PER_SECOND = 1 / 600;
/** Of these from one network: it cannot use up what the mailbox's owner needs elsewhere. */
const THERE_BURST = 4;
const THERE_PER_SECOND = 1 / 900;

/** What keeps codes from being guessed and mailboxes from being flooded. All of it slows, and refills. */
export class ProofLimits {
  readonly asks: TokenBuckets;
  readonly networks: TokenBuckets;
  readonly tries: TokenBuckets;
  readonly ways: TokenBuckets;
  /** Ways back from Twitch, of the viewer who asked for them. */
  readonly returns: TokenBuckets;
  readonly #mailboxes: TokenBuckets;
  readonly #there: TokenBuckets;

  constructor(clock: Clock) {
    this.asks = new TokenBuckets(clock, ASKS_BURST, ASKS_PER_SECOND);
    this.networks = new TokenBuckets(clock, NETWORK_BURST, NETWORK_PER_SECOND);
    this.tries = new TokenBuckets(clock, TRIES_BURST, TRIES_PER_SECOND);
    this.ways = new TokenBuckets(clock, WAYS_BURST, WAYS_PER_SECOND);
    this.returns = new TokenBuckets(clock, TRIES_BURST, TRIES_PER_SECOND);
    this.#mailboxes = new TokenBuckets(clock, MAILBOX_BURST, MAILBOX_PER_SECOND);
    this.#there = new TokenBuckets(clock, THERE_BURST, THERE_PER_SECOND);
  }

  /** Whether one more mail may go to a mailbox, asked for from a network. */
  mailbox(person: string, network: string): boolean {
    return this.#there.take(`${network}|${person}`) && this.#mailboxes.take(person);
  }
}
