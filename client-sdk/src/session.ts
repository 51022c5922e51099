/**
 * One viewer's stay in a room. Life: connecting → live ⇄ reconnecting → closed, which is final. What the viewer sees (state, me,
 * pending actions) outlives connections; what is pending outlives the page.
 * This is what a page may call. What happens on the wire is in session-core.ts; what is rarely used is loaded with its first use: claims.ts,
 * requests.ts, caption-feed.ts.
 */
import type { ClaimWords, CrowdView, MeView, ReceiptView, StreamDelay, ViewerDrop } from '@crowdcue/protocol';
import type { ActionHandle } from './action-queue.js';
import type { Claims } from './claims.js';
import { late } from './late.js';
import { LateCaptions } from './late-captions.js';
import { SessionCore } from './session-core.js';
import type { Opening, SessionEvents, SessionParts, SessionStatus, TierName } from './session-events.js';

export type { SessionEnd, SessionEvents, TierName } from './session-events.js';

/** Made by {@link connect}. */
export class Session {
  readonly #parts: SessionParts;
  readonly #core: SessionCore;
  readonly #captions: LateCaptions;
  /** What goes over HTTP, once something did. */
  #claims: Promise<Claims> | undefined;

  /** @internal */
  constructor(parts: SessionParts, opening: Opening) {
    this.#parts = parts;
    this.#core = new SessionCore(parts, opening);
    this.#captions = new LateCaptions(this, this.#core.emitter, parts.clock.random);
  }

  /** @internal */
  start(): void {
    this.#core.start();
  }

  /** Where the session stands; `queued` is connected, and in line to get in. */
  get status(): SessionStatus {
    return this.#core.status;
  }

  /** The viewer's own standing, once known. */
  get me(): MeView | undefined {
    return this.#core.me;
  }

  /** Whether the room stands still; actions are kept meanwhile. */
  get hold(): boolean {
    return this.#core.hold;
  }

  /** Calls `listener` on each event of this type until the returned function is called. */
  on<K extends keyof SessionEvents>(type: K, listener: (value: SessionEvents[K]) => void): () => void {
    const off = this.#core.emitter.on(type, listener);
    if (type !== 'caption') return off;
    this.#captions.wanted();
    return () => {
      off();
      this.#captions.wanted();
    };
  }

  /** The same as `on('state', …)`. */
  onStateChange(listener: (state: CrowdView) => void): () => void {
    return this.#core.emitter.on('state', listener);
  }

  /** Messages of the room that are not the SDK's own. */
  onMessage(type: string | number, listener: (payload: unknown) => void): () => void {
    return this.#core.messages.on(String(type), listener);
  }

  /** The shared state, a live object; there from the moment that connect() resolves. */
  get state(): CrowdView | undefined {
    return this.#core.mirror.state;
  }

  /** Event id, viewer number and public name. */
  get viewer(): { readonly event: string; readonly viewer: number; readonly name: string } {
    const { evt, sub, name } = this.#parts.access.claims;
    return { event: evt, viewer: sub, name };
  }

  get sessionId(): string {
    return this.#core.actions.store.id;
  }

  /** Actions that are not settled, oldest first; after a reload those of before it too. */
  get pending(): readonly ActionHandle[] {
    return this.#core.actions.pending;
  }

  /** Event time now, ms: the host's clock for cue, round and window. Never goes back; undefined until the first welcome. */
  eventTime(): number | undefined {
    return this.#core.clock.time();
  }

  /** By how much {@link eventTime} may be wrong, ms: half the smallest round trip of late. Undefined before the first. */
  get clockError(): number | undefined {
    const { rtt } = this.#core.clock;
    return rtt && rtt / 2;
  }

  /** Event time in the viewer's picture, ms: event time less the delay in effect. It goes back when the delay grows. */
  streamTime(): number | undefined {
    const time = this.#core.clock.time();
    return time === undefined ? undefined : time - this.#core.delay.inEffect;
  }

  /**
   * One action in the running round, pending until the room has settled it.
   * @param action `choice` is the index into the game's choices; `value` is the game's, 0 by default
   * @throws CrowdcueError `action_bad_choice`, `action_bad_value`, `round_none` for what no room could take
   */
  act(action: { readonly choice: number; readonly value?: number; readonly round?: number }): ActionHandle {
    return this.#core.actions.act(action.choice, action.value ?? 0, action.round ?? this.state?.round ?? 0);
  }

  /** One tap; taps within 100 ms become one action whose value is their number. */
  tap(choice: number): void {
    this.#core.tap(choice);
  }

  /** Sends a message to the room; false when there is no connection. Messages leave in order and are not repeated. */
  async send(type: string | number, payload?: unknown): Promise<boolean> {
    const { encodeMessage } = await late(import('./requests.js'));
    return this.#core.send(encodeMessage(type, payload));
  }

  /** Asks the room and waits for its answer; rejects with `unavailable` when the connection breaks first. */
  async request(type: string | number, payload?: unknown): Promise<unknown> {
    const { Requests } = await late(import('./requests.js'));
    return (this.#core.requests ??= new Requests()).ask((frame) => this.#core.send(frame), type, payload);
  }

  /**
   * Claims a drop: the receipt, granted or refused. The same key is used until the answer is final, so that a try whose answer
   * was lost is not a second claim. A receipt may also be `entered` (a ticket in a lot) or `reserved` (to be bought at its `url`).
   * @param said where the viewer lives and how old they are, for drops whose `terms` ask for it
   * @throws CrowdcueError `claim_not_unlocked`, `claim_unknown_drop`, …; `unavailable` when the origin stays out of reach
   */
  async claim(drop: string, said?: ClaimWords): Promise<ReceiptView> {
    return (await this.#http()).claim(drop, said);
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

  /** Says that this viewer has seen the event's sponsor; the origin counts a viewer once. Rejects where it could not be told. */
  async seen(): Promise<void> {
    return (await this.#http()).seen();
  }

  #http(): Promise<Claims> {
    return (this.#claims ??= late(import('./claims.js')).then(({ Claims }) => new Claims(this.#parts), (error: unknown) => {
      this.#claims = undefined;
      throw error;
    }));
  }

  /** How often the relay writes; a page that is not looked at is `hidden` whatever was set. */
  setTier(tier: TierName): void {
    this.#core.setTier(tier);
  }

  /**
   * Says how late the picture is behind the host's, and how well that is known, ms. The relay holds rounds in stream time back by it,
   * from the next time on that the viewer sees no round. Said again on every connection.
   * @throws CrowdcueError `bad_request` when either is negative or no number
   */
  setDelay(delay: StreamDelay): void {
    this.#core.setDelay(delay);
  }

  /** Ends the stay. What is not confirmed by now is lost. */
  leave(): void {
    this.#core.leave();
  }
}
