import type { RedisClient } from '../../store/index.js';
import { receiptOf, refuse } from '../claim.js';
import { isId, isViewer, KEY } from '../shape.js';
import type { Entry } from '../entry.js';
import type { ClaimRequest, Receipt } from '../ledger.js';
import { ANSWER, refusalOf } from './codes.js';
import { decodeEntry, type StreamEntry } from './entry-codec.js';
import { CLAIM } from './lua/index.js';

/** Claims a script call: keeps one call to some ms of Redis. */
const MAX_BATCH = 512;

type Answer = number | Buffer | StreamEntry;

const isWellFormed = ({ viewer, key, drop }: ClaimRequest): boolean => isViewer(viewer) && KEY.test(key) && isId(drop);

const pushArgs = (args: string[], { drop, variant, viewer, key, trace }: ClaimRequest): void => {
  args.push(drop, variant === undefined ? '' : `=${variant}`, String(viewer), key, trace);
};

/** `granted <seq> <serial> <expiresAt, or -> <test> <variant>` or `refused <seq> <variant>`; a variant may hold blanks. */
const GRANTED = /^granted (\d+) (\d+) (\d+|-) (\d) (.*)$/s;

const freshReceipt = ({ event, drop, viewer, key, trace }: ClaimRequest, at: number, answer: Buffer): Receipt => {
  const text = answer.toString();
  const granted = GRANTED.exec(text);
  if (granted === null) {
    const seq = Number.parseInt(text.slice('refused '.length), 10);
    return receiptOf({ type: 'Refused', reason: 'claim_sold_out', seq, event, at, trace, drop, viewer, key });
  }
  const [, seq, serial, expiresAt, test, variant = ''] = granted;
  const entry: Entry = { type: 'Granted', seq: Number(seq), event, at, trace, drop, viewer, key, serial: Number(serial), variant };
  if (expiresAt !== '-') entry.expiresAt = Number(expiresAt);
  if (test === '1') entry.test = true;
  return receiptOf(entry);
};

const receiptFor = (request: ClaimRequest, at: number, answer: Answer): Receipt => {
  if (typeof answer === 'number') return refuse(request, at, refusalOf(answer));
  if (Buffer.isBuffer(answer)) return freshReceipt(request, at, answer);
  return receiptOf(decodeEntry(request.event, answer));
};

/** Decides the claims of one event in one script call, in their order. */
async function claimOne(client: RedisClient, now: number, event: string, requests: readonly ClaimRequest[]): Promise<Receipt[]> {
  const of = client.keys.ledger(event);
  const fine = requests.map(isWellFormed);
  const args = [String(now)];
  requests.forEach((request, index) => fine[index] && pushArgs(args, request));
  const answers = (await client.run(CLAIM, [of.head, of.entries, of.stock, of.unlocks, of.holdings, of.claims, of.due], args)) as [unknown, ...Answer[]];
  if (answers[0] === ANSWER.event_unknown) return requests.map((request) => refuse(request, now, 'event_unknown'));
  const at = Number(answers[0]);
  let next = 1;
  return requests.map((request, index) =>
    fine[index] ? receiptFor(request, at, answers[next++] as Answer) : refuse(request, at, 'claim_bad_request'),
  );
}

/** Claims of several events are a call each: they share no state, and on a cluster no node. */
export async function claimAll(client: RedisClient, now: number, requests: readonly ClaimRequest[]): Promise<Receipt[]> {
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
