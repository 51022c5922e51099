import type { RedisClient } from '../../store/index.js';
import { isId, isViewer, KEY, receiptOf, refuse } from '../claim.js';
import type { ClaimRequest, Receipt } from '../ledger.js';
import { ANSWER, refusalOf } from './codes.js';
import { decodeEntry, type StreamEntry } from './entry-codec.js';
import { CLAIM } from './lua/index.js';

/** Claims a script call: keeps one call to some ms of Redis. */
const MAX_BATCH = 512;

type Answer = number | Buffer | StreamEntry;

const isWellFormed = ({ viewer, key, drop }: ClaimRequest): boolean => isViewer(viewer) && KEY.test(key) && isId(drop);

const argsOf = ({ drop, variant, viewer, key, trace }: ClaimRequest): string[] => [
  drop, variant === undefined ? '' : `=${variant}`, String(viewer), key, trace,
];

/** `granted <seq> <serial> <expiresAt> <test> <variant>` or `refused <seq> <variant>`; a variant may hold blanks. */
const freshReceipt = (request: ClaimRequest, at: number, answer: Buffer): Receipt => {
  const { event, drop, viewer, key, trace } = request;
  const [status, seq, ...rest] = String(answer).split(' ');
  const entry = { seq: Number(seq), event, at, trace, drop, viewer, key };
  if (status === 'refused') return receiptOf({ ...entry, type: 'Refused', reason: 'claim_sold_out' });
  const [serial, expiresAt, test, ...variant] = rest;
  return receiptOf({
    ...entry, type: 'Granted', serial: Number(serial), variant: variant.join(' '), test: test === '1',
    ...(expiresAt === '-' ? {} : { expiresAt: Number(expiresAt) }),
  });
};

const receiptFor = (request: ClaimRequest, at: number, answer: Answer): Receipt => {
  if (typeof answer === 'number') return refuse(request, at, refusalOf(answer));
  if (Buffer.isBuffer(answer)) return freshReceipt(request, at, answer);
  return receiptOf(decodeEntry(request.event, answer));
};

/** Decides the claims of one event in one script call, in their order. */
async function claimOne(client: RedisClient, now: number, event: string, requests: readonly ClaimRequest[]): Promise<Receipt[]> {
  const of = client.keys.ledger(event);
  const asked = requests.filter(isWellFormed);
  const args = [String(now), ...asked.flatMap(argsOf)];
  const answers = (await client.run(CLAIM, [of.head, of.entries, of.stock, of.unlocks, of.holdings, of.claims, of.outbox, of.due], args)) as [unknown, ...Answer[]];
  if (answers[0] === ANSWER.event_unknown) return requests.map((request) => refuse(request, now, 'event_unknown'));
  const at = Number(answers[0]);
  let next = 1;
  return requests.map((request) =>
    isWellFormed(request) ? receiptFor(request, at, answers[next++] as Answer) : refuse(request, at, 'claim_bad_request'),
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
