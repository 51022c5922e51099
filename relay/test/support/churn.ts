import { Encoder, Reflection, schema, type Schema, t } from '@colyseus/schema';

/** Synchronised state of the kind that rooms have: root fields, maps of numbers and texts, maps of nested objects. */
const Inner = schema({ value: t.number(), label: t.string() });
const Item = schema({ score: t.number(), name: t.string(), inner: Inner });
export const State = schema({ tick: t.number(), phase: t.string(), numbers: t.map('number'), texts: t.map('string'), items: t.map(Item) });

/** A seeded generator (mulberry32): the seed is printed when a test fails. */
export const seeded = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0;
  let bits = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
  return ((bits ^ (bits >>> 14)) >>> 0) / 4_294_967_296;
};

const makeItem = (random: () => number): InstanceType<typeof Item> => {
  const item = new Item();
  item.score = Math.floor(random() * 1000);
  item.name = `viewer ${Math.floor(random() * 100)}`;
  item.inner = new Inner();
  item.inner.value = Math.floor(random() * 1e5);
  item.inner.label = `l${Math.floor(random() * 9)}`;
  return item;
};

/** A room's state with the encoder of it: patches, keyframes, and what the state was at each tick. */
export class ChurningState {
  readonly state = new State();
  readonly encoder: Encoder<Schema>;
  readonly history = new Map<number, string>();
  tick = 0;

  constructor(readonly random: () => number) {
    Encoder.BUFFER_SIZE = 256 * 1024;
    this.encoder = new Encoder(this.state as unknown as Schema);
    this.state.tick = 0;
    this.state.phase = 'idle';
    this.mutate();
    this.encoder.discardChanges();
    this.#remember();
  }

  get reflection(): Uint8Array {
    return Uint8Array.from(Reflection.encode(this.encoder as never));
  }

  /** Adds, removes, replaces and changes. */
  mutate(): void {
    const { state, random } = this;
    const key = (): string => `k${Math.floor(random() * 12)}`;
    for (let left = 1 + Math.floor(random() * 4); left > 0; left--) {
      switch (Math.floor(random() * 7)) {
        case 0: state.phase = ['idle', 'armed', 'live', 'over'][Math.floor(random() * 4)]!; break;
        case 1: state.numbers.set(key(), Math.floor(random() * 1e6)); break;
        case 2: state.texts.set(key(), `text ${Math.floor(random() * 1e6)}`); break;
        case 3: state.items.set(key(), makeItem(random)); break;
        case 4: state.items.delete(key()); break;
        case 5: state.numbers.delete(key()); break;
        default: {
          const item = state.items.get(key());
          if (item !== undefined) {
            item.score = Math.floor(random() * 1000);
            item.inner.value = Math.floor(random() * 1e5);
          }
        }
      }
    }
  }

  /** One tick: the patch of what changed since the last one. `quiet` ticks change nothing. */
  step(quiet = false): Uint8Array {
    this.tick++;
    if (quiet) {
      this.history.set(this.tick, this.history.get(this.tick - 1)!);
      return new Uint8Array(0);
    }
    this.state.tick = this.tick;
    this.mutate();
    const patch = this.encoder.encode().slice();
    this.encoder.discardChanges();
    this.#remember();
    return Uint8Array.from(patch);
  }

  keyframe(): Uint8Array {
    return Uint8Array.from(this.encoder.encodeAll());
  }

  json(): string {
    return JSON.stringify(this.state.toJSON());
  }

  #remember(): void {
    this.history.set(this.tick, this.json());
  }
}

/** JSON of a state with maps in one order: a keyframe may list entries in another order than patches made them. */
export const canonical = (json: string): string => JSON.stringify(sorted(JSON.parse(json)));
const sorted = (value: unknown): unknown =>
  value !== null && typeof value === 'object'
    ? Object.fromEntries(Object.entries(value as object).sort(([a], [b]) => (a < b ? -1 : 1)).map(([k, v]) => [k, sorted(v)]))
    : value;
