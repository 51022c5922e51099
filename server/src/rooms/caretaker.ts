/**
 * Sees to it that every event has a room somewhere. Each process has one; they never speak to each other: all try to open what they do
 * not have, and the journal's lease says who may.
 *
 * Life of an event here: `tend` → tried at once, or later → `here` (this process has the room), or `elsewhere` (tried again every period,
 * so that a room whose process died is found when its lease is over) → `lost` when the room here ended → … → `forget`.
 * Invariants: one try an event at a time; the next try is at most a second away, or `MAX_PAUSE_MS` after tries that failed for good; a process with
 * more rooms tries later, so that rooms of a process that went spread over those that are left.
 */
import type { ErrorCode } from '@crowdcue/protocol';
import type { Logger } from 'pino';
import type { RoomEvent } from './room-control.js';

/** ms between two tries for a room that is elsewhere; half of it is chance, so that processes do not try in step. */
const PERIOD_MS = 600;
/** ms later for each room that is here already, up to a bound: who has less to do comes first. */
const LOAD_MS = 20;
const MAX_LOAD_MS = 300;
/** ms before a room that failed here is opened here again; and at most, when it keeps failing. */
const AGAIN_MS = 1_000;
const MAX_PAUSE_MS = 30_000;
/** ms that the process which made an event has it to itself. */
const FRESH_MS = 2_000;

export interface CaretakerOptions {
  /** Opens the room here; `elsewhere` when another process holds it. Throws what keeps it from opening. */
  open(event: RoomEvent): Promise<'here' | 'elsewhere'>;
  /** Rooms that are here. */
  rooms(): number;
  /** 0 to 1. */
  chance(): number;
  /** Runs something later; answers how to take it back. */
  later(ms: number, run: () => void): () => void;
  readonly logger: Pick<Logger, 'error'>;
}

interface Tended {
  readonly event: RoomEvent;
  cancel: () => void;
  opening: boolean;
  /** It came free while it was tried. */
  freed: boolean;
  failures: number;
}

export class Caretaker {
  readonly #tended = new Map<string, Tended>();
  #opening = 0;
  #stopped = false;

  constructor(private readonly options: CaretakerOptions) {}

  /** Tries now; resolves when it is known where the room is. Throws what keeps it from opening; it is tried again then. */
  async tend(event: RoomEvent): Promise<'here' | 'elsewhere'> {
    const tended = this.#add(event);
    tended.cancel();
    return this.#try(tended);
  }

  /** Another process made this event and opens it: tried here only when it does not. */
  tendLater(event: RoomEvent): void {
    if (!this.#tended.has(event.id)) this.#plan(this.#add(event), FRESH_MS + this.#pause());
  }

  forget(eventId: string): void {
    this.#tended.get(eventId)?.cancel();
    this.#tended.delete(eventId);
  }

  /** Its holder gave the room back: whoever has fewest rooms should come first. */
  freed(eventId: string): void {
    const tended = this.#tended.get(eventId);
    if (tended === undefined) return;
    if (tended.opening) tended.freed = true; // the answer under way may be older
    else this.#plan(tended, this.#pause() / 6);
  }

  /** The room that was here has ended. */
  lost(eventId: string): void {
    const tended = this.#tended.get(eventId);
    if (tended !== undefined && !tended.opening) this.#plan(tended, AGAIN_MS);
  }

  /** Opens nothing any more. */
  stop(): void {
    this.#stopped = true;
    for (const { cancel } of this.#tended.values()) cancel();
  }

  #add(event: RoomEvent): Tended {
    const known = this.#tended.get(event.id);
    if (known !== undefined) return known;
    const tended: Tended = { event, cancel: () => undefined, opening: false, freed: false, failures: 0 };
    this.#tended.set(event.id, tended);
    return tended;
  }

  #pause(): number {
    return PERIOD_MS * (0.5 + this.options.chance() / 2);
  }

  /** What is opening counts as here: of rooms that come free together, each waits for the one before. */
  #load(): number {
    return Math.min(MAX_LOAD_MS, (this.options.rooms() + this.#opening) * LOAD_MS);
  }

  #plan(tended: Tended, ms: number): void {
    const load = this.#load();
    this.#wait(tended, ms + load, load);
  }

  /** `load` is what `ms` was reckoned with: for rooms that came meanwhile it waits on. */
  #wait(tended: Tended, ms: number, load: number): void {
    tended.cancel();
    if (this.#stopped || this.#tended.get(tended.event.id) !== tended) return;
    tended.cancel = this.options.later(ms, () => {
      const now = this.#load();
      if (now > load) this.#wait(tended, now - load, now);
      else this.#retry(tended);
    });
  }

  #retry(tended: Tended): void {
    this.#try(tended).catch((error: unknown) => {
      if (!isPassing(error)) this.options.logger.error({ event: tended.event.id, err: error, failures: tended.failures }, 'the room does not open');
    });
  }

  async #try(tended: Tended): Promise<'here' | 'elsewhere'> {
    tended.opening = true;
    tended.freed = false;
    this.#opening++;
    try {
      const where = await this.options.open(tended.event);
      tended.failures = 0;
      this.#tried(tended);
      if (where === 'elsewhere') this.#plan(tended, tended.freed ? 0 : this.#pause());
      return where;
    } catch (error) {
      this.#tried(tended);
      this.#plan(tended, isPassing(error) ? this.#pause() : Math.min(MAX_PAUSE_MS, AGAIN_MS * 2 ** tended.failures++));
      throw error;
    }
  }

  #tried(tended: Tended): void {
    tended.opening = false;
    this.#opening--;
  }
}

/** The store is away, which it tells of itself, or another was faster: it may be well any moment. Colyseus keeps of an error its code. */
const PASSING: ReadonlySet<unknown> = new Set(['store_unavailable', 'journal_fenced', 'journal_held', 'room_hold', 'unavailable'] satisfies ErrorCode[]);
const isPassing = (error: unknown): boolean => PASSING.has((error as { code?: unknown } | null)?.code);
