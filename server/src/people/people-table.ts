/**
 * The people of events, kept apart from all else: one record for each person who was proven in an event, under a keyed hash of what
 * proved them, so that the same person is found again and the table itself names nobody.
 */
import type { Clock } from '../clock.js';
import { randomViewer, type Keys, type RandomSource, type Sealer } from '../identity/index.js';
import type { RecordTable } from '../store/index.js';
import type { PersonData, ProofKind } from './person.js';

/** A person as they are kept. All that tells who it is stands in `sealed`. */
export interface PersonRecord {
  /** The number that stands for the person in the event's ledger, 1..2^52. */
  readonly subject: number;
  readonly proof: ProofKind;
  /** Viewer numbers that were proven to be this person and when (ms since 1970), the first one first. */
  readonly viewers: readonly (readonly [viewer: number, at: number])[];
  readonly sealed: string;
}

/** A person who is known in an event. */
export interface Known extends PersonRecord {
  readonly event: string;
  /** Where the record is. */
  readonly key: string;
}

export interface PeopleTableOptions {
  readonly table: RecordTable<PersonRecord>;
  readonly keys: Pick<Keys, 'sealer' | 'blind'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: RandomSource;
}

/** Devices that one person proves themselves on. Past it the second oldest is forgotten: the first is who receipts are found by. */
export const MOST_VIEWERS = 256;

export class PeopleTable {
  readonly #known = new Map<string, Known>();
  /** `<event>|<viewer>` to the keys of who they were proven to be. */
  readonly #byViewer = new Map<string, Set<string>>();
  readonly #byEvent = new Map<string, Set<string>>();

  constructor(private readonly options: PeopleTableOptions) {
    for (const [key, record] of options.table.entries()) this.#hold(key, record);
    options.table.watch((key, record) => this.#hold(key, record));
  }

  /** Persons who are known, over all events. */
  get size(): number {
    return this.#known.size;
  }

  /** Events of which anybody is known. */
  events(): string[] {
    return [...this.#byEvent.keys()];
  }

  /** Everybody who is known in an event. */
  all(event: string): Known[] {
    return [...(this.#byEvent.get(event) ?? [])].map((key) => this.#known.get(key)!);
  }

  /** Who a viewer was proven to be: the newest proof first. */
  of(event: string, viewer: number): Known[] {
    const known = [...(this.#byViewer.get(`${event}|${viewer}`) ?? [])].map((key) => this.#known.get(key)!);
    return known.sort((a, b) => provenAt(b, viewer) - provenAt(a, viewer));
  }

  /** The person behind an identity: a normalised address, an account. */
  find(event: string, proof: ProofKind, identity: string): Known | undefined {
    return this.#known.get(this.#keyOf(event, proof, identity));
  }

  /** What is known of a person. */
  data({ event, key, sealed }: Known): PersonData {
    return JSON.parse(this.#sealer(event).open(sealed, key)) as PersonData;
  }

  /** Binds a viewer to the person behind an identity, who gets a subject when it is the first. Resolves when that is durable. */
  async prove(event: string, viewer: number, proof: ProofKind, identity: string, data: PersonData): Promise<Known> {
    const { table, clock, random } = this.options;
    const key = this.#keyOf(event, proof, identity);
    const before = this.#known.get(key);
    if (before?.viewers.some(([each]) => each === viewer) === true && this.of(event, viewer)[0] === before) return before;
    const at = clock.now();
    for (;;) {
      const first: PersonRecord = { subject: randomViewer(random), proof, viewers: [[viewer, at]], sealed: this.#seal(event, key, data) };
      if (!this.#known.has(key) && (await table.add(key, first))) return this.#hold(key, first)!;
      const joined = await table.change(key, (record) => ({ ...record, viewers: withViewer(record.viewers, viewer, at) }));
      if (joined !== undefined) return this.#hold(key, joined)!;
      this.#hold(key, undefined); // erased meanwhile: this is somebody new
    }
  }

  /** Changes what is kept of a person; undefined where they were erased meanwhile. */
  async change({ event, key }: Known, make: (data: PersonData) => PersonData): Promise<Known | undefined> {
    const changed = await this.options.table.change(key, (record) => ({ ...record, sealed: this.#seal(event, key, make(this.data({ ...record, event, key }))) }));
    return this.#hold(key, changed);
  }

  /** Forgets a person for good. Resolves when that is durable. */
  async erase({ key }: Pick<Known, 'key'>): Promise<void> {
    await this.options.table.remove(key);
    this.#hold(key, undefined);
  }

  #keyOf(event: string, proof: ProofKind, identity: string): string {
    return `${event}|${this.options.keys.blind('person', event, proof, identity).toString('base64url')}`;
  }

  #hold(key: string, record: PersonRecord | undefined): Known | undefined {
    const event = key.slice(0, key.lastIndexOf('|'));
    const before = this.#known.get(key);
    for (const [viewer] of before?.viewers ?? []) drop(this.#byViewer, `${event}|${viewer}`, key);
    if (record === undefined) {
      this.#known.delete(key);
      drop(this.#byEvent, event, key);
      return undefined;
    }
    const known: Known = { ...record, event, key };
    this.#known.set(key, known);
    put(this.#byEvent, event, key);
    for (const [viewer] of record.viewers) put(this.#byViewer, `${event}|${viewer}`, key);
    return known;
  }

  #sealer(event: string): Sealer {
    return this.options.keys.sealer(`people|${event}`, this.options.random);
  }

  #seal(event: string, key: string, data: PersonData): string {
    return this.#sealer(event).seal(JSON.stringify(data), key);
  }
}

const provenAt = ({ viewers }: PersonRecord, viewer: number): number => viewers.find(([each]) => each === viewer)?.[1] ?? 0;

/** A viewer who is proven again keeps their place and gets the new time. */
const withViewer = (viewers: PersonRecord['viewers'], viewer: number, at: number): PersonRecord['viewers'] => {
  if (viewers.some(([each]) => each === viewer)) return viewers.map((pair) => (pair[0] === viewer ? [viewer, at] : pair));
  const room = viewers.length < MOST_VIEWERS ? viewers : [viewers[0]!, ...viewers.slice(2)];
  return [...room, [viewer, at]];
};

const put = (index: Map<string, Set<string>>, name: string, key: string): void => {
  const keys = index.get(name);
  if (keys === undefined) index.set(name, new Set([key]));
  else keys.add(key);
};

const drop = (index: Map<string, Set<string>>, name: string, key: string): void => {
  const keys = index.get(name);
  keys?.delete(key);
  if (keys?.size === 0) index.delete(name);
};
