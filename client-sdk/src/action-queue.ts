/**
 * A session's actions from the tap to their settlement. Life of one: pending (shown, numbered, stored) → offered on a connection →
 * confirmed or refused. After a reconnect or a reload everything pending is offered again in order of its numbers; what the origin
 * has already applied falls there by number.
 *
 * Invariants: numbers rise by one and are never used twice; an action that was refused for now gets a new number, because numbers
 * above its own may have been applied; on a connection offers leave in order and never faster than a relay takes them.
 */
import { CrowdcueError, encodeAction, ERRORS, LIMITS, type ErrorCode } from '@crowdcue/protocol';
import type { Clock } from './clock.js';
import type { SessionStore } from './session-store.js';

/** One action of the viewer, live: `status` changes when the room has settled it. */
export interface ActionHandle {
  /** Number within the session; changes when it is offered anew after a refusal that was only for now. */
  readonly n: number;
  readonly round: number;
  readonly choice: number;
  readonly value: number;
  readonly status: 'pending' | 'confirmed' | 'refused';
  /** Why it was refused. */
  readonly code: ErrorCode | undefined;
  /** Resolves with this handle when it is settled; never rejects. */
  readonly settled: Promise<ActionHandle>;
}

type Pending = { -readonly [K in keyof ActionHandle]: ActionHandle[K] } & { resolve(handle: ActionHandle): void };

/** Burst and refill of offers: together no second has more than a relay passes on. */
const OFFERS_PER_SECOND = LIMITS.viewerActionsPerSecond / 2;
/** What waits for a settlement at most; a crowd's best thumb needs 20 s of outage for it. */
const MAX_PENDING = 200;
/** Stands in the store for the number of an action that waits to be offered anew. */
const UNNUMBERED = 0;
/** Pause before a refusal for now is tried again, ms. */
const AGAIN_MS = 500;

export interface ActionQueueEvents {
  /** False when the frame could not leave. */
  send(frame: Uint8Array): boolean;
  confirmed(handles: readonly ActionHandle[]): void;
  refused(handle: ActionHandle): void;
  /** Whether the round still takes actions, as far as the state says. */
  isOn(round: number): boolean;
}

export class ActionQueue {
  #pending: Pending[] = [];
  /** Up to where this connection has been offered; undefined without one. */
  #offered: number | undefined;
  #credit = OFFERS_PER_SECOND;
  #creditAt = 0;
  #pump: ReturnType<typeof setTimeout> | undefined;
  /** Why nothing is taken any more. */
  #ended: ErrorCode | undefined;
  readonly #again = new Map<Pending, ReturnType<typeof setTimeout>>();

  constructor(readonly store: SessionStore, readonly clock: Clock, readonly events: ActionQueueEvents) {
    const stored = store.open();
    for (const [n, round, choice, value] of stored) this.#pending.push(this.#make(n === UNNUMBERED ? ++store.n : n, round, choice, value));
    this.#pending.sort((a, b) => a.n - b.n);
    this.#save();
  }

  /** What is not settled, oldest first. */
  get pending(): readonly ActionHandle[] {
    return [...this.#pending];
  }

  /** Shows at once, offers as soon as the connection takes it. Throws on what can't be an action at all. */
  act(choice: number, value: number, round: number): ActionHandle {
    if (!(Number.isInteger(choice) && choice >= 0 && choice <= 0xff)) throw new CrowdcueError('action_bad_choice');
    if (!(Number.isInteger(value) && value >= 0 && value <= LIMITS.actionValue)) throw new CrowdcueError('action_bad_value');
    if (!(Number.isInteger(round) && round >= 0)) throw new CrowdcueError('round_none');
    if (this.#ended !== undefined || this.#pending.length >= MAX_PENDING) {
      const refused = this.#settle(this.#make(0, round, choice, value), 'refused', this.#ended ?? 'action_rate');
      this.events.refused(refused);
      return refused;
    }
    const action = this.#make(++this.store.n, round, choice, value);
    this.#pending.push(action);
    this.#save();
    this.#offer();
    return action;
  }

  /** A connection is there: everything pending is offered on it. */
  open(): void {
    this.#offered = 0;
    this.#offer();
  }

  /** The connection is gone. */
  close(): void {
    this.#offered = undefined;
    clearTimeout(this.#pump);
    this.#pump = undefined;
  }

  /** Nothing will be settled any more. The store keeps what is pending: a reload may settle it yet. */
  end(code: ErrorCode): void {
    this.#ended = code;
    this.close();
    for (const timer of this.#again.values()) clearTimeout(timer);
    this.#again.clear();
    for (const action of this.#pending.splice(0)) this.#settle(action, 'refused', code);
  }

  /** Every action up to `n` is settled. */
  confirm(n: number): void {
    const done = this.#pending.filter((action) => action.n <= n && !this.#again.has(action));
    if (done.length === 0) return;
    this.#pending = this.#pending.filter((action) => !done.includes(action));
    this.#save();
    for (const action of done) this.#settle(action, 'confirmed', undefined);
    this.events.confirmed(done);
  }

  refuse(n: number, code: ErrorCode): void {
    const action = this.#pending.find((candidate) => candidate.n === n && !this.#again.has(candidate));
    if (action === undefined) return;
    // The SDK paces itself, so a refusal for its rate only means that the network bunched its frames.
    if (ERRORS[code].retryable || code === 'action_rate') {
      this.#again.set(action, setTimeout(() => this.#offerAnew(action, code), AGAIN_MS * (0.5 + this.clock.random())));
      this.#save();
      return;
    }
    this.#refuseForGood(action, code);
  }

  #offerAnew(action: Pending, code: ErrorCode): void {
    this.#again.delete(action);
    if (!this.events.isOn(action.round)) return this.#refuseForGood(action, code);
    action.n = ++this.store.n;
    this.#pending = [...this.#pending.filter((other) => other !== action), action];
    this.#save();
    this.#offer();
    return undefined;
  }

  #refuseForGood(action: Pending, code: ErrorCode): void {
    this.#pending = this.#pending.filter((other) => other !== action);
    this.#save();
    this.events.refused(this.#settle(action, 'refused', code));
  }

  #offer(): void {
    if (this.#offered === undefined || this.#pump !== undefined) return;
    const now = this.clock.now();
    this.#credit = Math.min(OFFERS_PER_SECOND, this.#credit + ((now - this.#creditAt) / 1000) * OFFERS_PER_SECOND);
    this.#creditAt = now;
    for (const action of this.#pending) {
      if (action.n <= this.#offered || this.#again.has(action)) continue;
      if (this.#credit < 1) {
        this.#pump = setTimeout(() => {
          this.#pump = undefined;
          this.#offer();
        }, Math.ceil(((1 - this.#credit) * 1000) / OFFERS_PER_SECOND));
        return;
      }
      if (!this.events.send(encodeAction(action))) return;
      this.#credit -= 1;
      this.#offered = action.n;
    }
  }

  #make(n: number, round: number, choice: number, value: number): Pending {
    let resolve: Pending['resolve'] = () => {};
    const settled = new Promise<ActionHandle>((done) => (resolve = done));
    return { n, round, choice, value, status: 'pending', code: undefined, settled, resolve };
  }

  #settle(action: Pending, status: 'confirmed' | 'refused', code: ErrorCode | undefined): ActionHandle {
    action.status = status;
    action.code = code;
    action.resolve(action);
    return action;
  }

  #save(): void {
    this.store.save(this.#pending.map((a) => [this.#again.has(a) ? UNNUMBERED : a.n, a.round, a.choice, a.value] as const));
  }
}
