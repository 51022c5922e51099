import type { Redis } from 'ioredis';
import { StoreError } from '../errors.js';

export interface Subscription {
  /** A message was published. */
  message(bytes: Buffer): void;
  /** A connection was away and is back: messages may have been lost. Called once for each of the two connections. */
  resumed(): void;
}

/** ms between two questions whether the server is there */
const PROBE_MS = 5_000;

/** Channels heard over one connection of their own, subscribed again after each break. */
export class Subscriptions {
  readonly #channels = new Map<string, Subscription>();
  #probe: NodeJS.Timeout | undefined;
  #connecting: Promise<void> | undefined;

  constructor(private readonly redis: Redis) {
    redis.on('error', () => undefined); // the first connection's client tells of breaks
    redis.on('messageBuffer', (channel: Buffer, message: Buffer) => this.#channels.get(String(channel))?.message(message));
  }

  get status(): string {
    return this.redis.status;
  }

  async add(channel: string, subscription: Subscription): Promise<void> {
    try {
      await (this.#connecting ??= this.#connect());
      await this.redis.subscribe(channel);
    } catch (error) {
      throw StoreError.unavailable(`Redis: cannot subscribe: ${(error as Error).message}`, error);
    }
    this.#channels.set(channel, subscription);
  }

  /** Tells everybody that something may have been missed. */
  resumed(): void {
    for (const subscription of this.#channels.values()) subscription.resumed();
  }

  disconnect(): void {
    clearInterval(this.#probe);
    this.redis.disconnect();
  }

  once(event: 'end', heard: () => void): void {
    this.redis.once(event, heard);
  }

  async #connect(): Promise<void> {
    try {
      await this.redis.connect();
    } catch (error) {
      this.redis.disconnect();
      this.#connecting = undefined;
      throw error;
    }
    this.redis.on('ready', () => void this.#resume());
    // Asked, a server that went away in silence loses the connection; a subscriber that only listens would never notice.
    this.#probe = setInterval(() => void this.redis.ping().catch(() => undefined), PROBE_MS);
    this.#probe.unref();
  }

  async #resume(): Promise<void> {
    const channels = [...this.#channels.keys()];
    if (channels.length === 0) return;
    try {
      await this.redis.subscribe(...channels);
    } catch {
      return this.redis.disconnect(true);
    }
    this.resumed();
  }
}
