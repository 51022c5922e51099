import { FRAME } from '@crowdcue/protocol';
import { Viewer } from '../../src/viewers.js';
import { canonical, type ChurningState } from './churn.js';
import { decoderOf, readRoomState, type StateDecoder } from './shapes.js';

/** As much of uWebSockets.js as the feed uses, cranked by hand: topics, what waits for a socket, and silent drops past a limit. */
export class FakeApp {
  readonly sockets = new Set<FakeSocket>();
  onDropped: (socket: FakeSocket) => void = () => undefined;
  publishes = 0;

  publish(topic: string, frame: Uint8Array): boolean {
    this.publishes++;
    for (const socket of this.sockets) if (socket.topics.has(topic)) socket.take(frame);
    return true;
  }
}

export class FakeSocket {
  readonly topics = new Set<string>();
  readonly waiting: Uint8Array[] = [];
  stalled = false;
  limit = Number.POSITIVE_INFINITY;
  ended: number | undefined;
  viewer: Viewer | undefined;

  constructor(readonly app: FakeApp, readonly read: (frame: Uint8Array) => void) {
    app.sockets.add(this);
  }

  subscribe(topic: string): boolean { this.topics.add(topic); return true; }
  unsubscribe(topic: string): boolean { return this.topics.delete(topic); }
  getBufferedAmount(): number { return this.waiting.reduce((sum, frame) => sum + frame.length, 0); }
  end(code: number): void { this.ended = code; this.app.sockets.delete(this); }
  close(): void { this.end(1006); }
  ping(): number { return 1; }
  cork(write: () => void): void { write(); }
  send(frame: Uint8Array): number { this.take(frame); return 1; }

  take(frame: Uint8Array): void {
    if (this.getBufferedAmount() > this.limit) this.app.onDropped(this);
    else if (this.stalled) this.waiting.push(frame);
    else this.read(frame);
  }

  flow(): void {
    this.stalled = false;
    for (const frame of this.waiting.splice(0)) this.read(frame);
  }
}

/** A viewer of the direct door on such a socket. */
export const viewerOn = (socket: FakeSocket, sub: number): Viewer => {
  const viewer = new Viewer({ door: 'direct', event: 'show', version: true, token: undefined, session: undefined, resume: false, queue: false, address: '' }, 0);
  viewer.socket = socket as never;
  viewer.admission = { claims: { evt: 'show', sub, tier: 'public', name: 'x', exp: 0, mac: '' }, sessionId: `session-${sub}`, keepsDecoder: false };
  socket.viewer = viewer;
  return viewer;
};

/** What a room sends and a viewer gets, for the fuzz: a state that is decoded, or ticks that are counted. */
export interface World {
  readonly tick: number;
  step(quiet?: boolean): Uint8Array;
  keyframe(): Uint8Array;
  viewer(app: FakeApp, sub: number): WatchedViewer;
}

export interface WatchedViewer {
  readonly viewer: Viewer;
  readonly socket: FakeSocket;
  readonly mismatches: string[];
  readonly frames: number;
  readonly keyframes: number;
  /** Whether it has everything. */
  upToDate(): boolean;
}

/** A viewer whose state is decoded from what it is written, and compared with the origin's at every frame. */
class DecodingViewer implements WatchedViewer {
  readonly viewer: Viewer;
  readonly socket: FakeSocket;
  readonly decoder: StateDecoder;
  readonly mismatches: string[] = [];
  frames = 0;
  keyframes = 0;

  constructor(app: FakeApp, private readonly churn: ChurningState, sub: number) {
    this.decoder = decoderOf(churn.reflection);
    this.socket = new FakeSocket(app, (frame) => this.#read(frame));
    this.viewer = viewerOn(this.socket, sub);
  }

  upToDate(): boolean {
    return this.#json() === canonical(this.churn.json());
  }

  #json(): string {
    return canonical(JSON.stringify(this.decoder.state.toJSON()));
  }

  #read(frame: Uint8Array): void {
    if (frame[0] === FRAME.roomState) {
      this.keyframes++;
      readRoomState(this.decoder, frame);
    } else if (frame[0] === FRAME.roomStatePatch) {
      this.decoder.decode(frame, { offset: 1 });
    } else {
      return;
    }
    this.frames++;
    const tick = this.decoder.state.tick ?? -1;
    const should = canonical(this.churn.history.get(tick) ?? '"no such tick"');
    if (this.#json() !== should && this.mismatches.length < 3) this.mismatches.push(`tick ${tick}: ${this.#json()} instead of ${should}`);
  }
}

export const decodedWorld = (churn: ChurningState): World => ({
  get tick() { return churn.tick; },
  step: (quiet) => churn.step(quiet),
  keyframe: () => churn.keyframe(),
  viewer: (app, sub) => new DecodingViewer(app, churn, sub),
});

/** A room whose patches are their tick's number: what a decoder forgives (a patch twice) shows here. */
export const countedWorld = (): World => {
  const loud: number[] = [];
  const bytes = (tick: number): Uint8Array => new Uint8Array(new Uint32Array([tick]).buffer);
  const world = {
    tick: 0,
    step(quiet = false): Uint8Array {
      world.tick++;
      if (quiet) return new Uint8Array(0);
      loud.push(world.tick);
      return bytes(world.tick);
    },
    keyframe: () => bytes(world.tick),
    viewer: (app: FakeApp, sub: number): WatchedViewer => {
      let has = -1;
      const after = (tick: number): number | undefined => loud[firstAfter(loud, tick)];
      const read = (frame: Uint8Array): void => {
        if (frame[0] !== FRAME.roomState && frame[0] !== FRAME.roomStatePatch) return;
        watched.frames++;
        const view = new DataView(frame.buffer, frame.byteOffset);
        for (let at = 1; at < frame.length; at += 6) { // four bytes and the two between bodies
          const tick = view.getUint32(at, true);
          if (frame[0] === FRAME.roomState) watched.keyframes++;
          else if (after(has) !== tick) watched.mismatches.push(`tick ${tick} after ${has}`);
          has = tick;
        }
      };
      const socket = new FakeSocket(app, read);
      const watched = { viewer: viewerOn(socket, sub), socket, mismatches: [] as string[], frames: 0, keyframes: 0, upToDate: () => after(has) === undefined };
      return watched;
    },
  };
  return world;
};

const firstAfter = (sorted: readonly number[], tick: number): number => {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! <= tick) low = middle + 1;
    else high = middle;
  }
  return low;
};
