import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { CrowdcueError } from '@crowdcue/protocol';
import type { Clock } from '../clock.js';
import { equalText } from './keys.js';

/** Seconds that a proof may be valid for; one that claims more was not made by a relay of ours. */
const MAX_PROOF_S = 120;
const PROOF = /^([\w-]{43})\.(\d{1,12})$/;

/** Who knocks at a room: the join options of a link. */
export interface LinkKnock {
  readonly relayId: string;
  readonly incarnation: number;
  /** `base64url(HMAC-SHA-256(secret, linkProofText)) + "." + exp`. */
  readonly proof: string;
}

/** What a relay signs; `exp` in seconds since 1970. */
export const linkProofText = (relayId: string, incarnation: number, roomId: string, exp: number): string =>
  `crowdcue-link-1|${relayId}|${incarnation}|${roomId}|${exp}`;

/** The secret that relays and the origin share: shown as it is on HTTP, proved by a MAC on a link. */
export class RelayCredential {
  constructor(private readonly secret: string, private readonly clock: Clock) {}

  /** Throws `relay_forbidden` unless `bearer` is the secret. */
  check(bearer: string | undefined): void {
    // Hashed, so that neither the time nor a length tells anything of the secret.
    if (!timingSafeEqual(hash(bearer ?? ''), hash(this.secret))) throw new CrowdcueError('relay_forbidden');
  }

  /** The proof for a link of one room, valid until `exp` (seconds since 1970). */
  linkProof(relayId: string, incarnation: number, roomId: string, exp: number): string {
    return `${this.#mac(linkProofText(relayId, incarnation, roomId, exp))}.${exp}`;
  }

  /** Whether the relay that knocks holds the secret, for this room and now. */
  verifyLinkProof(knock: LinkKnock, roomId: string): boolean {
    const parts = PROOF.exec(knock.proof);
    if (parts === null) return false;
    const exp = Number(parts[2]);
    const now = this.clock.now() / 1000;
    if (exp <= now || exp > now + MAX_PROOF_S) return false;
    return equalText(this.#mac(linkProofText(knock.relayId, knock.incarnation, roomId, exp)), parts[1]!);
  }

  #mac(text: string): string {
    return createHmac('sha256', this.secret).update(text).digest('base64url');
  }
}

const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
