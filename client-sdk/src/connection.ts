import { CLOSE, SUBPROTOCOL } from '@crowdcue/protocol';
import { OPEN, type WebSocketClass, type WebSocketLike } from './web-socket.js';

/** From the first byte to the first keyframe, beside the delay by which a picture may have to be waited for; a relay that needs longer is given up for another. */
const JOIN_MS = 8_000;
/** Every so often a question goes out, which is also the sign of life of a quiet room. */
const ASK_MS = 5_000;
/** The first questions come quickly, so that event time is good before a first round. */
const EAGER_MS = [100, 300, 1_000];
/** A question without any frame after it for this long: the connection is half-open. */
const SILENCE_MS = 8_000;
/** What the policy is told when there was no close code: nothing arrived, or nothing usable. */
export const BROKEN = { silent: 1006, garbage: 1011 } as const;

export interface ConnectionEvents {
  frame(frame: Uint8Array): void;
  /** Once. Nothing comes after it. */
  down(code: number, reason: string): void;
  /** The next question about event time. */
  ask(): Uint8Array;
  now(): number;
}

/** Where and as whom to connect. */
export interface Address {
  /** WebSocket base address of a relay; `http` is taken for `ws`. */
  readonly relay: string;
  readonly event: string;
  readonly token: string;
  readonly sessionId: string;
  /** Whether the decoder is there already. */
  readonly resume: boolean;
  /** How late the picture is, whole ms. */
  readonly delay: number;
}

/** One socket: joins by the direct door, notices when it is dead, and ends exactly once. */
export class Connection {
  readonly #socket: WebSocketLike;
  readonly #events: ConnectionEvents;
  #timer: ReturnType<typeof setTimeout>;
  #asked = 0;
  #unanswered: number | undefined;
  #down = false;

  constructor(Socket: WebSocketClass, address: Address, events: ConnectionEvents) {
    this.#events = events;
    const url = `${address.relay.replace(/^http/, 'ws').replace(/\/+$/, '')}/live/${encodeURIComponent(address.event)}`;
    const protocols = [SUBPROTOCOL, `token.${address.token}`, `session.${address.sessionId}`, 'queue.1'];
    if (address.resume) protocols.push('resume.1');
    if (address.delay > 0) protocols.push(`delay.${address.delay}`); // older relays pass over it
    const socket = new Socket(url, protocols);
    this.#socket = socket;
    this.#timer = setTimeout(() => this.drop(CLOSE.join_timeout, 'join_timeout'), JOIN_MS + address.delay);
    socket.binaryType = 'arraybuffer';
    socket.onmessage = ({ data }) => {
      if (this.#down) return;
      this.#unanswered = undefined;
      if (!(data instanceof ArrayBuffer)) return this.drop(BROKEN.garbage, 'frame_text');
      return events.frame(new Uint8Array(data));
    };
    socket.onerror = () => {}; // a close follows
    socket.onclose = ({ code, reason }) => this.#end(code, reason);
  }

  /** The first keyframe is here, or the relay has said that there is a line: from now on only silence ends it. */
  live(): void {
    clearTimeout(this.#timer);
    this.#ask();
  }

  /** False when the frame could not leave. */
  send(frame: Uint8Array): boolean {
    if (this.#down || this.#socket.readyState !== OPEN) return false;
    this.#socket.send(frame as Uint8Array<ArrayBuffer>);
    return true;
  }

  /** Ends it from our side; the socket may take its time. */
  drop(code: number, reason: string, wireCode?: number): void {
    this.#end(code, reason);
    try {
      this.#socket.close(wireCode);
    } catch {
      // it was not even open
    }
  }

  #ask(): void {
    const now = this.#events.now();
    if (this.#unanswered !== undefined && now - this.#unanswered > SILENCE_MS) return this.drop(BROKEN.silent, 'silent');
    if (this.#down) return undefined;
    if (this.send(this.#events.ask())) this.#unanswered ??= now;
    this.#timer = setTimeout(() => this.#ask(), EAGER_MS[this.#asked++] ?? ASK_MS);
    return undefined;
  }

  #end(code: number, reason: string): void {
    if (this.#down) return;
    this.#down = true;
    clearTimeout(this.#timer);
    this.#events.down(code, reason);
  }
}
