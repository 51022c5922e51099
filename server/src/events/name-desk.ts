/**
 * Names that viewers choose. Life of one: asked for (filtered, in the queue) → approved, and with that in the room's journal, or declined;
 * a later wish takes the place of the one before. Until its approval nobody but its viewer and the host's team sees it.
 *
 * Invariants: no name reaches the room without a decision of the team; two viewers never have names that are read alike; a queue holds
 * `MOST_WAITING`. Must not import: http, identity's keys; whoever makes it hands in the names that the event gives.
 */
import { CrowdcueError, type AskedName, type AskedNamesView, type ErrorCode, type EventView, type NamesDecided, type NameView } from '@crowdcue/protocol';
import type { Clock } from '../clock.js';
import { checkName, skeleton } from '../identity/index.js';
import type { NameRow } from '../rooms/inputs.js';
import type { RecordTable } from '../store/index.js';
import type { BanList } from './ban-list.js';
import type { EventDirectory } from './event-directory.js';
import { eventView, onAir } from './event-record.js';
import { NameBook, type NameRecord } from './name-book.js';

/** More than a team reads in a show; a crowd that fills it is told to wait. */
export const MOST_WAITING = 500;
/** Declined names that are remembered, so that a decision can be taken back. */
const MOST_DECLINED = 200;
const LISTED = 100;
const DECIDED_LISTED = 10;
/** ms before a viewer may ask for another name, and after a no. */
const AGAIN_MS = 10_000;
const AGAIN_DECLINED_MS = 60_000;
/** Names that one input of the room brings at most. */
const CHUNK = 1_000;

export interface NameDeskOptions {
  readonly table: RecordTable<NameRecord>;
  readonly events: EventDirectory;
  readonly bans: Pick<BanList, 'check'>;
  readonly clock: Clock;
  /** The name that the event gives a viewer. */
  readonly given: (event: string, viewer: number) => string;
  readonly publicUrl: () => string;
}

const keyOf = ({ event, viewer }: Pick<NameRecord, 'event' | 'viewer'>): string => `${event}|${viewer}`;
const oldestFirst = (a: NameRecord, b: NameRecord): number => a.at - b.at;
/** Of an event in which nobody wants a name. */
const NO_NAMES = new NameBook();
const shown = ({ viewer, name, state, at }: NameRecord): AskedName => ({ viewer, name, state, at });

export class NameDesk {
  readonly #books = new Map<string, NameBook>();
  /** Decisions of one event come one after the other. */
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(private readonly options: NameDeskOptions) {
    for (const [, record] of options.table.entries()) this.#index(record);
    options.table.watch((key, record) => (record === undefined ? this.#unindex(key) : this.#index(record)));
  }

  /** Says whether viewers may choose. When they may not any more, everybody has the name that the event gave, and no wish is left. */
  async free(id: string, free: boolean): Promise<EventView> {
    const { events, publicUrl } = this.options;
    const record = await events.change(id, ({ freeNames: _, ...before }) => ({ ...before, ...(free ? { freeNames: true } : {}) }));
    if (!free) await this.#inTurn(id, () => this.#clear(id));
    return eventView(record, publicUrl());
  }

  /** How a viewer's wish stands. */
  view(event: string, viewer: number): NameView {
    const record = this.#book(event).get(viewer);
    const free = this.options.events.get(event).freeNames === true;
    return record === undefined || !free ? { free, state: 'none' } : { free, state: record.state, name: record.name };
  }

  /**
   * Puts a viewer's wish into the queue; `null` takes it back, and the name with it that was approved. Throws `names_off`,
   * `name_forbidden`, `name_taken`, `names_full`, `too_many_requests`, `event_off`, `event_ended`.
   */
  async ask(event: string, viewer: number, raw: string | null): Promise<NameView> {
    const record = this.options.events.get(event);
    onAir(record);
    if (record.freeNames !== true) throw new CrowdcueError('names_off');
    if (raw === null) await this.#inTurn(event, () => this.#takeBack(event, viewer));
    else await this.#inTurn(event, () => this.#ask(event, viewer, checkName(raw)));
    return this.view(event, viewer);
  }

  /** What the team decides over. */
  list(event: string): AskedNamesView {
    const all = this.#book(event).all();
    const waiting = all.filter(({ state }) => state === 'waiting').sort(oldestFirst);
    const decided = all.filter(({ state }) => state !== 'waiting').sort((a, b) => b.at - a.at).slice(0, DECIDED_LISTED);
    return { free: this.options.events.get(event).freeNames === true, waiting: waiting.length, names: waiting.slice(0, LISTED).map(shown), decided: decided.map(shown) };
  }

  waiting(event: string): number {
    return this.#book(event).waiting;
  }

  /** Approves or declines; either can be taken back by the other. What it cannot do it says, viewer by viewer, and does the rest. */
  decide(event: string, viewers: readonly number[], approve: boolean): Promise<NamesDecided> {
    return this.#inTurn(event, async () => {
      const left: { viewer: number; code: ErrorCode }[] = [];
      const wishes: NameRecord[] = [];
      const chosen = new Set<string>(); // how names are read that the same decision approves
      for (const viewer of new Set(viewers)) {
        const wish = this.#book(event).get(viewer);
        const code = wish === undefined ? 'not_found' : approve ? this.#refusal(wish, chosen) : undefined;
        if (code !== undefined) left.push({ viewer, code });
        else wishes.push(wish!);
      }
      const known = new Set(await this.#rename(event, wishes.map(({ viewer, name }) => ({ viewer, name: approve ? name : this.options.given(event, viewer) }))));
      const at = this.options.clock.now();
      const done = wishes.filter(({ viewer }) => !approve || known.has(viewer));
      left.push(...wishes.filter((wish) => !done.includes(wish)).map(({ viewer }) => ({ viewer, code: 'not_found' as const })));
      await Promise.all(done.map((wish) => this.#keep({ ...wish, state: approve ? 'approved' : 'declined', at })));
      await this.#forgetOldest(event);
      return { done: done.map(({ viewer }) => viewer), left };
    });
  }

  /** Who is banned asks for nothing any more. */
  async banned(event: string, viewer: number): Promise<void> {
    if (this.#book(event).get(viewer) !== undefined) await this.#inTurn(event, () => this.#remove({ event, viewer }));
  }

  /** Forgets what a viewer chose, also in the room: everybody sees the name again that the event gave. */
  async forget(event: string, viewer: number): Promise<void> {
    await this.#inTurn(event, async () => {
      const before = this.#book(event).get(viewer);
      if (before === undefined) return;
      if (before.state === 'approved') await this.#rename(event, [{ viewer, name: this.options.given(event, viewer) }]);
      await this.#remove(before);
    });
  }

  /** The event is over: what people wrote is not kept. */
  async ended(event: string): Promise<void> {
    await this.#inTurn(event, () => this.#removeAll(event));
  }

  #book(event: string): NameBook {
    return this.#books.get(event) ?? NO_NAMES;
  }

  async #ask(event: string, viewer: number, name: string): Promise<void> {
    const before = this.#book(event).get(viewer);
    if (before?.name === name && before.state !== 'declined') return;
    const now = this.options.clock.now();
    if (before !== undefined && now - before.at < (before.state === 'declined' ? AGAIN_DECLINED_MS : AGAIN_MS)) throw new CrowdcueError('too_many_requests');
    if (this.#book(event).isTaken(skeleton(name), viewer)) throw new CrowdcueError('name_taken');
    if (before?.state !== 'waiting' && this.waiting(event) >= MOST_WAITING) throw new CrowdcueError('names_full');
    if (before?.state === 'approved') await this.#rename(event, [{ viewer, name: this.options.given(event, viewer) }]);
    await this.#keep({ event, viewer, name, state: 'waiting', at: now });
  }

  async #takeBack(event: string, viewer: number): Promise<void> {
    const before = this.#book(event).get(viewer);
    if (before === undefined || before.state === 'declined') return; // who was declined waits as before
    if (before.state === 'approved') await this.#rename(event, [{ viewer, name: this.options.given(event, viewer) }]);
    await this.#remove(before);
  }

  /** Why a wish cannot be approved; if it can, its name is chosen. */
  #refusal({ event, viewer, name }: NameRecord, chosen: Set<string>): ErrorCode | undefined {
    try {
      this.options.bans.check(event, viewer);
    } catch (error) {
      if (error instanceof CrowdcueError) return error.code;
      throw error;
    }
    const read = skeleton(name);
    if (chosen.has(read) || this.#book(event).isTaken(read, viewer)) return 'name_taken';
    chosen.add(read);
    return undefined;
  }

  async #rename(event: string, rows: readonly NameRow[]): Promise<readonly number[]> {
    const known: number[] = [];
    for (let i = 0; i < rows.length; i += CHUNK) known.push(...await this.options.events.room(event).rename(rows.slice(i, i + CHUNK)));
    return known;
  }

  async #clear(event: string): Promise<void> {
    const approved = this.#book(event).all().filter(({ state }) => state === 'approved');
    await this.#rename(event, approved.map(({ viewer }) => ({ viewer, name: this.options.given(event, viewer) })));
    await this.#removeAll(event);
  }

  async #removeAll(event: string): Promise<void> {
    await Promise.all(this.#book(event).all().map((record) => this.#remove(record)));
  }

  async #forgetOldest(event: string): Promise<void> {
    const declined = this.#book(event).all().filter(({ state }) => state === 'declined').sort(oldestFirst);
    await Promise.all(declined.slice(0, Math.max(0, declined.length - MOST_DECLINED)).map((record) => this.#remove(record)));
  }

  async #keep(record: NameRecord): Promise<void> {
    await this.options.table.put(keyOf(record), record);
    this.#index(record);
  }

  async #remove(record: Pick<NameRecord, 'event' | 'viewer'>): Promise<void> {
    await this.options.table.remove(keyOf(record));
    this.#unindex(keyOf(record));
  }

  #index(record: NameRecord): void {
    const book = this.#books.get(record.event) ?? new NameBook();
    this.#books.set(record.event, book);
    book.put(record);
  }

  #unindex(key: string): void {
    const [event = '', viewer] = key.split('|');
    this.#books.get(event)?.remove(Number(viewer));
  }

  #inTurn<T>(event: string, run: () => Promise<T>): Promise<T> {
    const turn = (this.#turns.get(event) ?? Promise.resolve()).then(run, run);
    const over = turn.catch(() => undefined).finally(() => { if (this.#turns.get(event) === over) this.#turns.delete(event); });
    this.#turns.set(event, over);
    return turn;
  }
}
