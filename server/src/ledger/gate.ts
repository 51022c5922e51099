import { keys, LAST, type Reader } from '../store/index.js';
import type { Book } from './book.js';
import type { DropTerms, FactId } from './entry.js';
import type { FactEffect } from './ledger.js';

/** A gate is what an unlock opens: an achievement (for every drop behind it) or, by the host's hand, one drop. */
export const achievementGate = (achievement: string): string => `a:${achievement}`;
export const dropGate = (drop: string): string => `d:${drop}`;

/** The gates that let a viewer claim a drop: one is enough. */
export const gatesOf = ({ id, unlockedBy }: Pick<DropTerms, 'id' | 'unlockedBy'>): [string, string] => [achievementGate(unlockedBy), dropGate(id)];

export const isUnlocked = (book: Book, terms: DropTerms, viewer: number): boolean =>
  gatesOf(terms).some((gate) => book.tx.get(keys.unlock(book.event, gate, viewer)) !== undefined);

/** Viewers for whom a gate is open. Data folders of versions before this counter have none: there it is counted. */
export const gateCount = (read: Pick<Reader, 'get' | 'range'>, event: string, gate: string): number => {
  const prefix = keys.unlocksOf(event, gate);
  return read.get<number>(keys.gate(event, gate)) ?? [...read.range(prefix, prefix + LAST)].length;
};

interface Cause {
  trace: string;
  fact?: FactId;
  reason?: string;
}

/** @returns those of `viewers` for whom the gate was shut until now */
export function openGate(book: Book, gate: string, viewers: readonly number[], cause: Cause): number[] {
  if (viewers.length === 0) return [];
  const opened: number[] = [];
  const before = gateCount(book.tx, book.event, gate);
  for (const viewer of viewers) {
    const key = keys.unlock(book.event, gate, viewer);
    if (book.tx.get(key) !== undefined) continue;
    book.tx.put(key, book.append({ type: 'Unlocked', gate, viewer, ...cause }).seq);
    opened.push(viewer);
  }
  if (opened.length > 0) book.tx.put(keys.gate(book.event, gate), before + opened.length);
  return opened;
}

/** Adds the tag to a counter; true when it holds `target` distinct ones. */
const reached = (book: Book, { achievement, tag, target }: FactEffect, viewer: number): boolean => {
  if (target <= 1) return true;
  const key = keys.progress(book.event, achievement, viewer);
  const tags = book.tx.get<string[]>(key) ?? [];
  if (tags.length >= target) return true;
  if (tags.includes(tag)) return false;
  book.tx.put(key, [...tags, tag]);
  return tags.length + 1 >= target;
};

/** Counts, and unlocks where the count is full. Twice the same gives the same, so chunks of a fact may be repeated. */
export function applyEffect(book: Book, effect: FactEffect, viewers: readonly number[], cause: Cause): number[] {
  const ready =
    effect.scope === 'crowd'
      ? reached(book, effect, 0) ? viewers : []
      : viewers.filter((viewer) => reached(book, effect, viewer));
  return openGate(book, achievementGate(effect.achievement), ready, cause);
}
