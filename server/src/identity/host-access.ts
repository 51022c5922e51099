/**
 * Who may run the console. A one-time link's key is traded for a session. Links live in this process and are gone with it: each
 * start prints a new one. Sessions are signed, so that they outlive an origin that is killed in the middle of a round; raising
 * the version, which is kept, ends them all.
 */
import { createHash } from 'node:crypto';
import { CrowdcueError } from '@crowdcue/protocol';
import type { Clock } from '../clock.js';
import { equalText, type Keys } from './keys.js';
import type { RandomSource } from './random-source.js';

/** ms that a host session lasts: a week of shows. */
const SESSION_LIFE_MS = 7 * 24 * 3600 * 1000;
/** Links that may wait to be used; an older one gives way. */
const MAX_LINKS = 64;
const LINK_KEY_BYTES = 24;
const SESSION = /^h1\.(\d{1,10})\.(\d{1,15})\.([\w-]{16})\.([\w-]{43})$/;

/** Keeps the number that all valid sessions carry. */
export interface SessionVersion {
  get(): number;
  raise(): Promise<void>;
}

export interface HostAccessOptions {
  readonly keys: Keys;
  readonly clock: Clock;
  readonly random: RandomSource;
  /** Where the pages are, without a slash at the end. */
  readonly publicUrl: () => string;
  readonly linkTtlS: number;
  readonly version: SessionVersion;
}

export class HostAccess {
  /** Expiry, ms since 1970, by the key's hash, so that a memory dump opens no console. */
  readonly #links = new Map<string, number>();

  constructor(private readonly options: HostAccessOptions) {}

  /** A new link for one use; `expiresAt` in ms since 1970. */
  createLink(): { readonly url: string; readonly expiresAt: number } {
    const { clock, random, linkTtlS, publicUrl } = this.options;
    const key = random.bytes(LINK_KEY_BYTES).toString('base64url');
    const expires = clock.now() + linkTtlS * 1000;
    if (this.#links.size >= MAX_LINKS) this.#links.delete(this.#links.keys().next().value!);
    this.#links.set(hashOf(key), expires);
    return { url: `${publicUrl()}/host#key=${key}`, expiresAt: expires };
  }

  /** Trades a link's key for a session; `expiresAt` in ms since 1970. Throws `host_link_used`. */
  trade(key: string): { readonly session: string; readonly expiresAt: number } {
    const hash = hashOf(key);
    const expires = this.#links.get(hash);
    this.#links.delete(hash);
    if (expires === undefined || expires <= this.options.clock.now()) throw new CrowdcueError('host_link_used');
    const expiresAt = this.options.clock.now() + SESSION_LIFE_MS;
    const nonce = this.options.random.bytes(12).toString('base64url');
    const signed = `h1.${this.options.version.get()}.${Math.floor(expiresAt)}.${nonce}`;
    return { session: `${signed}.${this.options.keys.host(signed)}`, expiresAt };
  }

  /** Throws `host_forbidden` unless `session` is one of ours, not over and not revoked. */
  check(session: string | undefined): void {
    const parts = SESSION.exec(session ?? '');
    if (parts === null) throw new CrowdcueError('host_forbidden');
    const [text, version, expiresAt, , mac] = parts as unknown as [string, string, string, string, string];
    const genuine = equalText(this.options.keys.host(text.slice(0, text.lastIndexOf('.'))), mac);
    const current = Number(version) === this.options.version.get() && Number(expiresAt) > this.options.clock.now();
    if (!genuine || !current) throw new CrowdcueError('host_forbidden');
  }

  /** Ends every session and voids every link. */
  async signOutAll(): Promise<void> {
    this.#links.clear();
    await this.options.version.raise();
  }
}

const hashOf = (key: string): string => createHash('sha256').update(key).digest('base64url');
