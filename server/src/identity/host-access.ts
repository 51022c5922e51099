/**
 * Who may run the console. A one-time link's key is traded for a session. Both are signed, so that they stand at every origin of the
 * system and outlive one that is killed in the middle of a round; that a link was used is kept, and asked before anything is given for it.
 * Raising the version, which is kept, ends all sessions and voids all links.
 */
import { createHash } from 'node:crypto';
import { CrowdcueError } from '@crowdcue/protocol';
import type { Clock } from '../clock.js';
import { equalText, type Keys } from './keys.js';
import type { RandomSource } from './random-source.js';

/** ms that a host session lasts: a week of shows. */
const SESSION_LIFE_MS = 7 * 24 * 3600 * 1000;
const NONCE_BYTES = 12;
/** version, expiry in ms since 1970, nonce, MAC over what is before it; the first part keeps links and sessions apart. */
/** A member's carry the member too, whose standing is asked each time; without one it is the installation's own host. */
const LINK = /^l1\.(\d{1,10})\.(\d{1,15})\.([\w-]{16})(?:\.([\w~-]{1,64}))?\.([\w-]{43})$/;
const SESSION = /^h1\.(\d{1,10})\.(\d{1,15})\.([\w-]{16})(?:\.([\w~-]{1,64}))?\.([\w-]{43})$/;

/** Keeps the number that all valid sessions carry. */
export interface SessionVersion {
  get(): number;
  raise(): Promise<void>;
}

/** Remembers which links were used, over all origins. */
export interface UsedLinks {
  /** Whether nobody used this link before; from then on somebody has. `expires` in ms since 1970: it need not be remembered longer. */
  use(link: string, expires: number): Promise<boolean>;
}

export interface HostAccessOptions {
  readonly keys: Keys;
  readonly clock: Clock;
  readonly random: RandomSource;
  /** Where the pages are, without a slash at the end. */
  readonly publicUrl: () => string;
  readonly linkTtlS: number;
  readonly version: SessionVersion;
  readonly used: UsedLinks;
  /** Whether this member is one still; nobody is where it is not given. */
  readonly stands?: (member: string) => boolean;
}

/** What a genuine link or session says. */
interface Genuine {
  readonly expires: number;
  readonly member: string | undefined;
}

export class HostAccess {
  constructor(private readonly options: HostAccessOptions) {}

  /** A new link for one use, of a member or the installation's host; `expiresAt` in ms since 1970. */
  createLink(member?: string): { readonly url: string; readonly expiresAt: number } {
    const { clock, linkTtlS, publicUrl } = this.options;
    const expiresAt = Math.floor(clock.now() + linkTtlS * 1000);
    return { url: `${publicUrl()}/host#key=${this.#sign('l1', expiresAt, member)}`, expiresAt };
  }

  /** Trades a link's key for a session; `expiresAt` in ms since 1970. Throws `host_link_used`, `store_unavailable`. */
  async trade(key: string): Promise<{ readonly session: string; readonly expiresAt: number }> {
    const link = this.#genuine(LINK, key);
    if (link === undefined || !(await this.options.used.use(hashOf(key), link.expires))) throw new CrowdcueError('host_link_used');
    const expiresAt = Math.floor(this.options.clock.now() + SESSION_LIFE_MS);
    return { session: this.#sign('h1', expiresAt, link.member), expiresAt };
  }

  /** The member whose `session` it is, `undefined` of the installation's host. Throws `host_forbidden` unless it is ours, not over and not revoked. */
  check(session: string | undefined): string | undefined {
    const genuine = this.#genuine(SESSION, session ?? '');
    if (genuine === undefined) throw new CrowdcueError('host_forbidden');
    return genuine.member;
  }

  /** Ends every session and voids every link. */
  async signOutAll(): Promise<void> {
    await this.options.version.raise();
  }

  #sign(kind: 'l1' | 'h1', expiresAt: number, member: string | undefined): string {
    const signed = `${kind}.${this.options.version.get()}.${expiresAt}.${this.options.random.bytes(NONCE_BYTES).toString('base64url')}${member === undefined ? '' : `.${member}`}`;
    return `${signed}.${this.options.keys.host(signed)}`;
  }

  /** What it says, when it is ours, of the present version, not over, and its member stands. */
  #genuine(shape: RegExp, text: string): Genuine | undefined {
    const parts = shape.exec(text);
    if (parts === null) return undefined;
    const [, version, expiresAt, , member, mac] = parts as unknown as [string, string, string, string, string | undefined, string];
    const genuine = equalText(this.options.keys.host(text.slice(0, text.lastIndexOf('.'))), mac);
    const current = Number(version) === this.options.version.get() && Number(expiresAt) > this.options.clock.now();
    const stands = member === undefined || this.options.stands?.(member) === true;
    return genuine && current && stands ? { expires: Number(expiresAt), member } : undefined;
  }
}

/** Whether a bearer means to be a host's session. */
export const isHostSession = (bearer: string | undefined): boolean => bearer?.startsWith('h1.') === true;

const hashOf = (key: string): string => createHash('sha256').update(key).digest('base64url');
