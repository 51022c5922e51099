import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach } from 'vitest';
import type { JoinAnswer, EventView } from '@crowdcue/protocol';
import type { Fact } from '../../src/achievements/index.js';
import { createOrigin, type Origin, type OriginDeps } from '../../src/app.js';
import { systemClock } from '../../src/clock.js';
import { readConfig } from '../../src/config.js';
import { Keys, systemRandom, ViewerTokens } from '../../src/identity/index.js';
import { MemoryRooms } from './memory-rooms.js';

export const MASTER = '1f'.repeat(32);
export const RELAY_SECRET = 'a-relay-secret-of-enough-letters-1234';
export const keys = new Keys(Buffer.from(MASTER, 'hex'));
/** The same tokens as the origin's. */
export const tokens = (lifeS?: number): ViewerTokens => new ViewerTokens(keys, systemClock, systemRandom, lifeS);

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

export const tempDir = (): string => {
  const dir = mkdtempSync(join(tmpdir(), 'crowdcue-test-'));
  cleanups.push(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
};

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // The tests say what they expect of it.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly body: any;
}

export interface CallOptions {
  readonly body?: unknown;
  readonly raw?: string | Uint8Array;
  readonly bearer?: string | undefined;
  readonly headers?: Record<string, string>;
}

export class TestOrigin {
  readonly logs: Record<string, unknown>[] = [];
  session = '';
  rooms!: MemoryRooms;
  origin!: Origin;

  constructor(readonly dataDir: string) {}

  async start(env: Record<string, string>, deps: OriginDeps): Promise<this> {
    const config = readConfig({ PORT: '0', NODE_ENV: 'test', DATA_DIR: this.dataDir, MASTER_SECRET: MASTER, RELAY_SECRET, ...env });
    const logger = pino({ level: 'debug' }, { write: (line: string) => void this.logs.push(JSON.parse(line) as Record<string, unknown>) });
    this.origin = await createOrigin(config, { logger, makeRooms: (roomDeps) => (this.rooms = new MemoryRooms(roomDeps)), ...deps });
    return this;
  }

  get url(): string {
    return this.origin.url;
  }

  async call(method: string, path: string, { body, raw, bearer, headers = {} }: CallOptions = {}): Promise<Answer> {
    const sent = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const response = await fetch(this.url + path, {
      method, headers: { ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }), ...headers }, redirect: 'manual',
      ...(sent === undefined ? {} : { body: sent as string }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text.startsWith('{') ? JSON.parse(text) : text };
  }

  /** Trades the host link. */
  async host(): Promise<string> {
    const key = new URL(this.origin.hostLink).hash.slice('#key='.length);
    const { body } = await this.call('POST', '/api/host/session', { body: { key } });
    this.session = body.session as string;
    return this.session;
  }

  async event(spec: Record<string, unknown> = {}): Promise<EventView> {
    if (this.session === '') await this.host();
    const { body } = await this.call('POST', '/api/events', { body: { name: 'Test show', ...spec }, bearer: this.session });
    return body as EventView;
  }

  async join(event: string, bearer?: string): Promise<JoinAnswer> {
    return (await this.call('POST', '/api/join', { body: { event }, bearer })).body as JoinAnswer;
  }

  /** As if the room had seen these viewers win a round. */
  won(event: string, viewers: number[], tick = 1, type: Fact['type'] = 'RoundWon'): Promise<void> {
    return this.rooms.deps.facts.facts(event, [{ room: event, tick, ordinal: 0, at: 0, trace: 't', type, game: 'tug', round: tick, viewers }]);
  }

  async restart(env: Record<string, string> = {}): Promise<TestOrigin> {
    await this.close();
    const next = await startOrigin(env, {}, this.dataDir);
    next.session = this.session;
    return next;
  }

  #closed = false;
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.origin.close();
  }
}

/** An origin on a port of its own, closed after the test. */
export const startOrigin = async (env: Record<string, string> = {}, deps: OriginDeps = {}, dataDir: string = tempDir()): Promise<TestOrigin> => {
  const test = await new TestOrigin(dataDir).start(env, deps);
  cleanups.push(() => test.close());
  return test;
};

/** Waits until `probe` gives something. */
export const until = async <T>(probe: () => T | undefined | false | Promise<T | undefined | false>, what: string, ms = 5_000): Promise<T> => {
  const deadline = performance.now() + ms;
  for (;;) {
    const value = await probe();
    if (value !== undefined && value !== false) return value;
    if (performance.now() > deadline) throw new Error(`timed out: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

/** A port that is free now. One that the system chose at listening cannot be listened on again while its old connections linger. */
export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
