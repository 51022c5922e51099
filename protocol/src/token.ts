/**
 * The shape of a viewer's token: a JWT (HS256 under the event's door key, which relays hold) whose claims carry an inner MAC over
 * subject, event and tier under a key that only the origin has. The HMAC itself is passed in: this package knows no platform.
 */
import { CrowdcueError } from './errors.js';
import { LIMITS } from './limits.js';

export interface TokenClaims {
  /** Event id. */
  readonly evt: string;
  /** Viewer number, random within the event, below 2^52. */
  readonly sub: number;
  readonly tier: string;
  /** Public name from the word list. */
  readonly name: string;
  /** Seconds since 1970. */
  readonly iat: number;
  readonly exp: number;
  /** Base64url of the inner MAC. */
  readonly mac: string;
}

/** Begins the tier of whoever watches and does not take part: an overlay. What follows is the version of the key that let it in. */
const SPECTATOR = 'overlay.';

/** The tier of overlays that came with this version of their event's key. */
export const spectatorTier = (version: number): string => `${SPECTATOR}${version}`;

/** The version in an overlay's tier. */
export const spectatorVersion = (tier: string): number => Number(tier.slice(SPECTATOR.length));

/** Whether somebody of this tier only watches: is counted nowhere and may do nothing. */
export const isSpectator = (tier: string): boolean => tier.startsWith(SPECTATOR);

/** HMAC-SHA-256 of `text`, base64url without padding. */
export type Hmac = (text: string) => string;

const HEADER = 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9'; // {"alg":"HS256","typ":"JWT"}

/** What the inner MAC is made of. */
export const innerMacText = (c: { evt: string; sub: number; tier: string; name: string }): string =>
  JSON.stringify(['crowdcue-inner-1', c.evt, c.sub, c.tier, c.name]);

const toBase64Url = (text: string): string => {
  let binary = '';
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
};

const textDecoder = new TextDecoder('utf-8', { fatal: true });
/** What is behind base64url, as text. Throws what it likes for what is none. */
export type FromBase64Url = (text: string) => string;

const fromBase64Url: FromBase64Url = (text) => {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return textDecoder.decode(Uint8Array.from(binary, (c) => c.charCodeAt(0)));
};

export const mintToken = (claims: TokenClaims, door: Hmac): string => {
  const signed = `${HEADER}.${toBase64Url(JSON.stringify(claims))}`;
  return `${signed}.${door(signed)}`;
};

/** The claims without any check: for a client that wants to know its own number. A server hands in its platform's own, faster `decode`. */
export const readToken = (token: string, decode: FromBase64Url = fromBase64Url): TokenClaims => {
  if (token.length > LIMITS.tokenBytes) throw new CrowdcueError('token_malformed');
  const parts = token.split('.');
  if (parts.length !== 3 || parts[0] !== HEADER) throw new CrowdcueError('token_malformed');
  try {
    const c = JSON.parse(decode(parts[1]!)) as Partial<TokenClaims> | null;
    if (c !== null && typeof c === 'object' && typeof c.evt === 'string' && Number.isSafeInteger(c.sub) && (c.sub as number) > 0
      && typeof c.tier === 'string' && typeof c.name === 'string' && Number.isFinite(c.exp) && Number.isFinite(c.iat) && typeof c.mac === 'string') {
      return { evt: c.evt, sub: c.sub as number, tier: c.tier, name: c.name, iat: c.iat as number, exp: c.exp as number, mac: c.mac };
    }
  } catch (cause) {
    throw new CrowdcueError('token_malformed', undefined, { cause });
  }
  throw new CrowdcueError('token_malformed');
};

/**
 * Checks the signature, the event and the end. `now` in seconds since 1970; `equal` compares in constant time.
 * Throws `token_missing`, `token_malformed`, `token_forged`, `token_other_event` or `token_expired`.
 */
export const verifyToken = (token: string | undefined, door: Hmac, event: string, now: number, equal: (a: string, b: string) => boolean, decode?: FromBase64Url): TokenClaims => {
  if (token === undefined || token === '') throw new CrowdcueError('token_missing');
  const claims = readToken(token, decode);
  if (claims.evt !== event) throw new CrowdcueError('token_other_event');
  const cut = token.lastIndexOf('.');
  if (!equal(door(token.slice(0, cut)), token.slice(cut + 1))) throw new CrowdcueError('token_forged');
  if (claims.exp <= now) throw new CrowdcueError('token_expired');
  return claims;
};
