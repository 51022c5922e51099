/**
 * Keeps one connection up. Life: `start` → connecting → live → down → waiting → connecting … → stopped, which is final.
 * It goes where `relay-choice.ts` says, renews the token when it is over, and asks the policy for every wait. It knows no frame.
 */
import { CLOSE, closeForError, CrowdcueError } from '@crowdcue/protocol';
import type { Access } from './access.js';
import type { Clock } from './clock.js';
import { Connection, BROKEN, type ConnectionEvents } from './connection.js';
import type { ReconnectPolicy } from './reconnect-policy.js';
import { RelayChoice } from './relay-choice.js';
import type { WebSocketClass } from './web-socket.js';

/** A connection that lived this long was a good one: counting starts anew. */
const HEALTHY_MS = 5_000;
/** Viewers of a relay that drains move within this time, ms; nothing has failed, so nobody waits longer. */
const MOVE_MS = 500;

export interface ReconnectorEvents extends Pick<ConnectionEvents, 'frame' | 'ask'> {
  /** A socket was made; what comes from now on is of it. */
  dialled(connection: Connection): void;
  /** The connection is gone; `stopped` or another `dialled` follows. */
  down(): void;
  waiting(attempt: number, delayMs: number, code: number): void;
  stopped(code: number, reason: string): void;
  resume(): boolean;
  delay(): number;
  sessionId(): string;
}

export class Reconnector {
  #connection: Connection | undefined;
  readonly #choice: RelayChoice;
  #attempt = 0;
  #renewed = false;
  #renew = false;
  #liveSince: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopped = false;

  constructor(
    readonly access: Access,
    readonly policy: ReconnectPolicy,
    readonly Socket: WebSocketClass,
    readonly clock: Clock,
    readonly events: ReconnectorEvents,
  ) {
    this.#choice = new RelayChoice(access, Socket, clock);
  }

  /** The relay in use or tried last. */
  get relay(): string {
    return this.#choice.current;
  }

  start(): void {
    void this.#dial();
  }

  /** The first keyframe came. */
  live(): void {
    this.#liveSince = this.clock.now();
    this.#renewed = false;
    this.#choice.good();
    this.#connection?.live();
  }

  /** The relay keeps us in line: that takes as long as it takes. */
  queued(): void {
    this.#connection?.live();
  }

  /** Does not wait any longer: the network is back, or the page is looked at again. */
  hurry(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.start();
  }

  /** The connection sent what can't be read. */
  distrust(reason: string): void {
    this.#connection?.drop(BROKEN.garbage, reason);
  }

  stop(code: number, reason: string): void {
    if (this.#stopped) return;
    this.#stopped = true;
    clearTimeout(this.#timer);
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection !== undefined) {
      connection.drop(code, reason, CLOSE.consented);
      this.events.down();
    }
    this.events.stopped(code, reason);
  }

  async #dial(): Promise<void> {
    this.#timer = undefined;
    try {
      await this.access.ready(this.#renew);
      this.#renew = false;
      const relay = await this.#choice.next();
      if (this.#stopped) return;
      const { claims, token } = this.access;
      const address = { relay, event: claims.evt, token, sessionId: this.events.sessionId(), resume: this.events.resume(), delay: this.events.delay() };
      const connection: Connection = new Connection(this.Socket, address, {
        frame: (frame) => this.events.frame(frame),
        ask: () => this.events.ask(),
        now: () => this.clock.now(),
        down: (code, reason) => this.#down(connection, code, reason),
      });
      this.#connection = connection;
      this.events.dialled(connection);
    } catch (error) {
      this.#failed(error);
    }
  }

  /** No socket came to be: the origin refused or could not be reached, or an address is wrong. */
  #failed(error: unknown): void {
    if (this.#stopped) return;
    const known = error instanceof CrowdcueError ? error : new CrowdcueError('bad_request', undefined, { cause: error });
    if (known.retryable) this.#again(BROKEN.silent, known.code);
    else this.stop(closeForError(known.code), known.code);
  }

  #down(connection: Connection, code: number, reason: string): void {
    if (connection !== this.#connection) return;
    this.#connection = undefined;
    this.events.down();
    if (this.#liveSince !== undefined && this.clock.now() - this.#liveSince >= HEALTHY_MS) this.#attempt = 0;
    this.#liveSince = undefined;
    // A token that is over is the one final code that the SDK can mend, once.
    if (code === CLOSE.token_expired && !this.#renewed && this.access.options.origin !== undefined) {
      this.#renewed = this.#renew = true;
      void this.#dial();
    } else {
      this.#choice.bad(code);
      this.#again(code, reason);
    }
  }

  #again(code: number, reason: string): void {
    const moves = code === CLOSE.relay_draining;
    const attempt = moves ? this.#attempt : this.#attempt++;
    const asked = this.policy.nextDelay(attempt, code);
    if (asked === null) return this.stop(code, reason);
    // Where another relay may be had the crowd of this one spreads over the whole wait; the others keep half of it for sure.
    const spread = this.#choice.hope ? this.clock.random() : 1;
    const delay = moves && this.#choice.hope ? Math.min(asked, MOVE_MS) * spread : asked * spread;
    this.#timer = setTimeout(() => this.start(), delay);
    this.events.waiting(attempt + 1, delay, code);
    return undefined;
  }
}
