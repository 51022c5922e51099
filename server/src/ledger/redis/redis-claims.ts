import type { RedisCaller } from '../../store/index.js';
import { receiptOf, refuse } from '../claim.js';
import type { Entry } from '../entry.js';
import type { ClaimRequest, Receipt } from '../ledger.js';
import { isClaim, isId } from '../shape.js';
import { ANSWER, refusalOf } from './codes.js';
import { decodeEntry, type StreamEntry } from './entry-codec.js';
import { CLAIM } from './lua/index.js';

/** Claims a script call: keeps one call to some ms of Redis. */
const MAX_BATCH = 512;

type Answer = number | Buffer | StreamEntry;

/** What the claim says of the viewer, as the script reads it; most say nothing. No part holds a blank. */
const traitsOf = ({ proof, subject, country, age, tier }: ClaimRequest): string =>
  proof === undefined && country === undefined && age === undefined && tier === undefined
    ? ''
    : `${proof ?? ''} ${subject ?? ''} ${country ?? ''} ${age ?? ''} ${tier ?? ''}`;

const pushArgs = (args: string[], request: ClaimRequest): void => {
  const { drop, variant, viewer, key, trace } = request;
  args.push(drop, variant === undefined ? '' : `=${variant}`, String(viewer), key, trace, traitsOf(request));
};

/** `granted <seq> <serial> <expiresAt, or -> <unit, or -> <test> <variant>`; a variant may hold blanks. */
const GRANTED = /^granted (\d+) (\d+) (\d+|-) (\d+|-) (\d) (.*)$/s;
const RESERVED = /^reserved (\d+) (\d+) (\d) (.*)$/s;
const ENTERED = /^entered (\d+) (\d) (.*)$/s;
const REFUSED = /^refused (\d+) (.*)$/s;

const grantedOf = ({ event, drop, viewer, key, trace }: ClaimRequest, at: number, found: RegExpExecArray): Entry => {
  // One literal: this is most of what a grant costs the origin.
  const entry: Entry = { type: 'Granted', seq: Number(found[1]), event, at, trace, drop, viewer, key, serial: Number(found[2]), variant: found[6]! };
  if (found[3] !== '-') entry.expiresAt = Number(found[3]);
  if (found[4] !== '-') entry.unit = Number(found[4]);
  if (found[5] === '1') entry.test = true;
  return entry;
};

/** The entry that the script says it wrote just now. */
const writtenOf = (request: ClaimRequest, at: number, answer: string): Entry => {
  const granted = GRANTED.exec(answer);
  if (granted !== null) return grantedOf(request, at, granted);
  const { event, drop, viewer, key, trace } = request;
  const base = { event, at, trace, drop, viewer, key };
  const [, reserved, until, reservedTest, kept = ''] = RESERVED.exec(answer) ?? [];
  if (reserved !== undefined) return { ...base, type: 'Reserved', seq: Number(reserved), until: Number(until), variant: kept, ...(reservedTest === '1' && { test: true }) };
  const [, entered, enteredTest, wanted = ''] = ENTERED.exec(answer) ?? [];
  if (entered !== undefined) return { ...base, type: 'Entered', seq: Number(entered), variant: wanted, ...(enteredTest === '1' && { test: true }) };
  const [, refused, variant = ''] = REFUSED.exec(answer) ?? [];
  return { ...base, type: 'Refused', reason: 'claim_sold_out', seq: Number(refused), variant };
};

const receiptFor = (request: ClaimRequest, at: number, answer: Answer): Receipt => {
  if (typeof answer === 'number') return refuse(request, at, refusalOf(answer));
  if (Buffer.isBuffer(answer)) return receiptOf(writtenOf(request, at, answer.toString()));
  return receiptOf(decodeEntry(request.event, answer));
};

/** Decides the claims of one event in one script call, in their order. */
async function claimOne(client: RedisCaller, now: number, event: string, requests: readonly ClaimRequest[]): Promise<Receipt[]> {
  const of = client.keys.ledger(event);
  const fine = requests.map(isClaim);
  const args = [String(now)];
  requests.forEach((request, index) => fine[index] && pushArgs(args, request));
  const answers = (await client.run(CLAIM, [of.head, of.entries, of.stock, of.unlocks, of.holdings, of.claims, of.subjects, of.reservations, of.tickets], args)) as [unknown, ...Answer[]];
  if (answers[0] === ANSWER.event_unknown) return requests.map((request) => refuse(request, now, 'event_unknown'));
  const at = Number(answers[0]);
  let next = 1;
  return requests.map((request, index) =>
    fine[index] ? receiptFor(request, at, answers[next++] as Answer) : refuse(request, at, 'claim_bad_request'),
  );
}

/** Claims of several events are a call each: they share no state, and on a cluster no node. */
export async function claimAll(client: RedisCaller, now: number, requests: readonly ClaimRequest[]): Promise<Receipt[]> {
  const places = new Map<string, number[]>();
  const receipts: Receipt[] = [];
  requests.forEach((request, place) => {
    if (!isId(request.event)) receipts[place] = refuse(request, now, 'event_unknown');
    else if (!places.get(request.event)?.push(place)) places.set(request.event, [place]);
  });
  const claimEvent = async (event: string, at: readonly number[]): Promise<void> => {
    for (let from = 0; from < at.length; from += MAX_BATCH) {
      const group = at.slice(from, from + MAX_BATCH);
      const answered = await claimOne(client, now, event, group.map((place) => requests[place] as ClaimRequest));
      answered.forEach((receipt, index) => (receipts[group[index] as number] = receipt));
    }
  };
  await Promise.all([...places].map(([event, at]) => claimEvent(event, at)));
  return receipts;
}
