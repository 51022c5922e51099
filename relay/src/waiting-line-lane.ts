import type { Channel } from './channel.js';
import type { Clock } from './clock.js';
import { Place, WaitingLine } from './waiting-line.js';
import { Flow } from './waiting-line-pace.js';
import type { Viewer } from './viewers.js';

/** Ms after a "full" until the next one asks, on average: the origin refuses one join of every line a second or two. */
const PROBE_MS = 1_500;
/** Ms after the last "full" for which newcomers still ask before they are shown anything. */
const FULL_MS = 30_000;
/** Calls that a beat of 50 ms visits a line in: everybody is looked at once a second. */
const SLICES = 20;
/** Ms between two tellings to the same viewer. */
const TELL_MS = 1_000;
/** What is worth telling: a fiftieth of the place, a fifth of the wait and at least a second of it. */
const PLACE_PART = 0.02;
const WAIT_PART = 0.2;
const WAIT_MS = 1_000;

/** A seat request of a stock client in line: its socket comes once it has the seat. */
export interface Ticket {
  readonly sub: number;
  /** Its turn has come. */
  grant(): void;
  /** Another request of the same viewer has its place now. */
  supersede(): void;
}

/** Who waits: a connected viewer, or a request. */
export type Waiting = Viewer | Ticket;

export const isTicket = (who: Waiting): who is Ticket => 'grant' in who;
export const subOf = (who: Waiting): number => (isTicket(who) ? who.sub : who.admission!.claims.sub);

/** What a lane asks of its gate. */
export interface LaneEvents {
  /** Whether there is time and room for one more. */
  open(): boolean;
  /** Into the room. */
  enter(viewer: Viewer): void;
  /** Its join goes to the room, and nothing to the viewer. */
  probe(viewer: Viewer): number;
  /** Somebody with a newer connection has this one's place. */
  supersede(viewer: Viewer): void;
  tell(viewer: Viewer, place: number, waitMs: number): void;
}

/**
 * The way into one room: the line, its pace, and what is known of whether the room has places. While the room says "full", whoever is
 * next is let ask for a place before being shown anything; each leave of a viewer here lets one more ask, and so does time, and one
 * that got a place lets two.
 */
export class Lane {
  readonly line = new WaitingLine<Waiting>();
  readonly #flow = new Flow();
  readonly #bySub = new Map<number, Place<Waiting>>();
  /** Who asks, and the batch that says so. */
  readonly #probes = new Map<Viewer, number>();
  #fullAt = Number.NEGATIVE_INFINITY;
  #full = false;
  #probeAt = 0;
  /** How many may ask. */
  #allowed = 0;
  /** Places that got free since the last beat, and in the one before: the room hears of joins before it hears of leaves of the same batch. */
  #freed = 0;
  #freedBefore = 0;

  constructor(readonly channel: Channel, private readonly clock: Clock, private readonly events: LaneEvents) {}

  /** Whether somebody who comes now may go straight in. */
  get free(): boolean {
    return this.line.size === 0 && !this.#full && this.#probes.size === 0;
  }

  get idle(): boolean {
    return this.line.size === 0 && this.#probes.size === 0;
  }

  /** What the last in line has to wait, ms; 0 while nobody can say. */
  get waitMs(): number {
    return this.#flow.waitMs(this.line.size, this.clock.now());
  }

  /** Puts somebody in line, and answers the turn. A viewer has one place: a newer connection takes it over, and gains nothing and loses nothing. */
  add(who: Waiting, turn: number): number {
    const now = this.clock.now();
    const sub = subOf(who);
    const held = this.#bySub.get(sub);
    if (this.line.size === 0) this.#flow.begin(now);
    const place = held ?? new Place<Waiting>(who, turn);
    if (held === undefined) {
      this.#bySub.set(sub, place);
      this.line.add(place);
      if (place.next === undefined) this.#tell(place, this.line.size, now);
      return turn;
    }
    const before = held.who;
    held.who = who;
    held.told = 0;
    if (isTicket(before)) before.supersede();
    else this.events.supersede(before);
    return place.turn;
  }

  /** The viewer or its request is gone, from the line or from the room. */
  gone(who: Waiting, wasInside: boolean): void {
    const place = this.#bySub.get(subOf(who));
    if (place?.who === who) this.#takeOut(place);
    if (isTicket(who)) return;
    if (this.#probes.delete(who)) this.#flow.undone();
    else if (wasInside && this.#full) this.#freed++;
  }

  /** The room has no place. */
  refused(now: number): void {
    this.#full = true;
    this.#fullAt = now;
    this.#allowed = 0;
    this.#probeAt = now + PROBE_MS * (0.5 + this.clock.random());
  }

  /** Somebody comes with a seat that was given in its turn: one more may ask. */
  granted(): void {
    if (this.#full) this.#allowed++;
  }

  /** Called every 50 ms, before the batch leaves: what became of those who asked, and what the others are told. */
  beat(now: number): void {
    for (const [viewer, batch] of this.#probes) {
      if (this.channel.upstream.acked < batch) continue;
      this.#probes.delete(viewer);
      this.#allowed += 2;
      this.events.enter(viewer);
    }
    this.#allowed += this.#freedBefore;
    this.#freedBefore = this.#freed;
    this.#freed = 0;
    if (this.#full && now >= this.#probeAt && this.#probes.size === 0 && this.#allowed <= 0) this.#allowed = 1;
    if (this.#full && this.idle && now - this.#fullAt > FULL_MS) this.#full = false;
    this.line.visit(Math.ceil(this.line.size / SLICES), (place, at) => this.#tell(place, at, now));
  }

  /** Takes the next one out of the line, if it may go now; answers whether it did. */
  advance(): boolean {
    if (this.line.size === 0 || (this.#full && this.#allowed <= 0) || this.channel.upstream.full || !this.events.open()) return false;
    const place = this.line.head!;
    const { who } = place;
    this.#takeOut(place);
    this.#flow.turned(this.clock.now());
    if (this.#full) this.#allowed--;
    if (isTicket(who)) who.grant();
    else if (this.#full) this.#probes.set(who, this.events.probe(who));
    else this.events.enter(who);
    return true;
  }

  /** No seat is given here any more. */
  dismiss(): void {
    for (let place = this.line.head; place !== undefined;) {
      const { next, who } = place;
      if (isTicket(who)) who.supersede();
      place = next;
    }
  }

  #takeOut(place: Place<Waiting>): void {
    this.line.remove(place);
    this.#bySub.delete(subOf(place.who));
  }

  #tell(place: Place<Waiting>, at: number, now: number): void {
    if (isTicket(place.who) || now - place.toldAt < TELL_MS) return;
    const waitMs = this.#flow.waitMs(at, now);
    const moved = Math.abs(place.told - at) >= Math.max(1, at * PLACE_PART);
    const drifted = Math.abs(place.toldWaitMs - waitMs) > Math.max(WAIT_MS, waitMs * WAIT_PART);
    if (!moved && !drifted) return;
    place.told = at;
    place.toldWaitMs = waitMs;
    place.toldAt = now;
    this.events.tell(place.who, at, waitMs);
  }
}
