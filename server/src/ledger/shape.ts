/** What requests must look like before any store is asked. Both ledgers use these, so that they refuse alike. */
import type { ClaimRequest } from './ledger.js';
import type { EntitlementId, MoveRequest, MoveType } from './moves.js';

/** An idempotency key. */
export const KEY = /^[A-Za-z0-9_-]{8,64}$/;
/** Printable ASCII: checked here because one bad id must not fail the whole batch it came in. */
const ID = /^[\x21-\x7e]{1,64}$/;
const COUNTRY = /^[A-Z]{2}$/;
const CURRENCY = /^[A-Z]{3}$/;
const MAX_NUMBER = 2 ** 52;
const MAX_AGE = 150;
/** bytes of a move's `data` as JSON */
const MAX_DATA = 1_024;
const PROOFS: ReadonlySet<unknown> = new Set(['email', 'twitch']);
const SCALARS: ReadonlySet<string> = new Set(['string', 'boolean', 'number']);

export const isViewer = (viewer: number): boolean => Number.isSafeInteger(viewer) && viewer >= 1 && viewer <= MAX_NUMBER;

const fits = (shape: RegExp, value: unknown): boolean => typeof value === 'string' && shape.test(value);

export const isId = (id: string): boolean => fits(ID, id);

const isWhole = (value: unknown, most: number): boolean => Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= most;

/** How the person was proven and the number that stands for them: both or neither. */
const isProof = ({ proof, subject }: ClaimRequest): boolean =>
  proof === undefined ? subject === undefined : PROOFS.has(proof) && subject !== undefined && isViewer(subject);

/** False: `claim_bad_request`. */
export const isClaim = (request: ClaimRequest): boolean => {
  const { viewer, key, drop, tier, country, age } = request;
  return (
    isViewer(viewer) && fits(KEY, key) && isId(drop) && isProof(request) &&
    (tier === undefined || isId(tier)) && (country === undefined || fits(COUNTRY, country)) && (age === undefined || isWhole(age, MAX_AGE))
  );
};

const isData = (data: MoveRequest['data']): boolean =>
  data === undefined ||
  (typeof data === 'object' && data !== null && !Array.isArray(data) &&
    Object.values(data).every((value) => SCALARS.has(typeof value) && !(typeof value === 'number' && !Number.isFinite(value))) &&
    Buffer.byteLength(JSON.stringify(data)) <= MAX_DATA);

const MOVES: Record<MoveType, true> = { confirm: true, fulfil: true, convert: true, refund: true, revoke: true, expire: true };
const isPaid = (type: MoveType): boolean => type === 'convert' || type === 'refund';

/** False: `move_bad_request`. */
export const isMove = ({ type, key, amount, currency, data }: MoveRequest): boolean => {
  if (!Object.hasOwn(MOVES, type) || !isData(data)) return false;
  if (key === undefined ? isPaid(type) : !fits(KEY, key)) return false;
  return isPaid(type) ? isWhole(amount, MAX_NUMBER) && fits(CURRENCY, currency) : amount === undefined && currency === undefined;
};

/** The seq in an entitlement's id; undefined where it is none of this event. */
export const seqOfId = (event: string, id: EntitlementId): number | undefined => {
  if (typeof id !== 'string' || !id.startsWith(`${event}:`)) return undefined;
  const digits = id.slice(event.length + 1);
  return /^[1-9]\d{0,14}$/.test(digits) ? Number(digits) : undefined;
};
