/** The tickets of a lot: an index of its own, so that a draw reads its entrants and nobody else. Nothing joins or leaves it after the freeze. */
import { keys, LAST, type Reader } from '../store/index.js';
import type { Book } from './book.js';

export interface Ticket {
  variant: string;
  allotted?: true;
}

export const putTicket = (book: Book, drop: string, seq: number, ticket: Ticket): void => book.tx.put(keys.ticket(book.event, drop, seq), ticket);

export const ticketOf = (book: Book, drop: string, seq: number): Ticket | undefined => book.tx.get<Ticket>(keys.ticket(book.event, drop, seq));

export const removeTicket = (book: Book, drop: string, seq: number): void => book.tx.remove(keys.ticket(book.event, drop, seq));

/** Ascending. */
export const ticketsOf = (read: Reader, event: string, drop: string): { ticket: number; variant: string }[] => {
  const prefix = keys.tickets(event, drop);
  return [...read.range<Ticket>(prefix, prefix + LAST)].map(({ key, value }) => ({
    ticket: Number(key.slice(prefix.length)), variant: value.variant,
  }));
};
