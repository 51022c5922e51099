import { CLOSE, CrowdcueError, type ErrorCode, LIMITS } from '@crowdcue/protocol';
import type { Logger } from 'pino';
import type { Clock } from './clock.js';
import { WireSocket } from './wire-socket.js';

/** First and longest pause before a link is opened again, ms; the pause is jittered so that relays do not come back in step. */
const BACKOFF_MS = 200;
/** A room that died is open elsewhere within seconds; until then an origin says so at once, and cheaply. */
const BACKOFF_MAX_MS = 1_000;
/**
 * A link that says nothing for this long is dead, whatever TCP thinks: an origin sends a frame every 50 ms and answers pings. Longer than
 * a room's lease, so that whoever asks then finds its next holder.
 */
const SILENT_MS = 3_500;
const PING_MS = 1_500;
const HANDSHAKE_MS = 5_000;

/** Codes with which a room ends a link for good. */
export const FINAL: ReadonlyMap<number, ErrorCode> = new Map<number, ErrorCode>([
  [CLOSE.relay_forbidden, 'relay_forbidden'],
  [CLOSE.relay_superseded, 'relay_superseded'],
  [CLOSE.event_ended, 'event_ended'],
  [CLOSE.event_unknown, 'event_unknown'],
  [CLOSE.room_unsupported, 'room_unsupported'],
]);
const FINAL_ERRORS: ReadonlySet<ErrorCode> = new Set(FINAL.values());

/** What a link tells its channel. */
export interface LinkEvents {
  /** The first frame of a new connection; answers whether it may stay. */
  greeting(frame: Uint8Array): boolean;
  frame(frame: Uint8Array): void;
  lost(): void;
  /** It will not come back, and why. */
  final(code: ErrorCode): void;
}

type LinkState =
  | { readonly kind: 'pausing'; readonly timer: NodeJS.Timeout }
  | { readonly kind: 'reserving' }
  | { readonly kind: 'connecting'; readonly socket: WireSocket; readonly since: number }
  | { readonly kind: 'up'; readonly socket: WireSocket }
  | { readonly kind: 'closed' };

/**
 * One upstream connection to a room, opened the Colyseus way (reserve a seat, connect to it) and opened again with growing pauses for
 * as long as its channel wants it. It speaks LINK frames only; the first one down is the greeting.
 */
export class Link {
  #state: LinkState = { kind: 'reserving' };
  #attempts = 0;
  #heardAt = 0;
  #pingedAt = 0;

  /** `reserve` asks for a seat and answers the address of its socket; it throws what the origin said. */
  constructor(
    private readonly reserve: () => Promise<string>,
    private readonly events: LinkEvents,
    private readonly clock: Clock,
    private readonly log: Logger,
    private readonly finals = FINAL,
  ) {}

  get up(): boolean {
    return this.#state.kind === 'up';
  }

  /** Milliseconds since the origin was last heard. */
  quietMs(now: number): number {
    return now - this.#heardAt;
  }

  open(): void {
    this.#state = { kind: 'reserving' };
    this.reserve().then((address) => this.#connect(address), (error: unknown) => this.#refused(error));
  }

  /** Whether the frame was taken; what is not taken must be sent again after the next greeting. */
  send(frame: Uint8Array): boolean {
    if (this.#state.kind !== 'up' || !this.#state.socket.isOpen) return false;
    this.#state.socket.send(frame);
    return true;
  }

  /** Drops the connection and opens another one. */
  reset(why: string): void {
    this.log.warn({ why }, 'link reset');
    this.#terminate();
  }

  /** Called every second or so: a half-open connection is noticed here. */
  check(now: number): void {
    const state = this.#state;
    if (state.kind === 'connecting' && now - state.since > SILENT_MS) this.reset('no greeting');
    if (state.kind !== 'up') return;
    if (now - this.#heardAt > SILENT_MS) {
      this.reset('silent');
    } else if (now - this.#heardAt > PING_MS / 2 && now - this.#pingedAt > PING_MS) {
      this.#pingedAt = now;
      state.socket.ping();
    }
  }

  close(): void {
    const state = this.#state;
    this.#state = { kind: 'closed' };
    if (state.kind === 'pausing') clearTimeout(state.timer);
    if (state.kind === 'connecting' || state.kind === 'up') state.socket.close(1000);
  }

  #terminate(): void {
    const state = this.#state;
    if (state.kind === 'connecting' || state.kind === 'up') state.socket.destroy();
  }

  #connect(address: string): void {
    if (this.#state.kind === 'closed') return;
    const socket: WireSocket = new WireSocket(new URL(address), {
      message: (frame) => this.#received(socket, frame),
      pong: () => { this.#heardAt = this.clock.now(); },
      close: (code, reason) => {
        if (reason !== '') this.log.debug({ code, reason }, 'link closed');
        this.#closed(socket, code);
      },
    }, { maxPayload: LIMITS.linkFrameBytes, handshakeMs: HANDSHAKE_MS });
    this.#state = { kind: 'connecting', socket, since: this.clock.now() };
  }

  #received(socket: WireSocket, data: Uint8Array): void {
    const state = this.#state;
    if ((state.kind !== 'connecting' && state.kind !== 'up') || state.socket !== socket) return;
    this.#heardAt = this.clock.now();
    try {
      if (state.kind === 'up') {
        this.events.frame(data);
        return;
      }
      this.#state = { kind: 'up', socket };
      if (this.events.greeting(data)) this.#attempts = 0;
      else this.reset('older epoch');
    } catch (error) {
      if (!(error instanceof CrowdcueError)) throw error;
      this.reset(`bad frame: ${error.code}`);
    }
  }

  #closed(socket: WireSocket, code: number): void {
    const state = this.#state;
    if ((state.kind !== 'connecting' && state.kind !== 'up') || state.socket !== socket) return;
    const final = this.finals.get(code);
    if (state.kind === 'up') this.events.lost();
    if (final === undefined) this.#pause(`closed ${code}`);
    else this.#finish(final);
  }

  #refused(error: unknown): void {
    if (this.#state.kind === 'closed') return;
    if (error instanceof CrowdcueError && FINAL_ERRORS.has(error.code)) this.#finish(error.code);
    else this.#pause(error instanceof Error ? error.message : String(error));
  }

  #finish(code: ErrorCode): void {
    this.#state = { kind: 'closed' };
    this.log.warn({ code }, 'link ended for good');
    this.events.final(code);
  }

  #pause(why: string): void {
    const full = Math.min(BACKOFF_MAX_MS, BACKOFF_MS * 2 ** Math.min(this.#attempts, 10));
    const pauseMs = Math.round(full * (0.5 + this.clock.random() / 2));
    if (this.#attempts++ === 0) this.log.info({ why, pauseMs }, 'link down');
    else this.log.debug({ why, pauseMs }, 'link still down');
    this.#state = { kind: 'pausing', timer: setTimeout(() => this.open(), pauseMs) };
  }
}
