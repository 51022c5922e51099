/** The sides of a comparison: a server under test on core 0, a crowd in a process of its own on core 1, and a way to make it publish. */
import { createHmac, randomBytes } from 'node:crypto';
import { mintToken, type Tier } from '@crowdcue/protocol';
import type { TlsFiles } from '@crowdcue/relay';
import { wall } from '../../clock.js';
import type { AgeSummary } from './ages.js';
import type { Stops } from './benchmark.js';
import { Child, LOAD_CORE } from './child.js';
import type { Dial } from './dials.js';
import type { LoadCount, LoadOptions } from './load.js';
import type { Verdict } from './seen-patches.js';
import { tlsEnv } from './tls-files.js';

const EVENT = 'bench';
const TOKEN_SECONDS = 3_600;

/** How the sides of a run are set up. */
export interface Setting {
  /** ms between two patches. */
  readonly tickMs: number;
  readonly tls?: TlsFiles | undefined;
  /** Looks into every patch: see `SeenPatches`. */
  readonly inspect?: boolean;
  /** Servers can be asked for their memory. */
  readonly memory?: boolean;
}

/** A load in its process. */
export class Crowd {
  private constructor(readonly child: Child) {}

  static async start(options: LoadOptions, stops: Stops): Promise<Crowd> {
    const child = await Child.start(new URL('./load-process.js', import.meta.url), { core: LOAD_CORE });
    stops.push(() => child.stop());
    await child.ask('open', options);
    return new Crowd(child);
  }

  /** Brings it to `count` connections; answers the seconds that it took. */
  connect(count: number): Promise<number> {
    return this.child.ask('connect', count);
  }

  count(): Promise<LoadCount> {
    return this.child.ask('count');
  }

  ages(): Promise<AgeSummary> {
    return this.child.ask('ages');
  }

  verdict(reflection: string, truth: unknown): Promise<Verdict> {
    return this.child.ask('verdict', { reflection, truth });
  }

  close(): Promise<void> {
    return this.child.ask('close');
  }
}

export interface Side {
  readonly name: string;
  readonly child: Child;
  readonly crowd: Crowd;
  /** Brings the crowd to `viewers`. */
  fill(viewers: number): Promise<void>;
  /** Publishes a patch each tick from now on, or no longer. */
  publish(on: boolean): Promise<void>;
  /** What every viewer must show now, and the reflection to read it with; of sides that carry a schema state. */
  truth(): Promise<{ reflection: string; truth: unknown }>;
}

const server = async (script: string, { tickMs, tls, memory }: Setting, env: Record<string, string>, stops: Stops): Promise<Child> => {
  const child = await Child.start(new URL(script, import.meta.url), {
    env: { TICK_MS: String(tickMs), ...tlsEnv(tls), ...env }, execArgv: memory === true ? ['--expose-gc'] : [],
  });
  stops.push(() => child.stop());
  return child;
};

const sideOf = async (name: string, child: Child, source: Child, dial: Dial, { inspect }: Setting, stops: Stops): Promise<Side> => {
  const crowd = await Crowd.start({ dial, ...(inspect === undefined ? {} : { inspect }) }, stops);
  return {
    name, child, crowd,
    fill: async (viewers) => void (await crowd.connect(viewers)),
    publish: (on) => source.ask('publish', on),
    truth: async () => ({ reflection: await source.ask<string>('reflection'), truth: await source.ask('truth') }),
  };
};

/** uWebSockets.js alone. */
export const startBare = async (setting: Setting, stops: Stops): Promise<Side> => {
  const child = await server('./bare-server.js', setting, {}, stops);
  return sideOf('bare app.publish', child, child, { kind: 'bare', url: child.url }, setting, stops);
};

/** Plain Colyseus, on uWebSockets.js or on `ws`. */
export const startColyseus = async (transport: 'uws' | 'ws', setting: Setting, stops: Stops): Promise<Side> => {
  const child = await server('./colyseus-server.js', setting, { BENCH_TRANSPORT: transport }, stops);
  const roomId = await child.ask<string>('roomId');
  return sideOf(transport === 'uws' ? 'Colyseus on uWS' : 'Colyseus on ws', child, child, { kind: 'colyseus', url: child.url, roomId }, setting, stops);
};

export const startSocketIo = async (setting: Setting, stops: Stops): Promise<Side> => {
  const child = await server('./socketio-server.js', setting, {}, stops);
  return sideOf('Socket.IO', child, child, { kind: 'socketio', url: child.url }, setting, stops);
};

/** Tokens of viewers as an origin with this door key gives them; their inner MAC is nobody's. */
export const tokensOf = (doorKey: Uint8Array, count: number): string[] => {
  const door = (text: string): string => createHmac('sha256', doorKey).update(text).digest('base64url');
  const iat = Math.floor(wall() / 1000);
  return Array.from({ length: count }, (_, i) =>
    mintToken({ evt: EVENT, sub: i + 1, tier: 'viewer', name: `Viewer ${i + 1}`, iat, exp: iat + TOKEN_SECONDS, mac: 'A'.repeat(43) }, door));
};

/**
 * The relay behind a synthetic origin, which is preferred to the load beside it: late ticks would be the load's doing. `most` viewers
 * can come; they take the write rates of `tiers` in turn.
 */
export const startRelay = async (setting: Setting, most: number, tiers: readonly Tier[], stops: Stops): Promise<Side> => {
  const doorKey = randomBytes(32);
  const origin = await Child.start(new URL('./origin-server.js', import.meta.url), {
    core: LOAD_CORE, env: { BENCH_EVENT: EVENT, BENCH_DOOR_KEY: doorKey.toString('base64url'), TICK_MS: String(setting.tickMs) },
  });
  stops.push(() => origin.stop());
  origin.prefer();
  const child = await server('./relay-server.js', setting, { BENCH_ORIGIN: origin.url }, stops);
  return sideOf('crowdcue relay', child, origin, { kind: 'relay', url: child.url, event: EVENT, tokens: tokensOf(doorKey, most), tiers }, setting, stops);
};
