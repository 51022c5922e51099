/**
 * The inside of a session: what comes over the wire and what leaves, one connection after the other. It puts the parts together and holds
 * no rule of its own: actions are in action-queue.ts, connections in reconnector.ts, state in state-mirror.ts. What a page may call is
 * session.ts, which alone holds this.
 */
import { CLOSE, CrowdcueError, FRAME, type ErrorCode, type MeView, type QueuePlace, type StreamDelay } from '@crowdcue/protocol';
import { ActionQueue } from './action-queue.js';
import type { Connection } from './connection.js';
import { Emitter } from './emitter.js';
import { EventClock } from './event-clock.js';
import { isErrorCode } from './http.js';
import { receive, type Inbound } from './inbound.js';
import { watchPage } from './page.js';
import { PictureDelay } from './picture-delay.js';
import { Reconnector } from './reconnector.js';
import type { Requests } from './requests.js';
import type { Opening, SessionEnd, SessionEvents, SessionParts, SessionStatus, TierName } from './session-events.js';
import { SessionStore } from './session-store.js';
import { StateMirror } from './state-mirror.js';
import { Tapper } from './tapper.js';
import { WriteRate } from './write-rate.js';

/** Made by a {@link Session}. */
export class SessionCore {
  readonly emitter = new Emitter<SessionEvents>();
  /** Messages of the room, by type. */
  readonly messages = new Emitter<Record<string, unknown>>();
  readonly mirror = new StateMirror();
  readonly clock: EventClock;
  readonly actions: ActionQueue;
  readonly delay: PictureDelay;
  /** Requests that were made, once one was. */
  requests: Requests | undefined;
  status: SessionStatus = 'connecting';
  me: MeView | undefined;
  hold = false;
  readonly #parts: SessionParts;
  readonly #opening: Opening;
  readonly #taps = new Tapper((choice, value, round) => void this.actions.act(choice, value, round));
  readonly #reconnector: Reconnector;
  /** The delay that the present connection came with, ms. */
  #dialledDelay = 0;
  readonly #unwatch: () => void;
  /** Frames that came before the caller of connect() could listen; undefined once it can. */
  #early: Uint8Array[] | undefined = [];
  #connection: Connection | undefined;
  #live = false;
  /** connect() has resolved. */
  #waited = false;
  readonly #rate: WriteRate;

  constructor(parts: SessionParts, opening: Opening) {
    const { access, clock } = parts;
    this.#parts = parts;
    this.#opening = opening;
    this.#rate = new WriteRate(parts.tier, (frame) => this.send(frame));
    this.clock = new EventClock(clock.now);
    this.delay = new PictureDelay(parts.delay);
    const { evt, sub } = access.claims;
    this.actions = new ActionQueue(new SessionStore(parts.sessionStorage, evt, sub), clock, {
      send: (frame) => this.send(frame),
      confirmed: (handles) => this.emitter.emit('confirm', handles),
      refused: (handle) => this.emitter.emit('refused', handle),
      isOn: (round) => this.mirror.state?.phase === 'live' && this.mirror.state.round === round,
    });
    this.#reconnector = new Reconnector(access, parts.policy, parts.Socket, clock, {
      frame: (frame) => this.#receive(frame),
      ask: () => this.clock.ask(),
      dialled: (connection) => (this.#connection = connection),
      down: () => this.#down(),
      waiting: (attempt, delayMs, code) => this.emitter.emit('reconnecting', { attempt, delayMs, code }),
      stopped: (code, reason) => this.#stopped({ code, reason }),
      resume: () => this.mirror.resumable,
      delay: () => (this.#dialledDelay = this.delay.declared),
      sessionId: () => this.#sessionFor(access.claims.sub),
    });
    this.#unwatch = watchPage({
      visible: (on) => this.#see(on),
      online: () => this.#reconnector.hurry(),
      leaving: () => this.#taps.flush(),
    });
  }

  start(): void {
    this.#reconnector.start();
  }

  tap(choice: number): void {
    if (this.status !== 'closed') this.#taps.tap(choice, this.mirror.state?.round ?? 0);
  }

  setTier(tier: TierName): void {
    this.#rate.wish(tier);
  }

  setDelay(delay: StreamDelay): void {
    this.delay.set(delay);
    this.#sendDelay();
  }

  leave(): void {
    this.#taps.flush();
    this.send(new Uint8Array([FRAME.leaveRoom]));
    this.actions.store.forget();
    this.#reconnector.stop(CLOSE.consented, 'left');
  }

  /** False while there is nobody to send to. */
  send(frame: Uint8Array): boolean {
    return this.#live && (this.#connection?.send(frame) ?? false);
  }

  /** A renewed token that is somebody else's can't go on with this stay. */
  #sessionFor(viewer: number): string {
    const { store } = this.actions;
    if (viewer !== store.viewer) throw new CrowdcueError('token_expired');
    return store.id;
  }

  #see(on: boolean): void {
    if (!on) this.#taps.flush();
    else if (!this.#rate.visible) this.#reconnector.hurry();
    this.#rate.see(on);
  }

  #sendDelay(): void {
    const { frame } = this.delay;
    if (frame !== undefined) this.send(frame);
    this.#settleDelay();
  }

  #settleDelay(): void {
    const phase = this.mirror.state?.phase;
    if (phase !== 'armed' && phase !== 'live') this.delay.betweenRounds();
  }

  #receive(frame: Uint8Array): void {
    if (this.#early !== undefined && this.#live) return void this.#early.push(frame);
    try {
      receive(this.#inbound, frame);
    } catch (error) {
      this.mirror.reset();
      this.#reconnector.distrust((error as { code?: string }).code ?? 'internal');
    }
  }

  readonly #inbound: Inbound = {
    welcome: ({ eventTime, version }) => {
      this.clock.welcome(eventTime);
      this.delay.welcomed(version, this.#dialledDelay);
    },
    handshake: (reflection) => this.mirror.handshake(reflection),
    keyframe: (frame, offset) => {
      this.mirror.keyframe(frame, offset);
      if (!this.#live) this.#joined();
      else this.#changed();
    },
    patch: (frame, offset) => {
      this.mirror.patch(frame, offset);
      this.#changed();
    },
    me: (me) => this.emitter.emit('me', (this.me = me)),
    unlock: (unlock) => this.emitter.emit('unlock', unlock),
    hold: (on) => this.emitter.emit('hold', (this.hold = on)),
    message: (type, payload) => this.messages.emit(String(type), payload),
    response: (response) => this.requests?.answer(response),
    clock: (exchange) => {
      const answer = this.clock.exchange(exchange);
      if (answer !== undefined) this.send(answer);
    },
    confirm: (n) => this.actions.confirm(n),
    refused: (n, code) => this.actions.refuse(n, code),
    error: (error) => this.emitter.emit('error', error),
    queue: (place) => this.#queued(place),
    echo: (frame) => void this.send(frame),
  };

  #changed(): void {
    this.#settleDelay();
    if (this.mirror.state !== undefined) this.emitter.emit('state', this.mirror.state);
  }

  /** The first keyframe of a connection. */
  #joined(): void {
    const resumed = this.#early === undefined;
    this.#live = true;
    this.status = 'live';
    this.#reconnector.live();
    this.#rate.connected();
    this.#sendDelay();
    this.actions.open();
    const tell = (): void => {
      this.emitter.emit('connected', { relay: this.#reconnector.relay, resumed });
      this.#changed();
    };
    if (resumed) return tell();
    this.#waited = true;
    this.#opening.resolve();
    // Whoever awaits connect() gets to listen before anything else is told; `ws` may deliver several frames in one go.
    setTimeout(() => {
      tell();
      const early = this.#early ?? [];
      this.#early = undefined;
      for (const frame of early) this.#receive(frame);
    });
    return undefined;
  }

  /** In line: what is pending is kept, and offered when the viewer is in. */
  #queued(place: QueuePlace): void {
    if (this.status !== 'queued') {
      this.#pause();
      this.status = 'queued';
      this.#reconnector.queued();
    }
    if (this.#waited) this.emitter.emit('queue', place);
    else this.#parts.onQueue(place);
  }

  #down(): void {
    this.#connection = undefined;
    this.#pause();
    if (this.status !== 'connecting') this.status = this.#waited ? 'reconnecting' : 'connecting';
    this.clock.reset();
  }

  /** Nothing goes to the room until the next keyframe. */
  #pause(): void {
    this.#live = false;
    if (this.#early !== undefined) this.#early = []; // of a state that the next keyframe replaces
    this.actions.close();
    this.requests?.fail();
  }

  #stopped(end: SessionEnd): void {
    this.status = 'closed';
    this.#unwatch();
    const code: ErrorCode = isErrorCode(end.reason) ? end.reason : 'unavailable';
    this.actions.end(code);
    this.#opening.reject(end);
    this.emitter.emit('closed', end);
  }
}
