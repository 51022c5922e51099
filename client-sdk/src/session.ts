/**
 * One viewer's stay in a room. Life: connecting → live ⇄ reconnecting → closed, which is final. What the viewer sees (state, me,
 * pending actions) outlives connections; what is pending outlives the page.
 * It puts the parts together and holds no rule of its own: actions are in action-queue.ts, connections in reconnector.ts,
 * state in state-mirror.ts, claims in claims.ts.
 */
import {
  CLOSE, CrowdcueError, DEFAULT_TIER, encodeTier, FRAME,
  type CrowdView, type ErrorCode, type ImpressionSlot, type MeView, type QueuePlace, type ReceiptView, type StreamDelay, type Tier, type ViewerDrop,
} from '@crowdcue/protocol';
import { ActionQueue, type ActionHandle } from './action-queue.js';
import type { Claims } from './claims.js';
import type { Connection } from './connection.js';
import { Emitter } from './emitter.js';
import { EventClock } from './event-clock.js';
import { isErrorCode } from './http.js';
import { receive, type Inbound } from './inbound.js';
import { late } from './late.js';
import { LateCaptions } from './late-captions.js';
import { watchPage } from './page.js';
import { PictureDelay } from './picture-delay.js';
import { Reconnector } from './reconnector.js';
import type { Requests } from './requests.js';
import { TIERS, type SessionEnd, type SessionEvents, type SessionParts, type TierName } from './session-events.js';
import { SessionStore } from './session-store.js';
import { StateMirror } from './state-mirror.js';
import { Tapper } from './tapper.js';

export type { SessionEnd, SessionEvents, TierName } from './session-events.js';

/** Made by {@link connect}. */
export class Session {
  readonly #parts: SessionParts;
  readonly #emitter = new Emitter<SessionEvents>();
  readonly #messages = new Emitter<Record<string, unknown>>();
  readonly #mirror = new StateMirror();
  readonly #clock: EventClock;
  /** Requests that were made, once one was. */
  #requests: Requests | undefined;
  /** What goes over HTTP, once something did. */
  #claims: Promise<Claims> | undefined;
  readonly #captions: LateCaptions;
  readonly #actions: ActionQueue;
  readonly #taps = new Tapper((choice, value, round) => void this.act({ choice, value, round }));
  readonly #reconnector: Reconnector;
  readonly #delay: PictureDelay;
  /** The delay that the present connection came with, ms. */
  #dialledDelay = 0;
  readonly #unwatch: () => void;
  readonly #opening: { resolve(): void; reject(end: SessionEnd): void };
  /** Frames that came before the caller of connect() could listen; undefined once it can. */
  #early: Uint8Array[] | undefined = [];
  #connection: Connection | undefined;
  #live = false;
  /** connect() has resolved. */
  #waited = false;
  #tier: TierName;
  #visible = true;
  #sentTier: Tier = DEFAULT_TIER;
  /** Where the session stands; `queued` is connected, and in line to get in. */
  status: 'connecting' | 'queued' | 'live' | 'reconnecting' | 'closed' = 'connecting';
  /** The viewer's own standing, once known. */
  me: MeView | undefined;
  /** Whether the room stands still; actions are kept meanwhile. */
  hold = false;

  /** @internal */
  constructor(parts: SessionParts, opening: { resolve(): void; reject(end: SessionEnd): void }) {
    const { access, clock } = parts;
    this.#parts = parts;
    this.#opening = opening;
    this.#tier = parts.tier;
    this.#clock = new EventClock(clock.now);
    this.#delay = new PictureDelay(parts.delay);
    this.#captions = new LateCaptions(this, this.#emitter, clock.random);
    const { evt, sub } = access.claims;
    this.#actions = new ActionQueue(new SessionStore(parts.sessionStorage, evt, sub), clock, {
      send: (frame) => this.#send(frame),
      confirmed: (handles) => this.#emitter.emit('confirm', handles),
      refused: (handle) => this.#emitter.emit('refused', handle),
      isOn: (round) => this.state?.phase === 'live' && this.state.round === round,
    });
    this.#reconnector = new Reconnector(access, parts.policy, parts.Socket, clock, {
      frame: (frame) => this.#receive(frame),
      ask: () => this.#clock.ask(),
      dialled: (connection) => (this.#connection = connection),
      down: () => this.#down(),
      waiting: (attempt, delayMs, code) => this.#emitter.emit('reconnecting', { attempt, delayMs, code }),
      stopped: (code, reason) => this.#stopped({ code, reason }),
      resume: () => this.#mirror.resumable,
      delay: () => (this.#dialledDelay = this.#delay.declared),
      sessionId: () => this.#sessionFor(access.claims.sub),
    });
    this.#unwatch = watchPage({
      visible: (on) => this.#see(on),
      online: () => this.#reconnector.hurry(),
      leaving: () => this.#taps.flush(),
    });
  }

  /** @internal */
  start(): void {
    this.#reconnector.start();
  }

  /** Calls `listener` on each event of this type until the returned function is called. */
  on<K extends keyof SessionEvents>(type: K, listener: (value: SessionEvents[K]) => void): () => void {
    const off = this.#emitter.on(type, listener);
    if (type !== 'caption') return off;
    this.#captions.wanted();
    return () => {
      off();
      this.#captions.wanted();
    };
  }

  /** The same as `on('state', …)`. */
  onStateChange(listener: (state: CrowdView) => void): () => void {
    return this.#emitter.on('state', listener);
  }

  /** Messages of the room that are not the SDK's own. */
  onMessage(type: string | number, listener: (payload: unknown) => void): () => void {
    return this.#messages.on(String(type), listener);
  }

  /** The shared state, a live object; there from the moment that connect() resolves. */
  get state(): CrowdView | undefined {
    return this.#mirror.state;
  }

  /** Event id, viewer number and public name. */
  get viewer(): { readonly event: string; readonly viewer: number; readonly name: string } {
    const { evt, sub, name } = this.#parts.access.claims;
    return { event: evt, viewer: sub, name };
  }

  get sessionId(): string {
    return this.#actions.store.id;
  }

  /** Actions that are not settled, oldest first; after a reload those of before it too. */
  get pending(): readonly ActionHandle[] {
    return this.#actions.pending;
  }

  /** Event time now, ms: the host's clock for cue, round and window. Never goes back; undefined until the first welcome. */
  eventTime(): number | undefined {
    return this.#clock.time();
  }

  /** By how much {@link eventTime} may be wrong, ms: half the smallest round trip of late. Undefined before the first. */
  get clockError(): number | undefined {
    const { rtt } = this.#clock;
    return rtt && rtt / 2;
  }

  /** Event time in the viewer's picture, ms: event time less the delay in effect. It goes back when the delay grows. */
  streamTime(): number | undefined {
    const time = this.#clock.time();
    return time === undefined ? undefined : time - this.#delay.inEffect;
  }

  /**
   * One action in the running round, pending until the room has settled it.
   * @param action `choice` is the index into the game's choices; `value` is the game's, 0 by default
   * @throws CrowdcueError `action_bad_choice`, `action_bad_value`, `round_none` for what no room could take
   */
  act(action: { readonly choice: number; readonly value?: number; readonly round?: number }): ActionHandle {
    return this.#actions.act(action.choice, action.value ?? 0, action.round ?? this.state?.round ?? 0);
  }

  /** One tap; taps within 100 ms become one action whose value is their number. */
  tap(choice: number): void {
    if (this.status !== 'closed') this.#taps.tap(choice, this.state?.round ?? 0);
  }

  /** Sends a message to the room; false when there is no connection. Messages leave in order and are not repeated. */
  async send(type: string | number, payload?: unknown): Promise<boolean> {
    const { encodeMessage } = await late(import('./requests.js'));
    return this.#send(encodeMessage(type, payload));
  }

  /** Asks the room and waits for its answer; rejects with `unavailable` when the connection breaks first. */
  async request(type: string | number, payload?: unknown): Promise<unknown> {
    const { Requests } = await late(import('./requests.js'));
    return (this.#requests ??= new Requests()).ask((frame) => this.#send(frame), type, payload);
  }

  /**
   * Claims a drop: the receipt, granted or refused. The same key is used until the answer is final, so that a try whose answer
   * was lost is not a second claim.
   * @throws CrowdcueError `claim_not_unlocked`, `claim_unknown_drop`, …; `unavailable` when the origin stays out of reach
   */
  async claim(drop: string): Promise<ReceiptView> {
    return (await this.#http()).claim(drop);
  }

  /** The event's drops as this viewer sees them. */
  async drops(): Promise<readonly ViewerDrop[]> {
    return (await this.#http()).drops();
  }

  /**
   * Asks the origin over HTTP as this viewer, at a path below the event's own: `GET`, or `POST` with a body. A token that is over is renewed.
   * @throws CrowdcueError the origin's refusal, or `unavailable`
   */
  async ask(path: string, body?: unknown): Promise<unknown> {
    return (await this.#http()).ask(path, body);
  }

  /** Says that this viewer has seen the event's sponsor; the origin counts a viewer once a slot. Rejects where it could not be told. */
  async seen(slot: ImpressionSlot): Promise<void> {
    return (await this.#http()).seen(slot);
  }

  #http(): Promise<Claims> {
    return (this.#claims ??= late(import('./claims.js')).then(({ Claims }) => new Claims(this.#parts), (error: unknown) => {
      this.#claims = undefined;
      throw error;
    }));
  }

  /** How often the relay writes; a page that is not looked at is `hidden` whatever was set. */
  setTier(tier: TierName): void {
    this.#tier = tier;
    this.#sendTier();
  }

  /**
   * Says how late the picture is behind the host's, and how well that is known, ms. The relay holds rounds in stream time back by it,
   * from the next time on that the viewer sees no round. Said again on every connection.
   * @throws CrowdcueError `bad_request` when either is negative or no number
   */
  setDelay(delay: StreamDelay): void {
    this.#delay.set(delay);
    this.#sendDelay();
  }

  /** Ends the stay. What is not confirmed by now is lost. */
  leave(): void {
    this.#taps.flush();
    this.#send(new Uint8Array([FRAME.leaveRoom]));
    this.#actions.store.forget();
    this.#reconnector.stop(CLOSE.consented, 'left');
  }

  #send(frame: Uint8Array): boolean {
    return this.#live && (this.#connection?.send(frame) ?? false);
  }

  /** A renewed token that is somebody else's can't go on with this stay. */
  #sessionFor(viewer: number): string {
    const { store } = this.#actions;
    if (viewer !== store.viewer) throw new CrowdcueError('token_expired');
    return store.id;
  }

  #see(on: boolean): void {
    if (!on) this.#taps.flush();
    else if (!this.#visible) this.#reconnector.hurry();
    this.#visible = on;
    this.#sendTier();
  }

  #sendTier(): void {
    const tier = TIERS[this.#visible ? this.#tier : 'hidden'];
    if (tier !== this.#sentTier && this.#send(encodeTier(tier))) this.#sentTier = tier;
  }

  #sendDelay(): void {
    const { frame } = this.#delay;
    if (frame !== undefined) this.#send(frame);
    this.#settleDelay();
  }

  #settleDelay(): void {
    const phase = this.state?.phase;
    if (phase !== 'armed' && phase !== 'live') this.#delay.betweenRounds();
  }

  #receive(frame: Uint8Array): void {
    if (this.#early !== undefined && this.#live) return void this.#early.push(frame);
    try {
      receive(this.#inbound, frame);
    } catch (error) {
      this.#mirror.reset();
      this.#reconnector.distrust((error as { code?: string }).code ?? 'internal');
    }
  }

  readonly #inbound: Inbound = {
    welcome: ({ eventTime, version }) => {
      this.#clock.welcome(eventTime);
      this.#delay.welcomed(version, this.#dialledDelay);
    },
    handshake: (reflection) => this.#mirror.handshake(reflection),
    keyframe: (frame, offset) => {
      this.#mirror.keyframe(frame, offset);
      if (!this.#live) this.#joined();
      else this.#changed();
    },
    patch: (frame, offset) => {
      this.#mirror.patch(frame, offset);
      this.#changed();
    },
    me: (me) => this.#emitter.emit('me', (this.me = me)),
    unlock: (unlock) => this.#emitter.emit('unlock', unlock),
    hold: (on) => this.#emitter.emit('hold', (this.hold = on)),
    message: (type, payload) => this.#messages.emit(String(type), payload),
    response: (response) => this.#requests?.answer(response),
    clock: (exchange) => {
      const answer = this.#clock.exchange(exchange);
      if (answer !== undefined) this.#send(answer);
    },
    confirm: (n) => this.#actions.confirm(n),
    refused: (n, code) => this.#actions.refuse(n, code),
    error: (error) => this.#emitter.emit('error', error),
    queue: (place) => this.#queued(place),
    echo: (frame) => void this.#send(frame),
  };

  #changed(): void {
    this.#settleDelay();
    if (this.state !== undefined) this.#emitter.emit('state', this.state);
  }

  /** The first keyframe of a connection. */
  #joined(): void {
    const resumed = this.#early === undefined;
    this.#live = true;
    this.status = 'live';
    this.#sentTier = DEFAULT_TIER;
    this.#reconnector.live();
    this.#sendTier();
    this.#sendDelay();
    this.#actions.open();
    const tell = (): void => {
      this.#emitter.emit('connected', { relay: this.#reconnector.relay, resumed });
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
    if (this.#waited) this.#emitter.emit('queue', place);
    else this.#parts.onQueue(place);
  }

  #down(): void {
    this.#connection = undefined;
    this.#pause();
    if (this.status !== 'connecting') this.status = this.#waited ? 'reconnecting' : 'connecting';
    this.#clock.reset();
  }

  /** Nothing goes to the room until the next keyframe. */
  #pause(): void {
    this.#live = false;
    if (this.#early !== undefined) this.#early = []; // of a state that the next keyframe replaces
    this.#actions.close();
    this.#requests?.fail();
  }

  #stopped(end: SessionEnd): void {
    this.status = 'closed';
    this.#unwatch();
    const code: ErrorCode = isErrorCode(end.reason) ? end.reason : 'unavailable';
    this.#actions.end(code);
    this.#opening.reject(end);
    this.#emitter.emit('closed', end);
  }
}
