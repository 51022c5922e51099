import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a link's proof says: which run of which relay opens a link to which room, and until when (seconds since 1970). */
export interface LinkClaim {
  readonly relayId: string;
  readonly incarnation: number;
  readonly roomId: string;
  readonly exp: number;
}

/** Seconds that a proof may be used: a join takes two round trips. */
export const PROOF_SECONDS = 60;

/** The text under the MAC. The origin builds the same one. */
export const linkProofText = (c: LinkClaim): string => `crowdcue-link-1|${c.relayId}|${c.incarnation}|${c.roomId}|${c.exp}`;

const mac = (secret: string, text: string): string => createHmac('sha256', secret).update(text).digest('base64url');

/** `base64url(HMAC-SHA256(secret, text)) + "." + exp`. */
export const makeLinkProof = (secret: string, claim: LinkClaim): string => `${mac(secret, linkProofText(claim))}.${claim.exp}`;

/** Whether `proof` is one of `secret` for this link and not over at `now` (seconds since 1970). */
export const checkLinkProof = (secret: string, proof: string, link: Omit<LinkClaim, 'exp'>, now: number): boolean => {
  const cut = proof.lastIndexOf('.');
  const exp = Number(proof.slice(cut + 1));
  if (cut < 1 || !Number.isSafeInteger(exp) || exp <= now) return false;
  return equalText(mac(secret, linkProofText({ ...link, exp })), proof.slice(0, cut));
};

/** Compares two texts in a time that depends on their lengths alone. */
export const equalText = (a: string, b: string): boolean => {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
};
