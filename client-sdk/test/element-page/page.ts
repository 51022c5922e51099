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

  /** How many listen to it, by type. */
  get listening(): Record<string, number> {
    return Object.fromEntries([...this.#listeners].map(([type, { size }]) => [type, size] as const).filter(([, size]) => size > 0));
  }

  change(part: object): void {
    Object.assign(this.state, part);
    this.emit('state', this.state);
  }

  eventTime(): number {
    return performance.now();
  }

  delay = 0;
  streamTime(): number {
    return performance.now() - this.delay;
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

  given: unknown[] = [];
  drops(): Promise<unknown[]> {
    return Promise.resolve(this.given);
  }

  seen(): Promise<void> {
    return Promise.resolve();
  }

  /** What the origin answers, by path; a rejection is its error's code. */
  answers: (path: string, body: unknown) => unknown = () => ({ quests: [] });
  readonly asked: { path: string; body: unknown }[] = [];

  async ask(path: string, body?: unknown): Promise<unknown> {
    this.asked.push({ path, body });
    const answer = this.answers(path, body);
    if (typeof answer === 'string') throw new CrowdcueError(answer as never);
    return answer;
  }

  onMessage(type: string, listener: Listener): () => void {
    return this.on(`message ${type}`, listener);
  }

  readonly delays: unknown[] = [];
  setDelay(delay: unknown): void {
    this.delays.push(delay);
  }

  setTier(): void {}
  leave(): void {}
}

Object.assign(globalThis, { HandSession, CrowdcueError });
