/** A room whose map-based state churns at random, and that remembers what its state was at every tick. Nothing of it knows relays but the plugin. */
import { definePlugins, Room } from '@colyseus/core';
import { schema, t } from '@colyseus/schema';
import { RelayPlugin } from '@crowdcue/server';
import { createHash } from 'node:crypto';

const Inner = schema({ x: t.float64(), note: t.string().optional() }, 'Inner');
const Item = schema({
  hp: t.uint16().default(0), name: t.string().optional(), inner: t.ref(Inner).optional(), tags: t.map('string'),
}, 'Item');
const ChurnState = schema({
  tick: t.uint32().default(0), items: t.map(Item), numbers: t.map('float64'), blob: t.string().optional(), focus: t.ref(Inner).optional(), title: t.string().optional(),
}, 'ChurnState');

/** A seeded generator (xorshift32). */
export const randomOf = (seed: number) => {
  let x = seed | 1;
  return (below: number): number => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) % below;
  };
};

/** JSON with sorted keys: what "equal state" means. */
export const canonical = (value: unknown): string => JSON.stringify(value, (_key, part: unknown) =>
  (part !== null && typeof part === 'object' && !Array.isArray(part)
    ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
    : part));

export const PROOF_KEY = 'the credential of the relays in this test';

export interface ChurnOptions {
  readonly seed: number;
  /** Mutations a tick, at most. */
  readonly mutations?: number;
}

/** Rooms by id, so that a test can crank them. */
export const churnRooms = new Map<string, ChurnRoom>();

export class ChurnRoom extends Room {
  override patchRate = null; // the test cranks it
  override autoDispose = false;
  declare state: InstanceType<typeof ChurnState>;
  readonly history = new Map<number, string>();
  readonly batches: Uint8Array[] = [];
  #random!: (below: number) => number;
  #mutations = 4;
  #serial = 0;
  #started = performance.now();

  override plugins = definePlugins([new RelayPlugin({
    admits: () => true,
    epoch: () => 1,
    eventTime: () => performance.now() - this.#started,
    tickMs: 50,
    relayUp: () => 0,
    relayDown: () => undefined,
    batch: (_relay, _incarnation, bytes) => { this.batches.push(bytes); },
    failed: (error) => { throw error; },
  })]);

  override onCreate(options: ChurnOptions & { id: string }): void {
    this.roomId = options.id;
    this.#random = randomOf(options.seed);
    this.#mutations = options.mutations ?? 4;
    this.state = new ChurnState();
    churnRooms.set(options.id, this);
  }

  /** Each tick brings this many bytes that say nothing: enough of them fill what lies between a relay and a viewer that does not read. */
  ballast = 0;

  cutLinks(): void {
    this.plugins.relay.closeLinks('unavailable');
  }

  /** A patch boundary without a change. */
  crankEmpty(): void {
    this.broadcastPatch();
  }

  /** Mutates, patches, remembers. */
  crank(): void {
    for (let left = 1 + this.#random(this.#mutations); left > 0; left--) this.#mutate();
    if (this.ballast > 0) this.state.blob = `${this.state.tick}`.padEnd(this.ballast, '.');
    this.state.tick++;
    this.broadcastPatch();
    this.history.set(this.state.tick, createHash('sha1').update(canonical(this.state.toJSON())).digest('base64'));
  }

  #item() {
    const item = new Item();
    item.hp = this.#random(1000);
    if (this.#random(2) === 0) item.name = `n${this.#random(50)}`;
    if (this.#random(2) === 0) item.inner = this.#inner();
    for (let left = this.#random(4); left > 0; left--) item.tags.set(`t${this.#random(6)}`, `v${this.#random(9)}`);
    return item;
  }

  #inner() {
    const inner = new Inner();
    inner.x = this.#random(1_000_000) / 7;
    if (this.#random(2) === 0) inner.note = `note ${this.#random(20)}`;
    return inner;
  }

  #some(): InstanceType<typeof Item> | undefined {
    const keys = [...this.state.items.keys()];
    return keys.length === 0 ? undefined : this.state.items.get(keys[this.#random(keys.length)]!);
  }

  #mutate(): void {
    const { state } = this;
    switch (this.#random(12)) {
      case 0: case 1: state.items.set(`i${this.#serial++ % 40}`, this.#item()); break; // adds, or replaces
      case 2: {
        const keys = [...state.items.keys()];
        if (keys.length > 0) state.items.delete(keys[this.#random(keys.length)]!);
        break;
      }
      case 3: { const item = this.#some(); if (item !== undefined) item.hp = this.#random(1000); break; }
      case 4: { const item = this.#some(); if (item !== undefined) item.name = this.#random(2) === 0 ? undefined : `n${this.#random(50)}`; break; }
      case 5: { const item = this.#some(); if (item !== undefined) item.inner = this.#random(3) === 0 ? undefined : this.#inner(); break; }
      case 6: { const item = this.#some(); if (item?.inner !== undefined) item.inner.note = this.#random(2) === 0 ? undefined : `note ${this.#random(20)}`; break; }
      case 7: { const item = this.#some(); if (item !== undefined) item.tags.set(`t${this.#random(6)}`, `v${this.#random(9)}`); break; }
      case 8: { const item = this.#some(); if (item !== undefined) item.tags.delete(`t${this.#random(6)}`); break; }
      case 9: state.numbers.set(`k${this.#random(30)}`, this.#random(1_000_000)); break;
      case 10: state.numbers.delete(`k${this.#random(30)}`); break;
      default:
        if (this.#random(2) === 0) state.focus = this.#random(3) === 0 ? undefined : this.#inner();
        else state.title = this.#random(3) === 0 ? undefined : `title ${this.#random(9)}`;
    }
  }
}
