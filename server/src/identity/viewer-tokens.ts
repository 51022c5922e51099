import { CrowdcueError, innerMacText, mintToken, verifyToken, type TokenClaims } from '@crowdcue/protocol';
import type { Clock } from '../clock.js';
import { equalText, Keys } from './keys.js';
import { publicName } from './public-names.js';
import { randomViewer, type RandomSource } from './random-source.js';

/** Seconds that a token lasts: a long show and its reruns of one day. */
export const TOKEN_LIFE_S = 12 * 3600;
/** The tier of everybody who joins without more. */
export const STANDARD_TIER = 'viewer';
/** The tier of those whose next visit nobody can tell from a stranger's: nothing scarce goes to it. */
export const GUEST_TIER = 'guest';

/** Tiers that the origin gives, or Twitch vouches for: no link lets anybody in as one of them. */
export const BUILT_IN_TIERS: ReadonlySet<string> = new Set([STANDARD_TIER, GUEST_TIER, 'broadcaster', 'moderator', 'external']);

/** A token and what stands in it. */
export interface IssuedToken {
  readonly token: string;
  readonly claims: TokenClaims;
}

/** What the inner MAC covers, and the MAC. */
export type InnerClaims = Pick<TokenClaims, 'evt' | 'sub' | 'tier' | 'name' | 'mac'>;

/** Mints and checks the tokens of viewers. */
export class ViewerTokens {
  constructor(
    private readonly keys: Keys,
    private readonly clock: Clock,
    private readonly random: RandomSource,
    private readonly lifeS: number = TOKEN_LIFE_S,
  ) {}

  /** A token of `event`, for a new viewer or the one given. */
  issue(event: string, viewer: number = randomViewer(this.random), tier: string = STANDARD_TIER): IssuedToken {
    const name = publicName(this.keys.names, event, viewer);
    const iat = Math.floor(this.clock.now() / 1000);
    const mac = this.keys.inner(innerMacText({ evt: event, sub: viewer, tier, name }));
    const claims: TokenClaims = { evt: event, sub: viewer, tier, name, iat, exp: iat + this.lifeS, mac };
    return { token: mintToken(claims, this.keys.door(event).hmac), claims };
  }

  /**
   * Checks a token whole. Throws `token_missing`, `token_malformed`, `token_forged`, `token_other_event`, `token_expired`, or
   * `token_tier_forged` when somebody with the door key made it.
   */
  verify(token: string | undefined, event: string): TokenClaims {
    const claims = verifyToken(token, this.keys.door(event).hmac, event, this.clock.now() / 1000, equalText);
    if (!this.checkInnerMac(claims)) throw new CrowdcueError('token_tier_forged');
    return claims;
  }

  /** Whether the origin itself gave this viewer this tier and name in this event. About 4 µs. */
  checkInnerMac(claims: InnerClaims): boolean {
    return equalText(this.keys.inner(innerMacText(claims)), claims.mac);
  }
}

/** What tells genuine viewers of one event, for who has the origin's root secret: a replay checks joins as the room did. */
export const genuineUnder = (root: Uint8Array, event: string): ((join: { viewer: number; tier: string; name: string; mac: string }) => boolean) => {
  const keys = new Keys(root);
  return ({ viewer, tier, name, mac }) => equalText(keys.inner(innerMacText({ evt: event, sub: viewer, tier, name })), mac);
};
