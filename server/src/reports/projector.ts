/**
 * Projections of the ledger: what is computed from an event's entries alone, read on from where it last stood.
 *
 * Life cycle: one projector a kind, once a process; `of` catches up and answers. Nothing is stored: after a restart, or when an event was
 * not asked about for long, the entries are read from the first again, and give the same (`rebuilt` does so to compare).
 * Invariants: entries come in order, each once; a call sees every entry that was there when it came.
 * Must not import anything but ledger types.
 */
import type { Entry, Ledger } from '../ledger/index.js';

export interface Projection {
  add(entry: Entry): void;
}

/** Events whose projections are kept, the last that were asked for: a show has some tens of MB, and a host a few shows. */
const MOST_EVENTS = 32;
/** Entries a read: some ms, with room for others in between. */
const PAGE = 1_000;

interface Standing<T> {
  readonly projection: T;
  seq: number;
  turn: Promise<void>;
}

export class Projector<T extends Projection> {
  /** In the order in which they were asked for last. */
  readonly #events = new Map<string, Standing<T>>();

  constructor(private readonly ledger: Pick<Ledger, 'entries'>, private readonly make: () => T, private readonly most = MOST_EVENTS) {}

  /** What the event's entries up to now give. An event without entries gives an empty one, which is not kept. */
  async of(event: string): Promise<T> {
    const standing = this.#events.get(event) ?? { projection: this.make(), seq: 0, turn: Promise.resolve() };
    // One at a time: two that read on from one place would each add what they read. A read that failed is its own caller's alone.
    const turn = standing.turn.catch(() => undefined).then(() => this.#catchUp(event, standing));
    standing.turn = turn;
    this.#events.delete(event);
    this.#events.set(event, standing);
    if (this.#events.size > this.most) this.#events.delete(this.#events.keys().next().value!);
    await turn;
    if (standing.seq === 0 && this.#events.get(event) === standing) this.#events.delete(event);
    return standing.projection;
  }

  /** The same from the first entry on. */
  async rebuilt(event: string): Promise<T> {
    const standing: Standing<T> = { projection: this.make(), seq: 0, turn: Promise.resolve() };
    await this.#catchUp(event, standing);
    return standing.projection;
  }

  async #catchUp(event: string, standing: Standing<T>): Promise<void> {
    for (;;) {
      const page = await this.ledger.entries(event, standing.seq + 1, PAGE);
      for (const entry of page) {
        standing.projection.add(entry);
        standing.seq = entry.seq;
      }
      if (page.length < PAGE) return;
    }
  }
}
