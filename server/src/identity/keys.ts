/**
 * Every key of the origin, derived from one root secret by HKDF-SHA-256. Only door keys leave the process, to relays with the
 * credential. Life: made once at start; door keys are derived when an event first needs them and kept.
 */
import { createHmac, createSecretKey, hkdfSync, timingSafeEqual, type KeyObject } from 'node:crypto';
import type { Hmac } from '@crowdcue/protocol';

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
  /** Makes the keys of overlays and captions. */
  readonly scoped: Hmac;
  /** Chooses public names. */
  readonly names: KeyObject;

  /** `root`: at least 32 unpredictable bytes. */
  constructor(root: Uint8Array) {
    this.#root = root;
    this.inner = hmacUnder(createSecretKey(this.#derive('inner')));
    this.host = hmacUnder(createSecretKey(this.#derive('host-session')));
    this.scoped = hmacUnder(createSecretKey(this.#derive('scoped-keys')));
    this.names = createSecretKey(this.#derive('code-names'));
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

  #derive(purpose: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.#root, SALT, purpose, KEY_BYTES));
  }
}
