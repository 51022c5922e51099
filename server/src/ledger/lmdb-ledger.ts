import type { Clock } from '../clock.js';
import { keys, LAST, type Store } from '../store/index.js';
import { Book } from './book.js';
import { decideClaim, receiptOf, refuse } from './claim.js';
import type { DropState, Entry, Holding } from './entry.js';
import { LedgerError } from './errors.js';
import { achievementGate, dropGate, gateCount, openGate } from './gate.js';
import { chunksOf, ingestSteps, UNLOCK_CHUNK } from './ingest.js';
import type { ClaimRequest, Ledger, Receipt } from './ledger.js';
import { auditEvent, readEntries, readState, readTicketIndex } from './lmdb-read.js';
import { decideAllot, decideLotStep, decideRestock, newLot, readTickets } from './lot.js';
import { decideMove, decideRevoke, expireReservations } from './move.js';
import type { LedgerMoves } from './moves.js';
import { currentDrop, currentHolding, newVariant } from './old-data.js';
import { overview, standing } from './overview.js';
import { isId, isMove, isViewer, seqOfId } from './shape.js';
import { inTurn } from './turns.js';

type InBook = <T>(event: string, work: (book: Book) => T) => Promise<T>;

const movesIn = (store: Store, inBook: InBook): LedgerMoves => ({
  async move(request) {
    if (!isMove(request)) return { status: 'refused', code: 'move_bad_request' };
    const seq = seqOfId(request.event, request.id);
    if (seq === undefined) return { status: 'refused', code: 'move_unknown' };
    try {
      return await inBook(request.event, (book) => decideMove(book, seq, request));
    } catch (error) {
      if (error instanceof LedgerError && error.code === 'event_unknown') return { status: 'refused', code: 'event_unknown' };
      throw error;
    }
  },
  expireDue: (event, limit, trace) => inBook(event, (book) => expireReservations(book, limit, trace)),
  restock: (request) => inBook(request.event, (book) => decideRestock(book, request)),
  lotStep: ({ event, drop, to, trace, data }) => inBook(event, (book) => decideLotStep(book, drop, to, trace, data)),
  lotTickets: async (event, drop) => readTickets(store.read, event, drop),
  allot: (request) => inBook(request.event, (book) => decideAllot(book, request)),
});

/** The ledger on the embedded store. `clock.now()` is asked once a transaction. */
export function lmdbLedger(store: Store, clock: Clock): Ledger {
  const turns = inTurn();
  const now = (): number => clock.now();
  const inBook: InBook = (event, work) =>
    store.transact((tx) => {
      const book = Book.open(tx, event, now());
      const result = work(book);
      book.close();
      return result;
    });

  const claimAll = (requests: readonly ClaimRequest[]): Promise<Receipt[]> =>
    store.transact((tx) => {
      const at = now();
      const books = new Map<string, Book>();
      const receipts = requests.map((request) => {
        const book = books.get(request.event) ?? (isId(request.event) ? Book.find(tx, request.event, at) : undefined);
        if (!book) return refuse(request, at, 'event_unknown');
        books.set(request.event, book);
        return decideClaim(book, request);
      });
      for (const book of books.values()) book.close();
      return receipts;
    });

  return {
    createEvent: (event, trace, data) =>
      store.transact((tx) => {
        if (!isId(event)) throw LedgerError.badRequest('an event id is 1 to 64 printable ASCII characters');
        const book = Book.create(tx, event, now());
        book.append({ type: 'EventCreated', trace, ...(data && { data }) });
        book.close();
      }),

    defineDrop: (event, terms, trace) =>
      inBook(event, (book) => {
        if (!isId(terms.id)) throw LedgerError.badRequest('a drop id is 1 to 64 printable ASCII characters');
        if (book.drop(terms.id)) throw LedgerError.dropExists(terms.id);
        book.append({ type: 'DropDefined', trace, drop: terms.id, terms });
        const variants = Object.fromEntries(Object.entries(terms.variants).map(([id, supply]) => [id, newVariant(supply)]));
        const lot = newLot(terms);
        book.keep(terms.id, { terms, open: true, serial: 0, variants, ...(lot && { lot }) });
      }),

    setDropOpen: (event, id, open, trace, reason) =>
      inBook(event, (book) => {
        const drop = book.drop(id);
        if (!drop) throw LedgerError.unknownDrop(id);
        if (drop.open === open) return;
        book.append({ type: open ? 'DropOpened' : 'DropClosed', trace, drop: id, ...(reason !== undefined && { reason }) });
        book.keep(id, { ...drop, open });
      }),

    recordHostAction: (event, reason, trace, data) =>
      inBook(event, (book) => {
        book.append({ type: 'HostAction', trace, reason, ...(data && { data }) });
      }),

    async unlock({ event, target, viewers, trace, reason }) {
      if (!viewers.every(isViewer)) throw LedgerError.badRequest('a viewer number is not in 1..2^52');
      const gate = 'drop' in target ? dropGate(target.drop) : achievementGate(target.achievement);
      const opened: number[] = [];
      for (const chunk of chunksOf(viewers, UNLOCK_CHUNK)) {
        const part = await inBook(event, (book) => {
          if ('drop' in target && !book.drop(target.drop)) throw LedgerError.unknownDrop(target.drop);
          return openGate(book, gate, chunk, { trace, ...(reason !== undefined && { reason }) });
        });
        for (const viewer of part) opened.push(viewer);
      }
      return { gate, viewers: opened };
    },

    ingest: (event, steps) => turns(event, () => ingestSteps(store, now, event, steps)),
    claim: claimAll,
    revoke: (request) => inBook(request.event, (book) => decideRevoke(book, request)),

    ...movesIn(store, inBook),

    openGates: async (event, viewer, gates) =>
      new Set(gates.filter((gate) => store.read.get(keys.unlock(event, gate, viewer)) !== undefined)),

    async receipts(event, viewer) {
      const prefix = keys.holdingsOf(event, viewer);
      const held = [...store.read.range<Holding>(prefix, prefix + LAST)];
      return held.flatMap(({ value }) => {
        const { shown, state } = currentHolding(value);
        const entry = store.read.get<Entry>(keys.entry(event, shown));
        if (!entry) return [];
        const receipt = receiptOf(entry);
        return [{ ...receipt, standing: standing(state, receipt, now()) }];
      });
    },

    async drops(event) {
      if (!store.read.get(keys.event(event))) throw LedgerError.eventUnknown(event);
      const prefix = keys.drops(event);
      const countOf = (gate: string): number => gateCount(store.read, event, gate);
      return [...store.read.range<DropState>(prefix, prefix + LAST)].map(({ value }) => overview(currentDrop(value), countOf));
    },

    entries: async (event, fromSeq, limit) => [...readEntries(store.read, event, fromSeq, limit)],
    state: async (event) => readState(store.read, event),
    replay: async (event) => auditEvent(store.read, event).state,
    reconcile: async (event) => auditEvent(store.read, event).compare(readState(store.read, event), readTicketIndex(store.read, event)),
  };
}
