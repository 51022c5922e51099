import { encodeRoomData, FRAME, TIER_PERIODS } from '@crowdcue/protocol';
import type { Viewer } from '../../src/viewers.js';
import { type FakeApp, FakeSocket, viewerOn } from './fake-sockets.js';

/** One position of what a room has said, as the rule of cohorts has it and not as the relay keeps it. */
interface Said { readonly tick: number; readonly at: number; readonly shifted: boolean; readonly loud: boolean; readonly start: boolean }

/** What a room has said so far, and when a viewer of a delay may see it. States are their position's number. */
export class LateWorld {
  readonly said: Said[] = [];
  readonly #due = new Map<number, number[]>();

  add(said: Said): Uint8Array {
    this.said.push(said);
    return said.loud ? bytes(this.said.length - 1) : new Uint8Array(0);
  }

  get last(): number {
    return this.said.length - 1;
  }

  keyframe(position = this.last): Uint8Array {
    return bytes(position);
  }

  /** due(t) = max(due(t - 1), arrival(t) + (shifted(t) ? D : 0)), as it is defined. */
  due(position: number, delay: number): number {
    let dues = this.#due.get(delay);
    if (dues === undefined) this.#due.set(delay, (dues = []));
    for (let i = dues.length; i <= position; i++) {
      const { at, shifted } = this.said[i]!;
      dues.push(Math.max(dues[i - 1] ?? Number.NEGATIVE_INFINITY, at + (shifted ? delay : 0)));
    }
    return dues[position]!;
  }

  /** The position that is due last at `now`. */
  reached(now: number, delay: number): number {
    let position = this.last;
    while (position >= 0 && this.due(position, delay) > now) position--;
    return position;
  }

  /** The next position after one that shows something new. */
  next(position: number): number | undefined {
    for (let i = position + 1; i < this.said.length; i++) if (this.said[i]!.loud || this.said[i]!.start) return i;
    return undefined;
  }
}

const bytes = (n: number): Uint8Array => new Uint8Array(new Uint32Array([n]).buffer);

/** Private state that tells its position and whether it is timed. */
export const privateAt = (position: number, timed: boolean): Uint8Array => encodeRoomData('__me', new Uint8Array([timed ? 1 : 0, ...bytes(position)]));
const PRIVATE_HEAD = encodeRoomData('__me', new Uint8Array(0)).length;

/** A viewer that holds everything that it is written against the rule. */
export class LateViewer {
  readonly socket: FakeSocket;
  readonly viewer: Viewer;
  readonly faults: string[] = [];
  /** Last position that it was shown; -1 before the first keyframe. */
  has = -1;
  #back = -1;
  #lastPrivate = -1;
  /** Last position that was written to it. */
  #shown = -1;
  frames = 0;
  keyframes = 0;
  /** Positions of the private states that it got, and the last one that was for it. */
  readonly privates: number[] = [];
  sentPrivate = -1;
  /** The last one that was said while it had no delay. */
  promptPrivate = -1;
  readonly enteredAt: number;
  /** Since when it was in its lane, reading. */
  steadySince: number;

  constructor(app: FakeApp, readonly world: LateWorld, sub: number, readonly now: () => number) {
    this.socket = new FakeSocket(app, (frame) => this.#read(frame));
    const take = this.socket.take.bind(this.socket);
    this.socket.take = (frame) => { // what is written counts, whenever it is read
      this.#written(frame);
      take(frame);
    };
    this.viewer = viewerOn(this.socket, sub);
    this.enteredAt = this.steadySince = now();
  }

  get delay(): number {
    return this.viewer.lane!.cohort.delay;
  }

  /** What the rule owes it by now and it has not got. */
  late(slack: number): string | undefined {
    const { world, viewer } = this;
    const period = TIER_PERIODS[viewer.tier];
    if (this.socket.stalled || viewer.state.kind === 'behind' || viewer.missed || this.delay === 0) return undefined;
    const now = this.now();
    if (this.has < 0) {
      return now - this.enteredAt > this.delay + period + slack ? `nothing since ${this.enteredAt}` : undefined;
    }
    const next = world.next(this.has);
    if (next === undefined) return undefined;
    const due = Math.max(world.due(next, this.delay), this.steadySince);
    return now - due > period + slack ? `position ${next} was due at ${due}, it is ${now}` : undefined;
  }

  /** Whether it stands before what it had once, which only happens inside one write. */
  wentBack(): boolean {
    return !this.socket.stalled && this.has < this.#back && this.world.next(this.has) !== undefined && this.world.next(this.has)! <= this.#back;
  }

  #fault(what: string): void {
    if (this.faults.length < 3) this.faults.push(`at ${this.now()}, delay ${this.viewer.lane?.cohort.delay}, tier ${this.viewer.tier}: ${what}`);
  }

  #written(frame: Uint8Array): void {
    const view = new DataView(frame.buffer, frame.byteOffset);
    if (frame[0] === FRAME.roomData) {
      const position = view.getUint32(PRIVATE_HEAD + 1, true);
      // Told again after it had been away, or of a picture that it was shown before it went to a longer delay: that is nothing new;
      // and what was said while it was prompt was for then.
      const again = position <= Math.max(this.#lastPrivate, this.promptPrivate, this.#shown);
      this.#lastPrivate = position;
      if (frame[PRIVATE_HEAD] === 1 && !again) this.#notEarly(position, 'private state');
    } else if (isState(frame)) {
      for (let at = 1; at < frame.length; at += STRIDE) {
        this.#notEarly(view.getUint32(at, true), 'state');
        this.#shown = Math.max(this.#shown, view.getUint32(at, true));
      }
    }
  }

  #read(frame: Uint8Array): void {
    const view = new DataView(frame.buffer, frame.byteOffset);
    if (frame[0] === FRAME.roomData) {
      const position = view.getUint32(PRIVATE_HEAD + 1, true);
      if (position < (this.privates.at(-1) ?? -1)) this.#fault(`private state of ${position} after ${this.privates.at(-1)}`);
      this.privates.push(position);
      return;
    }
    if (!isState(frame)) return;
    this.frames++;
    for (let at = 1; at < frame.length; at += STRIDE) {
      const position = view.getUint32(at, true);
      if (frame[0] === FRAME.roomState) {
        this.keyframes++;
        this.#back = Math.max(this.#back, this.has); // an older keyframe is fine when the log after it comes with it
      } else if (this.world.next(this.has) !== position || this.world.said[position]!.start) {
        this.#fault(`position ${position} after ${this.has}`);
      }
      this.has = position;
    }
  }

  #notEarly(position: number, what: string): void {
    const due = this.world.due(position, this.viewer.lane!.cohort.delay);
    if (due > this.now() + 1e-6) this.#fault(`${what} of ${position} is due at ${due}`);
  }
}

/** Four bytes and the two between bodies. */
const STRIDE = 6;
const isState = (frame: Uint8Array): boolean => frame[0] === FRAME.roomState || frame[0] === FRAME.roomStatePatch;
