import { CrowdcueError, type QueuePlace, type ReceiptView, type UnlockView } from '@crowdcue/protocol';
import { safeStorage } from '../storage.js';
import type { ActionHandle } from '../action-queue.js';
import type { ConnectOptions } from '../connect.js';
import { CAPTION_KEY, CAPTION_MESSAGE, FALLBACK_MESSAGE } from '../caption-key.js';
import { RewardSlot } from './reward-slot.js';
import type { GameSession, OpenSession } from './session-port.js';
import { endingOf, type Ending, type Notice } from './stage.js';

/** ms without a state after which the viewer is told to enjoy the show meanwhile: another relay is found in less. */
const AWAY_MS = 4_000;

/** What the keeper tells the element. */
export interface KeeperEvents {
  changed(): void;
  confirmed(handles: readonly ActionHandle[]): void;
  refused(handle: ActionHandle): void;
  unlocked(unlock: UnlockView): void;
  /** What became of a claim, in words; with the receipt of a grant. */
  told(words: string, receipt?: ReceiptView): void;
  /** The host shows something else when something fails. */
  fallback(view: unknown): void;
  /** Out of reach for longer than a moment. */
  away(): void;
  /** In reach after that; `again`: and in, as before. */
  back(again: boolean): void;
}

/**
 * Keeps the element's session: opens it, follows it, and says why there is none. Life: idle → opening → live … → ended; `start` begins
 * anew from anywhere, `stop` leaves. Reconnecting is the SDK's business and only shows here.
 */
export class SessionKeeper {
  session: GameSession | undefined;
  ended: { readonly ending: Ending; readonly code: string } | undefined;
  /** The place in line, while the viewer waits to get in. */
  queue: QueuePlace | undefined;
  /** What the room posted last, once the region for it is loaded; undefined while nobody needs one. */
  captions: unknown;
  /** Those of the present event. */
  rewards: RewardSlot;
  /** No relay is in reach, for longer than a moment; it is tried on. */
  away = false;
  /** The page has no network. */
  offline = false;
  /** The viewer was told of being out of reach, and not yet of the contrary. */
  #missed = false;
  /** The viewer was in since the keeper was started. */
  #entered = false;
  #event: string | undefined;
  #again: ((token: string) => void) | undefined;
  #abort: AbortController | undefined;
  #leaving: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly events: KeeperEvents) {
    this.rewards = this.#slot();
  }

  /** Whether there is a session, or one is on its way. */
  get started(): boolean {
    return this.#abort !== undefined;
  }

  get notice(): Notice | undefined {
    if (this.ended !== undefined) return undefined;
    if (this.away) return undefined; // said larger
    if (this.offline) return 'offline';
    if (this.session?.status === 'reconnecting') return 'reconnecting';
    if (this.session?.hold === true) return 'hold';
    return this.rewards.broken ? 'rewards' : undefined;
  }

  start(open: OpenSession, options: ConnectOptions): void {
    this.stop();
    if (this.#event !== undefined && this.#event !== options.event) this.rewards = this.#slot();
    this.#event = options.event;
    this.#again = (token) => this.start(open, { ...options, token });
    const abort = (this.#abort = new AbortController());
    this.#watchNetwork(abort.signal);
    this.#lost();
    open({ ...options, signal: abort.signal, onQueue: (place) => abort.signal.aborted || this.#queued(place) }).then(
      (session) => {
        if (abort.signal.aborted) session.leave();
        else this.#follow(session, abort.signal);
      },
      (error: unknown) => {
        if (!abort.signal.aborted) this.#end(error instanceof CrowdcueError ? error.code : 'internal');
      },
    );
    this.events.changed();
  }

  /** Rewards are a viewer's; whoever goes on as another sees that one's. */
  #slot(): RewardSlot {
    return new RewardSlot({
      changed: () => this.events.changed(), told: (words, receipt) => this.events.told(words, receipt),
      moved: ({ token }) => {
        this.rewards = this.#slot();
        this.rewards.show();
        this.#again?.(token);
      },
    });
  }

  /** Something was unlocked over HTTP: rewards are asked for. */
  refresh(): void {
    if (this.session !== undefined) void this.rewards.take(this.session);
  }

  /** Says so when the page can't even try. */
  misused(): void {
    this.stop();
    this.#end('bad_request');
  }

  stop(): void {
    this.#abort?.abort();
    this.#abort = undefined;
    this.session = this.ended = this.queue = this.captions = undefined;
    this.#entered = this.#missed = false;
    this.#calm();
  }

  #watchNetwork(signal: AbortSignal): void {
    const look = (): void => {
      this.offline = !navigator.onLine;
      if (this.offline && this.#leaving !== undefined) this.#lost();
      this.events.changed();
    };
    addEventListener('online', look, { signal });
    addEventListener('offline', look, { signal });
    this.offline = !navigator.onLine;
  }

  /** There is no state, or none that goes on. Without a network nobody need wait to be told. */
  #lost(): void {
    if (this.away || (this.#leaving !== undefined && navigator.onLine)) return;
    clearTimeout(this.#leaving);
    this.#leaving = setTimeout(() => {
      this.away = this.#missed = true;
      this.events.away();
      this.events.changed();
    }, navigator.onLine ? AWAY_MS : 0);
  }

  /** Nothing is out of reach, or nobody waits for it any more: nothing is said. */
  #calm(): void {
    clearTimeout(this.#leaving);
    this.#leaving = undefined;
    this.away = false;
  }

  /** The viewer is in: said to whoever was told otherwise. */
  #found(): void {
    this.#calm();
    if (this.#missed) this.events.back(this.#entered);
    this.#missed = false;
    this.#entered = true;
  }

  #follow(session: GameSession, signal: AbortSignal): void {
    this.session = session;
    this.queue = undefined;
    this.#found();
    const { events } = this;
    const offs = [
      session.on('state', () => (this.rewards.follow(session), events.changed())),
      session.on('me', () => events.changed()),
      session.onMessage(CAPTION_MESSAGE, (lines) => this.#caption(session, lines)),
      session.onMessage(FALLBACK_MESSAGE, (view) => events.fallback(view)),
      session.on('hold', () => events.changed()),
      session.on('reconnecting', () => (this.#lost(), this.#place(undefined))),
      session.on('queue', (place) => this.#queued(place)),
      session.on('connected', ({ resumed }) => {
        this.queue = undefined;
        this.#found();
        if (resumed) void this.rewards.take(session);
        events.changed();
      }),
      session.on('confirm', (handles) => (events.confirmed(handles), events.changed())),
      session.on('refused', (handle) => (events.refused(handle), events.changed())),
      session.on('unlock', (unlock) => {
        events.unlocked(unlock);
        this.rewards.unlock(unlock);
      }),
      session.on('closed', ({ code, reason }) => {
        this.session = undefined;
        this.#end(reason, code);
      }),
    ];
    signal.addEventListener('abort', () => offs.forEach((off) => off()), { once: true });
    if (safeStorage(undefined, 'localStorage').getItem(CAPTION_KEY) !== null) this.#caption(session, []); // reads them, or did
    session.setTier('focus');
    void this.rewards.take(session);
    events.changed();
  }

  /** Loads the region with the first caption. */
  #caption(session: GameSession, lines: unknown): void {
    void import('./captions.js').then(({ defineCaptions }) => {
      if (session !== this.session) return;
      defineCaptions();
      this.captions = lines;
      this.events.changed();
    }, () => undefined); // the next caption tries again
  }

  #queued(place: QueuePlace): void {
    this.#calm(); // whoever stands in line is in reach, and not in
    this.#place(place);
  }

  #place(place: QueuePlace | undefined): void {
    this.queue = place;
    this.events.changed();
  }

  #end(reason: string, code = 0): void {
    this.queue = this.captions = undefined;
    this.#missed = false;
    this.#calm();
    this.ended = { ending: endingOf({ reason, code }), code: reason };
    this.events.changed();
  }
}
