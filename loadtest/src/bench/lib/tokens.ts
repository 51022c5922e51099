import { createHmac } from 'node:crypto';
import { mintToken } from '@crowdcue/protocol';
import { wall } from '../../clock.js';

/** The one event of a synthetic origin. */
export const EVENT = 'bench';
const TOKEN_SECONDS = 3_600;

/** Tokens of viewers as an origin with this door key gives them; their inner MAC is nobody's. */
export const tokensOf = (doorKey: Uint8Array, count: number): string[] => {
  const door = (text: string): string => createHmac('sha256', doorKey).update(text).digest('base64url');
  const iat = Math.floor(wall() / 1000);
  return Array.from({ length: count }, (_, i) =>
    mintToken({ evt: EVENT, sub: i + 1, tier: 'viewer', name: `Viewer ${i + 1}`, iat, exp: iat + TOKEN_SECONDS, mac: 'A'.repeat(43) }, door));
};
