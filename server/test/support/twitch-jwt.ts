import { createHmac } from 'node:crypto';

/** As Twitch's console shows it. */
export const TWITCH_SECRET = Buffer.from('a secret of thirty-two letters !').toString('base64');
export const CLIENT_ID = 'abcdefghij1234567890klmnopqrst';

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Signs claims as Twitch does: HS256 under the secret behind the base64. */
export const twitchJwt = (claims: Record<string, unknown>, secret = TWITCH_SECRET, header: Record<string, unknown> = { alg: 'HS256', typ: 'JWT' }): string => {
  const signed = `${part(header)}.${part(claims)}`;
  return `${signed}.${createHmac('sha256', Buffer.from(secret, 'base64')).update(signed).digest('base64url')}`;
};

/** The claims of a viewer who is logged in and has not shared the account, for an hour from `now` (ms). */
export const viewerClaims = (opaque: string, channel: string, more: Record<string, unknown> = {}, now = Date.now()): Record<string, unknown> => ({
  exp: Math.floor(now / 1000) + 3600, opaque_user_id: opaque, channel_id: channel, role: 'viewer', is_unlinked: true,
  pubsub_perms: { listen: ['broadcast', `whisper-${opaque}`, 'global'] }, ...more,
});
