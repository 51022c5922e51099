import { keys, type Store } from '../store/index.js';
import { Book } from './book.js';
import { LedgerError } from './errors.js';
import { achievementGate, applyEffect } from './gate.js';
import { isViewer } from './shape.js';
import type { FactEffect, FactStep, Unlocked } from './ledger.js';

/** Viewers a transaction: about 10 ms of the event loop; 50,000 unlocks are 50 of them with room for ticks between. */
export const UNLOCK_CHUNK = 1000;

type Cursor = [tick: number, ordinal: number];
export interface Piece {
  step: FactStep;
  effect: FactEffect | undefined;
  viewers: readonly number[];
  /** the step is done with this piece, and the cursor moves */
  last: boolean;
}

export function* chunksOf<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let from = 0; from < items.length; from += size) yield items.slice(from, from + size);
}

const piecesOf = (step: FactStep): Piece[] => {
  const pieces: Piece[] = step.effects.flatMap((effect) =>
    [...chunksOf(effect.viewers, UNLOCK_CHUNK)].map((viewers) => ({ step, effect, viewers, last: false })),
  );
  const final = pieces.at(-1);
  if (final) final.last = true;
  return final ? pieces : [{ step, effect: undefined, viewers: [], last: true }];
};

/** Pieces joined up to the size of a chunk: many small facts share a transaction, one big fact takes several. */
export function* transactionsOf(steps: readonly FactStep[]): Generator<Piece[]> {
  let group: Piece[] = [];
  let size = 0;
  for (const piece of steps.flatMap(piecesOf)) {
    if (group.length > 0 && size + piece.viewers.length > UNLOCK_CHUNK) {
      yield group;
      group = [];
      size = 0;
    }
    group.push(piece);
    size += piece.viewers.length;
  }
  if (group.length > 0) yield group;
}

/** Throws `claim_bad_request`. */
export const checkSteps = (steps: readonly FactStep[]): void => {
  for (const step of steps) {
    for (const effect of step.effects) if (!effect.viewers.every(isViewer)) throw LedgerError.badRequest('a fact lists a bad viewer number');
  }
};

/** One row a gate, in the order in which they first opened. */
export const byGate = (opened: readonly Unlocked[]): Unlocked[] => {
  const rows = new Map<string, number[]>();
  for (const { gate, viewers } of opened) {
    const known = rows.get(gate);
    if (known) known.push(...viewers);
    else rows.set(gate, [...viewers]);
  }
  return [...rows].map(([gate, viewers]) => ({ gate, viewers }));
};

const isNew = (book: Book, { room, tick, ordinal }: FactStep['fact']): boolean => {
  const [lastTick, lastOrdinal] = book.tx.get<Cursor>(keys.cursor(book.event, room)) ?? [-1, -1];
  return tick > lastTick || (tick === lastTick && ordinal > lastOrdinal);
};

const apply = (book: Book, { step, effect, viewers, last }: Piece): Unlocked[] => {
  const { fact, trace } = step;
  if (!isNew(book, fact)) return [];
  const opened = effect ? applyEffect(book, effect, viewers, { trace, fact }) : [];
  const cursor: Cursor = [fact.tick, fact.ordinal];
  if (last) book.tx.put(keys.cursor(book.event, fact.room), cursor);
  return effect && opened.length > 0 ? [{ gate: achievementGate(effect.achievement), viewers: opened }] : [];
};

/** Must not run twice at once for one event: a later fact's cursor would swallow an earlier one's open chunks. */
export async function ingestSteps(store: Store, now: () => number, event: string, steps: readonly FactStep[]): Promise<Unlocked[]> {
  checkSteps(steps);
  const opened: Unlocked[] = [];
  for (const group of transactionsOf(steps)) {
    const done = await store.transact((tx) => {
      const book = Book.open(tx, event, now());
      const unlocked = group.flatMap((piece) => apply(book, piece));
      book.close();
      return unlocked;
    });
    opened.push(...done);
  }
  return byGate(opened);
}
