/** The sides of a comparison: a server under test on core 0, a crowd in a process of its own on core 1, and a way to make it publish. */
import { randomBytes } from 'node:crypto';
import type { Tier } from '@crowdcue/protocol';
import type { TlsFiles } from '@crowdcue/relay';
import type { AgeSummary } from './ages.js';
import type { Stops } from './benchmark.js';
import { Child, LOAD_CORE } from './child.js';
import type { Dial } from './dials.js';
import type { LoadCount, LoadOptions, Volley } from './load.js';
import { MEMORY_FLAGS } from './memory-use.js';
import type { Verdict } from './seen-patches.js';
import { EVENT, tokensOf } from './tokens.js';
import { tlsEnv } from './tls-files.js';

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

  /** Brings it to `count` connections, of which `settled` come in or are turned away; answers the seconds that it took. */
  connect(count: number, settled = count): Promise<number> {
    return this.child.ask('connect', { count, settled });
  }

  count(): Promise<LoadCount> {
    return this.child.ask('count');
  }

  ages(): Promise<AgeSummary> {
    return this.child.ask('ages');
  }

  fire(volley: Volley): Promise<{ sent: number; repeats: number; seconds: number }> {
    return this.child.ask('fire', volley);
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
    env: { TICK_MS: String(tickMs), ...tlsEnv(tls), ...env }, execArgv: memory === true ? MEMORY_FLAGS : [],
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

/** A relay under test and the synthetic origin behind it. */
export interface RelayPair {
  readonly relay: Child;
  readonly origin: Child;
  readonly event: string;
  readonly doorKey: Uint8Array;
}

/** The synthetic origin is preferred to the load beside it: late ticks would be the load's doing. */
export const startRelayPair = async (setting: Setting, stops: Stops): Promise<RelayPair> => {
  const doorKey = randomBytes(32);
  const origin = await Child.start(new URL('./origin-server.js', import.meta.url), {
    core: LOAD_CORE, env: { BENCH_EVENT: EVENT, BENCH_DOOR_KEY: doorKey.toString('base64url'), TICK_MS: String(setting.tickMs) },
  });
  stops.push(() => origin.stop());
  origin.prefer();
  return { relay: await server('./relay-server.js', setting, { BENCH_ORIGIN: origin.url }, stops), origin, event: EVENT, doorKey };
};

/** The relay as a side. `most` viewers can come; they take the write rates of `tiers` in turn. */
export const startRelay = async (setting: Setting, most: number, tiers: readonly Tier[], stops: Stops): Promise<Side> => {
  const { relay, origin, event, doorKey } = await startRelayPair(setting, stops);
  return sideOf('crowdcue relay', relay, origin, { kind: 'relay', url: relay.url, event, tokens: tokensOf(doorKey, most), tiers }, setting, stops);
};
