import type { Redis } from 'ioredis';
import { StoreError } from '../errors.js';

export interface Subscription {
  /** A message was published. */
  message(bytes: Buffer): void;
  /** The connection was away and hears again: messages were lost. */
  resumed(): void;
}

/** Channels heard over one connection of their own, subscribed again after each break. */
export class Subscriptions {
  readonly #channels = new Map<string, Subscription>();
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

  /** Breaks the connection when the server says nothing any more; it comes back by itself. */
  async probe(): Promise<void> {
    await this.redis.ping().catch(() => undefined);
  }

  disconnect(): void {
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
  }

  async #resume(): Promise<void> {
    const channels = [...this.#channels.keys()];
    if (channels.length === 0) return;
    try {
      await this.redis.subscribe(...channels);
    } catch {
      return this.redis.disconnect(true);
    }
    for (const subscription of this.#channels.values()) subscription.resumed();
  }
}
