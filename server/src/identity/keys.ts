/**
 * Every key of the origin, derived from one root secret by HKDF-SHA-256. Only door keys leave the process, to relays with the
 * credential. Life: made once at start; door keys are derived when an event first needs them and kept.
 */
import { createHmac, createSecretKey, hkdfSync, timingSafeEqual, type KeyObject } from 'node:crypto';
import type { Hmac } from '@crowdcue/protocol';
import type { RandomSource } from './random-source.js';
import { Sealer } from './sealer.js';

const KEY_BYTES = 32; // what HMAC-SHA-256 takes without hashing it first
const SALT = 'crowdcue-keys-1';

/** HMAC-SHA-256 under `key` as base64url without padding. */
const hmacUnder = (key: KeyObject): Hmac => (text) => createHmac('sha256', key).update(text).digest('base64url');

/** Compares in a time that tells nothing but whether the lengths differ (MACs have one length). */
export const equalText = (a: string, b: string): boolean => {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
};

export class Keys {
  readonly #root: Uint8Array;
  readonly #doors = new Map<string, { readonly text: string; readonly hmac: Hmac }>();
  /** Signs what must have come from the origin: viewer, event, tier and name of a token. */
  readonly inner: Hmac;
  /** Signs host sessions. */
  readonly host: Hmac;
  /** Signs what a broadcaster on Twitch hands to the host. */
  readonly twitch: Hmac;
  /** Makes the keys of overlays and captions. */
  readonly scoped: Hmac;
  /** Chooses public names. */
  readonly names: KeyObject;

  readonly #persons: KeyObject;
  readonly #people: KeyObject;

  /** `root`: at least 32 unpredictable bytes. */
  constructor(root: Uint8Array) {
    this.#root = root;
    this.inner = hmacUnder(createSecretKey(this.#derive('inner')));
    this.host = hmacUnder(createSecretKey(this.#derive('host-session')));
    this.twitch = hmacUnder(createSecretKey(this.#derive('twitch-channel')));
    this.scoped = hmacUnder(createSecretKey(this.#derive('scoped-keys')));
    this.names = createSecretKey(this.#derive('code-names'));
    this.#persons = createSecretKey(this.#derive('persons'));
    this.#people = createSecretKey(this.#derive('people'));
  }

  /** The door key of an event: `text` (base64url) is what relays get. Call it with ids of events that exist: each is kept. */
  door(event: string): { readonly text: string; readonly hmac: Hmac } {
    let door = this.#doors.get(event);
    if (door === undefined) {
      const key = this.#derive(`door|${event}`);
      door = { text: key.toString('base64url'), hmac: hmacUnder(createSecretKey(key)) };
      this.#doors.set(event, door);
    }
    return door;
  }

  /** The viewer number, 1 to 2^52 - 1, of a person whom somebody else vouches for: the same for the same, and told from no other number. */
  viewerOf(voucher: string, event: string, subject: string): number {
    const digest = createHmac('sha256', this.#persons).update(JSON.stringify([voucher, event, subject])).digest();
    const viewer = (digest[0]! & 0x0f) * 2 ** 48 + digest.readUIntBE(1, 6);
    return Math.max(1, viewer);
  }

  /** Encrypts what is kept of one kind, such as the secrets of webhooks. */
  sealer(purpose: string, random: RandomSource): Sealer {
    return new Sealer(createSecretKey(this.#derive(`sealed|${purpose}`)), random);
  }

  /** What stands for a text about a person where the text itself may not: the same for the same `use` and parts, and nobody can go back. 32 bytes. */
  blind(use: string, ...parts: readonly (string | number)[]): Buffer {
    return createHmac('sha256', this.#people).update(JSON.stringify([use, ...parts])).digest();
  }

  #derive(purpose: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.#root, SALT, purpose, KEY_BYTES));
  }
}
