/**
 * One round of one game as room and relays really run it, with a clock cranked by hand: the room's core, the relays' feeds and cohorts,
 * what a relay counts as elapsed, and the games' own rules. Only sockets and people are played.
 */
import { games } from '@crowdcue/games';
import { BatchBuilder, type BatchDelay, FRAME, withDelays } from '@crowdcue/protocol';
import { CrowdCore, CrowdState } from '@crowdcue/server';
import { checkCue } from '../../../server/src/rooms/cue-check.js';
import { Feed } from '../../../relay/src/feed.js';
import { elapsedSince } from '../../../relay/src/marks.js';
import { Metrics } from '../../../relay/src/metrics.js';
import { Outlet } from '../../../relay/src/outlet.js';
import type { Viewer } from '../../../relay/src/viewers.js';
import { FakeApp, FakeSocket, viewerOn } from '../../../relay/test/support/fake-sockets.js';

const TICK_MS = 50;
/** Round trip of somebody who does not lie about it. */
const RTT_MS = 40;
/** Finer than people are exact. */
export const STEP_MS = 10;

/** What one tick shows to whoever has its patch. */
export interface Shown {
  readonly tick: number;
  readonly phase: string;
  readonly texts: ReadonlyMap<string, string>;
  readonly numbers: ReadonlyMap<string, number>;
}

/** A relay with its feed; states are the number of their tick. */
class HandFeed {
  readonly app = new FakeApp();
  readonly builder = new BatchBuilder();
  readonly feed: Feed;
  #delays: BatchDelay[] = [];
  #slots = 0;
  #n = 0;

  constructor(readonly world: FairWorld, readonly relayId: string) {
    const metrics = new Metrics();
    this.feed = new Feed('room', new Outlet(this.app as never, metrics), metrics, () => world.now);
    this.feed.keyframe({ epoch: 1, tick: 0, eventTime: world.now, body: bytes(0) });
    this.feed.tick(0, new Uint8Array(0), false, false);
  }

  enter(sub: number, delay: number, rtt: number, read: (tick: number) => void): Viewer {
    const socket = new FakeSocket(this.app, (frame) => {
      if (frame[0] !== FRAME.roomState && frame[0] !== FRAME.roomStatePatch) return;
      const view = new DataView(frame.buffer, frame.byteOffset);
      for (let at = 1; at < frame.length; at += 6) read(view.getUint32(at, true));
    });
    const viewer = viewerOn(socket, sub);
    Object.assign(viewer, { delay, rtt, slot: this.#slots++, connection: this.#slots });
    this.feed.enter(viewer, [], [], undefined);
    this.builder.join({ slot: viewer.slot, connection: viewer.connection, viewer: sub, sessionId: `session-${sub}-${this.relayId}`, tier: 'free', name: `${sub}`, mac: '', direct: true });
    if (viewer.lane!.cohort.delay > 0) this.#delays.push({ slot: viewer.slot, delay: viewer.lane!.cohort.delay });
    return viewer;
  }

  act(viewer: Viewer, n: number, choice: number, value: number): void {
    const written = this.feed.markWritten(viewer);
    const { now, state } = this.world;
    this.builder.action(viewer.slot, { n, round: state.round, choice, value }, now, written === undefined ? -1 : elapsedSince(written, now, viewer.rtt));
  }

  batch(): Uint8Array | undefined {
    if (this.builder.size === 0) return undefined;
    const plain = this.builder.encode(++this.#n, this.world.now);
    return this.#delays.length === 0 ? plain : withDelays(plain, this.#delays.splice(0));
  }
}

const bytes = (n: number): Uint8Array => new Uint8Array(new Uint32Array([n]).buffer);

/** Somebody who plays; `act` is called at each step of the clock. */
export interface Person {
  readonly name: string;
  /** Milliseconds by which the frames are to be late. */
  readonly delay: number;
  /** Round trip that the relay measures, ms. */
  readonly rtt?: number;
  /** Another viewer of the same person's looks on, without delay. */
  readonly scout?: boolean;
  act(sight: Sight): void;
}

/** What a person sees and can do. */
export interface Sight {
  readonly now: number;
  /** As the relay showed it. */
  readonly own: Shown | undefined;
  /** As the scout was shown it; without one as it is in the room now, which a picture may show. */
  readonly early: Shown | undefined;
  readonly endsAt: number;
  tap(choice: number, value?: number): void;
  /** Comes again by another relay, later. */
  hop(delay: number): void;
}

export interface RoundSpec {
  readonly game: string;
  readonly params: Readonly<Record<string, number | string>>;
  readonly durationMs: number;
  /** What the host names, where it has to. */
  readonly settle?: number;
}

export interface Outcome {
  readonly score: number;
  readonly won: boolean;
  readonly fastest: boolean;
}

export class FairWorld {
  now = 1_000;
  readonly state = new CrowdState();
  readonly core: CrowdCore;
  readonly #relays: readonly HandFeed[];
  readonly #shown = new Map<number, Shown>();

  constructor(seed: number) {
    this.core = new CrowdCore(this.state, { event: `fair-${seed}`, maxViewers: 1_000, games, genuine: () => true });
    this.#relays = [new HandFeed(this, 'a'), new HandFeed(this, 'b')];
    this.#tick(this.#relays.map(({ relayId }) => ({ kind: 'relay-up', relayId, incarnation: 1 })));
  }

  /** Plays a round to its end; `settle` is what the host says then. Answers how each came out of it, in their order. */
  play(people: readonly Person[], { game, params, durationMs, settle = 0 }: RoundSpec): Outcome[] {
    const sights = people.map((person, i) => this.#sight(person, i + 1, people.length + 1 + i));
    this.#tick([]);
    this.#tick([checkCue({ game, params, durationMs, inMs: 500 }, games, this.now)]);
    const end = this.now + durationMs + 60_000;
    while (this.core.desk.running && this.now < end) {
      for (let at = 0; at < TICK_MS; at += STEP_MS) {
        this.now += STEP_MS;
        people.forEach((person, i) => person.act(sights[i]!)); // who is shown something now acts a step later at the soonest
        for (const { feed } of this.#relays) feed.beat(this.now);
      }
      this.#tick(this.core.desk.outcomes > 0 ? [{ kind: 'settle', round: this.state.round, outcome: settle }] : [], 0);
    }
    if (this.core.desk.running) throw new Error('the round does not end');
    return people.map((_, i) => {
      const { score, result, fastest } = this.core.me(this.core.viewers.rowOf(i + 1)!);
      return { score, won: result === 'won', fastest };
    });
  }

  #tick(inputs: Parameters<CrowdCore['step']>[1], passes = TICK_MS): void {
    this.now += passes;
    const batches = this.#relays.flatMap((relay) => {
      const body = relay.batch();
      return body === undefined ? [] : [{ kind: 'batch' as const, relayId: relay.relayId, incarnation: 1, bytes: body }];
    });
    const step = this.core.step(this.now, [...batches, ...inputs]);
    this.core.out.clear();
    this.#note(step.tick);
    for (const { feed } of this.#relays) feed.tick(step.tick, bytes(step.tick), step.mark, step.shifted);
  }

  #note(tick: number): void {
    const { phase, texts, numbers } = this.state;
    this.#shown.set(tick, { tick, phase, texts: new Map(texts.entries()), numbers: new Map(numbers.entries()) });
  }

  #sight({ delay, rtt = RTT_MS, scout = false }: Person, sub: number, scoutSub: number): Sight {
    const shown = (tick: number): Shown | undefined => this.#shown.get(tick);
    const [first, second] = this.#relays as [HandFeed, HandFeed];
    const clock = (): number => this.now;
    const { state, core } = this;
    let own: Shown | undefined;
    let n = 0;
    let connections = 0;
    const enter = (relay: HandFeed, late: number): { relay: HandFeed; viewer: Viewer } => {
      const connection = ++connections;
      const read = (tick: number): void => { if (connection === connections) own = shown(tick); };
      return { relay, viewer: relay.enter(sub, late, rtt, read) };
    };
    let at = enter(first, delay);
    let looked: Shown | undefined;
    if (scout) first.enter(scoutSub, 0, RTT_MS, (tick) => { looked = shown(tick); });
    return {
      get now() { return clock(); },
      get own() { return own; },
      get early() { return scout ? looked : shown(core.tick); },
      get endsAt() { return state.endsAt; },
      tap: (choice, value = 0) => at.relay.act(at.viewer, ++n, choice, value),
      hop: (late) => {
        own = undefined;
        n = 0;
        at = enter(second, late);
      },
    };
  }
}
