/**
 * Signatures of Standard Webhooks 1.0 (https://www.standardwebhooks.com): HMAC-SHA-256 over `id.timestamp.body`, base64, `v1,` before it.
 * Written here because `node:crypto` does it natively; the tests check it against the `standardwebhooks` package, both ways.
 */
import { createHmac } from 'node:crypto';
import { equalText, type RandomSource } from '../identity/index.js';

const PREFIX = 'whsec_';
const SECRET_BYTES = 32;
/** Seconds that a timestamp may differ from the clock, as the standard's own libraries have it. */
export const TOLERANCE_S = 300;

export const newSecret = (random: RandomSource): string => PREFIX + random.bytes(SECRET_BYTES).toString('base64');

/** `timestamp`: seconds since 1970. */
export const sign = (secret: string, id: string, timestamp: number, body: string | Buffer): string => {
  const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64')}`;
};

/** Headers of one try: the id is the message's, the same at each; a secret that is being replaced signs too. */
export const signedHeaders = (secrets: readonly string[], id: string, nowMs: number, body: string): Record<string, string> => {
  const timestamp = Math.floor(nowMs / 1000);
  return { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': secrets.map((secret) => sign(secret, id, timestamp, body)).join(' ') };
};

export type Verdict =
  | { readonly signed: true; readonly id: string; /** whether the timestamp is within the tolerance, and by how much it is off (s) */ readonly inTime: boolean; readonly offS: number }
  | { readonly signed: false };

/** What somebody else's message shows. The timestamp is judged last: that it is off is told only to who has a secret. */
export const verify = (secrets: readonly string[], headers: Readonly<Record<string, string>>, body: Buffer, nowMs: number): Verdict => {
  const { 'webhook-id': id = '', 'webhook-timestamp': stamp = '', 'webhook-signature': signatures = '' } = headers;
  if (!/^[\x21-\x7e]{1,256}$/.test(id) || !/^\d{1,11}$/.test(stamp) || signatures.length > 2_048) return { signed: false };
  const timestamp = Number(stamp);
  const given = signatures.split(' ');
  const signed = secrets.map((secret) => sign(secret, id, timestamp, body)).some((good) => given.some((each) => equalText(each, good)));
  if (!signed) return { signed: false };
  const offS = timestamp - Math.floor(nowMs / 1000);
  return { signed: true, id, inTime: Math.abs(offS) <= TOLERANCE_S, offS };
};
