/** What the browser test loads: the element, and a session that the test cranks by hand. */
import { CrowdcueError } from '@crowdcue/protocol';
import '../../src/element/index.js';

type Listener = (value: unknown) => void;

class HandSession {
  status = 'live';
  hold = false;
  pending: unknown[] = [];
  viewer = { event: 'demo', viewer: 7, name: 'Brave Otter' };
  me: Record<string, unknown> | undefined;
  state = {
    phase: 'idle', round: 0, game: '', startsAt: 0, endsAt: 0, viewers: 1284, players: 0, numbers: new Map<string, number>(), texts: new Map<string, string>(),
    top: new Map(), drops: new Map([['b', { name: 'Badge', supply: 100, left: 57, open: true }]]),
  };
  readonly taps: number[] = [];
  readonly acts: unknown[] = [];
  claims = 0;
  readonly #listeners = new Map<string, Set<Listener>>();

  on(type: string, listener: Listener): () => void {
    const set = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, set.add(listener));
    return () => void set.delete(listener);
  }

  emit(type: string, value?: unknown): void {
    for (const listener of this.#listeners.get(type) ?? []) listener(value);
  }

  change(part: object): void {
    Object.assign(this.state, part);
    this.emit('state', this.state);
  }

  eventTime(): number {
    return performance.now();
  }

  tap(choice: number): void {
    this.taps.push(choice);
  }

  act(action: unknown): void {
    this.acts.push(action);
  }

  claim(): Promise<unknown> {
    this.claims++;
    return Promise.resolve({ id: 'r1', drop: 'b', status: 'granted', serial: 1, supply: 100, at: 0 });
  }

  drops(): Promise<unknown[]> {
    return Promise.resolve([]);
  }

  readonly delays: unknown[] = [];
  setDelay(delay: unknown): void {
    this.delays.push(delay);
  }

  setTier(): void {}
  leave(): void {}
}

Object.assign(globalThis, { HandSession, CrowdcueError });
