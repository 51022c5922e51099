/**
 * The tokens that Twitch gives the viewers of an extension: JWTs, HS256, under a secret that Twitch and the extension's backend share
 * (base64 in Twitch's console). Twitch rotates secrets by having two for a while, so several are taken. What stands in the header decides
 * nothing: there is one algorithm. Claims as Twitch documents them: exp, opaque_user_id, user_id, channel_id, role, is_unlinked, pubsub_perms.
 */
import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { CrowdcueError } from '@crowdcue/protocol';
import { z } from 'zod';
import type { Clock } from '../clock.js';
import { equalText } from './keys.js';

/** Whoever Twitch says is there. */
export interface TwitchPerson {
  readonly channel: string;
  /** The same person, the same text: the account where it is shared with the extension, else the id that Twitch made up for it. */
  readonly subject: string;
  /** The number of the account, where its owner shares it with the extension. Only then one person cannot be two subjects. */
  readonly account?: string;
  readonly role: 'broadcaster' | 'moderator' | 'viewer';
  /** Logged out of Twitch: the next visit is somebody else. */
  readonly guest: boolean;
}

/** Longer than any that Twitch writes, by far. */
const MAX_LETTERS = 4_096;
/** How far Twitch's clock and ours may be apart, s. */
const LEEWAY_S = 60;
const JWT = /^([\w-]+)\.([\w-]+)\.([\w-]{43})$/;

const headerShape = z.object({ alg: z.literal('HS256'), typ: z.literal('JWT').optional() });
const claimsShape = z.object({
  exp: z.number().int().positive(),
  opaque_user_id: z.string().regex(/^[AU][\w-]{1,127}$/),
  user_id: z.string().regex(/^(\d{1,32})?$/).optional(),
  channel_id: z.string().regex(/^\d{1,32}$/),
  role: z.enum(['broadcaster', 'moderator', 'viewer', 'external']),
  is_unlinked: z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]).optional(),
});

const decoded = <T>(shape: z.ZodType<T>, part: string): T => {
  try {
    return shape.parse(JSON.parse(Buffer.from(part, 'base64url').toString('utf8')));
  } catch (cause) {
    throw new CrowdcueError('twitch_token_malformed', undefined, { cause });
  }
};

/** Checks the tokens of one extension. */
export class TwitchTokens {
  readonly #keys: readonly KeyObject[];

  /** `secrets`: as they are, not as base64. None: every token is refused with `twitch_off`. */
  constructor(secrets: readonly Uint8Array[], private readonly clock: Pick<Clock, 'now'>) {
    this.#keys = secrets.map((secret) => createSecretKey(secret));
  }

  get on(): boolean {
    return this.#keys.length > 0;
  }

  /**
   * Throws `twitch_off`, `token_missing`, `twitch_token_malformed`, `twitch_token_forged`, `twitch_token_expired`, or `twitch_role` for a
   * token that a backend made for itself.
   */
  verify(token: string | undefined): TwitchPerson {
    if (this.#keys.length === 0) throw new CrowdcueError('twitch_off');
    if (token === undefined) throw new CrowdcueError('token_missing');
    const parts = token.length > MAX_LETTERS ? null : JWT.exec(token);
    if (parts === null) throw new CrowdcueError('twitch_token_malformed');
    const [, header, claims, signature] = parts as unknown as [string, string, string, string];
    decoded(headerShape, header);
    if (!this.#signed(`${header}.${claims}`, signature)) throw new CrowdcueError('twitch_token_forged');
    const { exp, opaque_user_id: opaque, user_id: account = '', channel_id: channel, role, is_unlinked: unlinked } = decoded(claimsShape, claims);
    if (exp + LEEWAY_S <= this.clock.now() / 1000) throw new CrowdcueError('twitch_token_expired');
    if (role === 'external') throw new CrowdcueError('twitch_role');
    const guest = opaque.startsWith('A');
    const shared = !guest && account !== '' && unlinked !== true;
    return { channel, role, guest, subject: shared ? `account|${account}` : `opaque|${opaque}`, ...(shared ? { account } : {}) };
  }

  #signed(text: string, signature: string): boolean {
    // All are tried, so that the time does not tell which one fits.
    return this.#keys.map((key) => equalText(createHmac('sha256', key).update(text).digest('base64url'), signature)).includes(true);
  }
}
