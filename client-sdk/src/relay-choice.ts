import { CLOSE, FRAME } from '@crowdcue/protocol';
import type { Access } from './access.js';
import type { Clock } from './clock.js';
import type { WebSocketClass } from './web-socket.js';

/** A relay that drains is not gone back to for this long, ms, unless the origin names it again or there is no other. */
const DRAINED_MS = 30_000;
/** Shortest and longest time between two questions for other relays, ms; it doubles while none of them works. */
const ASK_MS = 2_000;
const ASK_MAX_MS = 32_000;
/** What the measuring of relays may cost with its loading, ms; it is loaded where there is a choice, and the origin's order will do without. */
const NEAR_MS = 1_000;

/** Which relay is next: the nearest of a new list, then the others in the origin's order, then those that the origin names by then. */
export class RelayChoice {
  #list: readonly string[] = [];
  /** The list that `#list` is an order of. */
  #given: readonly string[] | undefined;
  /** Tried in vain since the last good connection. */
  readonly #failed = new Set<string>();
  /** Draining relays, and until when they are left alone. */
  readonly #drained = new Map<string, number>();
  #askAt = -Infinity;
  #askMs = ASK_MS;
  /** The relay in use or tried last. */
  current = '';

  constructor(readonly access: Access, readonly Socket: WebSocketClass, readonly clock: Clock) {}

  /** Whether there is a relay that was not tried in vain. */
  get hope(): boolean {
    return this.#list.some((relay) => this.#open(relay) && !this.#failed.has(relay));
  }

  /** The relay to connect to now. Asks the origin when no relay is left; without an answer they are tried again. */
  async next(): Promise<string> {
    await this.#order();
    if (!this.hope) {
      if (await this.#ask()) await this.#order();
      if (!this.hope) this.#failed.clear();
    }
    const open = this.#list.filter((relay) => this.#open(relay));
    return (this.current = open.find((relay) => !this.#failed.has(relay)) ?? this.#soonest() ?? '');
  }

  /** The relay in use works. */
  good(): void {
    this.#failed.clear();
    this.#askMs = ASK_MS;
  }

  /** The relay in use is gone, or did not come to be. */
  bad(code: number): void {
    if (code === CLOSE.relay_draining) this.#drained.set(this.current, this.clock.now() + DRAINED_MS);
    else this.#failed.add(this.current);
  }

  async #order(): Promise<void> {
    const { relays } = this.access;
    if (relays === this.#given) return;
    const known = relays.length === this.#list.length && relays.every((relay) => this.#list.includes(relay));
    this.#given = relays;
    if (known) return; // what was measured counts on
    this.#list = relays;
    this.#failed.clear();
    if (relays.length > 1) this.#list = await this.#near(relays);
  }

  #near(relays: readonly string[]): Promise<readonly string[]> {
    const near = import('./relay-probe.js').then(({ byNearness }) => byNearness(this.Socket, relays, this.clock, new Uint8Array([FRAME.ping]))).catch(() => relays);
    return Promise.race([near, new Promise<typeof relays>((resolve) => setTimeout(() => resolve(relays), NEAR_MS))]);
  }

  /** Whether the origin named relays: they take viewers, whatever they said before. */
  async #ask(): Promise<boolean> {
    const now = this.clock.now();
    if (now < this.#askAt) return false;
    this.#askAt = now + this.#askMs;
    this.#askMs = Math.min(ASK_MAX_MS, this.#askMs * 2);
    if (!(await this.access.refresh())) return false;
    for (const relay of this.access.relays) this.#drained.delete(relay);
    return true;
  }

  #open(relay: string): boolean {
    return (this.#drained.get(relay) ?? -Infinity) <= this.clock.now();
  }

  /** When all drain: who began first may be back first. */
  #soonest(): string | undefined {
    return [...this.#list].sort((a, b) => (this.#drained.get(a) ?? 0) - (this.#drained.get(b) ?? 0))[0];
  }
}
