import type { LedgerKeys, RedisCaller } from '../../store/index.js';
import { MOVE_KEY } from '../claim.js';
import type { LotState } from '../entry.js';
import { LedgerError } from '../errors.js';
import { ALLOT_CHUNK, MAX_SUPPLY } from '../lot.js';
import type { LedgerMoves, LotTickets, MoveAnswer, MoveRequest } from '../moves.js';
import { isId, isMove, seqOfId } from '../shape.js';
import { ANSWER, moveCodeOf } from './codes.js';
import { entryFields } from './entry-codec.js';
import { ALLOT, EXPIRE_DUE, LOT_STEP, MOVE, RESTOCK, SETTLE } from './lua/index.js';
import type { RedisReader } from './redis-read.js';
import { ticketOf, ticketsOf } from './ticket-name.js';

/** Reservations a script call: some ms of Redis. */
const EXPIRE_CHUNK = 512;
/** Tickets a reply. */
const TICKET_PAGE = 1_000;

const STEPS = { frozen: 'LotFrozen', listed: 'LotListed', drawn: 'LotDrawn', settled: 'LotSettled' } as const;

type Answer = [code: number, value: unknown];

/** The keys of the scripts that move entitlements, in the order that they share. */
export const lifeKeys = (of: LedgerKeys): string[] => [of.head, of.entries, of.stock, of.holdings, of.subjects, of.reservations, of.tickets];

const moveArgs = ({ type, key, amount, currency, reason, trace, data }: MoveRequest, seq: number): string[] => {
  const bound = key === undefined ? undefined : MOVE_KEY + key;
  return [type, String(seq), bound ?? '', String(amount ?? ''), currency ?? '', trace, ...entryFields({ key: bound, reason, data })];
};

/** What a script answered, or the error that its code is. */
const valueOf = ([code, value]: Answer, event: string, drop: string, why: string): unknown => {
  switch (code) {
    case ANSWER.event_unknown: throw LedgerError.eventUnknown(event);
    case ANSWER.claim_unknown_drop: throw LedgerError.unknownDrop(drop);
    case ANSWER.claim_bad_request: throw LedgerError.badRequest(why);
    case ANSWER.lot_wrong_state: throw LedgerError.lotWrongState(drop, why);
    default: return value;
  }
};

/** Pages of a drop's tickets; once the lot is frozen there come and go none. */
async function readTickets(client: RedisCaller, key: string, drop: string): Promise<LotTickets> {
  const tickets: LotTickets['tickets'] = [];
  const [first, to] = ticketsOf(drop);
  for (let from = first; ; ) {
    const page = ((await client.call('ZRANGE', key, from, to, 'BYLEX', 'LIMIT', 0, TICKET_PAGE)) as Buffer[]).map(String);
    for (const name of page) {
      const { ticket, variant } = ticketOf(name);
      tickets.push({ ticket, variant });
    }
    if (page.length < TICKET_PAGE) return { tickets };
    from = `(${page.at(-1)}`;
  }
}

/** `of` gives an event's keys. @throws LedgerError `event_unknown` for an id that is none */
export function redisMoves(client: RedisCaller, now: () => number, of: (event: string) => LedgerKeys, reader: RedisReader): LedgerMoves {
  const lotOf = async (event: string, drop: string): Promise<LotState> => {
    const { drops } = (of(event), await reader.drops(event));
    const found = drops[drop];
    if (!found) throw LedgerError.unknownDrop(drop);
    if (!found.lot) throw LedgerError.lotWrongState(drop, 'it has no lot');
    return found.lot;
  };

  return {
    async move(request): Promise<MoveAnswer> {
      const { event, id } = request;
      if (!isMove(request)) return { status: 'refused', code: 'move_bad_request' };
      const seq = seqOfId(event, id);
      if (seq === undefined) return { status: 'refused', code: 'move_unknown' };
      if (!isId(event)) return { status: 'refused', code: 'event_unknown' };
      const keys = of(event);
      const [code, made] = (await client.run(MOVE, [...lifeKeys(keys), keys.claims], [now(), ...moveArgs(request, seq)])) as Answer;
      if (code < 0) return { status: 'refused', code: moveCodeOf(code) };
      return { status: code === ANSWER.ok ? 'done' : 'again', seq: Number(made) };
    },

    async expireDue(event, limit, trace) {
      const keys = lifeKeys(of(event));
      let expired = 0;
      for (let left = Math.floor(limit); ; left -= EXPIRE_CHUNK) {
        const most = Math.max(0, Math.min(left || 0, EXPIRE_CHUNK));
        const done = Number(valueOf((await client.run(EXPIRE_DUE, keys, [now(), most, trace])) as Answer, event, '', ''));
        expired += done;
        if (done < EXPIRE_CHUNK) return expired;
      }
    },

    async restock({ event, drop, variant, add, from, reason, trace }) {
      const { head, entries, stock } = of(event);
      const units = Number.isSafeInteger(add) && add >= 1 ? add : 0;
      const entry = entryFields({ type: 'DropRestocked', trace, drop, variant, count: add, reason });
      const answer = (await client.run(RESTOCK, [head, entries, stock], [now(), drop, variant, units, MAX_SUPPLY, from ?? '', ...entry])) as Answer;
      return Number(valueOf(answer, event, drop, `the variant must be there and limited, the units to add 1 to ${MAX_SUPPLY} in all`));
    },

    async settle({ event, to, data, trace }) {
      const { head, entries } = of(event);
      const answer = await client.run(SETTLE, [head, entries], [now(), to, ...entryFields({ type: 'Settled', trace, data })]);
      if (answer === ANSWER.event_unknown) throw LedgerError.eventUnknown(event);
      return answer === 1;
    },

    async lotStep({ event, drop, to, data, trace }) {
      const { head, entries, stock } = of(event);
      const type = Object.hasOwn(STEPS, to) ? STEPS[to] : undefined;
      if (type === undefined) {
        await lotOf(event, drop);
        throw LedgerError.lotWrongState(drop, `there is no step ${String(to)}`);
      }
      const answer = (await client.run(LOT_STEP, [head, entries, stock], [now(), drop, to, ...entryFields({ type, trace, drop, data })])) as Answer;
      return String(valueOf(answer, event, drop, `it is not where it can be ${to}`)) as LotState['state'];
    },

    async lotTickets(event, drop) {
      const { state } = await lotOf(event, drop);
      if (state === 'collecting') throw LedgerError.lotWrongState(drop, 'it is collecting');
      return readTickets(client, of(event).tickets, drop);
    },

    async allot({ event, drop, from, winners, losers, trace }) {
      const keys = of(event);
      const tickets = [...winners, ...losers];
      const tooMany = tickets.length > ALLOT_CHUNK;
      // 0 is no ticket. That a list is bad counts only where the lot is drawn: the script says it.
      const named = tooMany ? [] : tickets.map((ticket) => (Number.isSafeInteger(ticket) && ticket > 0 ? ticket : 0));
      const args = [now(), drop, tooMany ? '' : from, trace, winners.length, ...named];
      const answer = (await client.run(ALLOT, [...lifeKeys(keys), keys.allotted], args)) as Answer;
      return Number(valueOf(answer, event, drop, `the lot must be drawn, and the tickets ${ALLOT_CHUNK} at most that wait`));
    },
  };
}
