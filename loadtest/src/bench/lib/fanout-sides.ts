/** The two sides of the fan-out comparison: a server under test on core 0, its crowd on core 1, and a way to make it publish. */
import { createHmac, randomBytes } from 'node:crypto';
import { mintToken } from '@crowdcue/protocol';
import { wall } from '../../clock.js';
import { Load, viewerAddress } from './load.js';
import { ServerChild } from './server-child.js';

const EVENT = 'bench';
const TOKEN_SECONDS = 3_600;
/** The core of whatever is not under test. */
const OTHER_CORE = 1;

/** What both sides publish, and how often. */
export interface Ticks {
  readonly payloadBytes: number;
  readonly tickMs: number;
}

export interface Side {
  readonly name: string;
  readonly child: ServerChild;
  readonly load: Load;
  /** Brings the crowd to `viewers`. */
  fill(viewers: number): Promise<void>;
  /** Publishes a payload each tick from now on, or no longer. */
  publish(on: boolean): void;
}

/** Whoever is started here is stopped by `stops`, last one first. */
export type Stops = (() => unknown)[];

/** uWebSockets.js alone. The relay's frame has one byte of code before the patch, so this payload is one byte longer. */
export const startBare = async ({ payloadBytes, tickMs }: Ticks, stops: Stops): Promise<Side> => {
  const child = await ServerChild.start(new URL('./bare-server.js', import.meta.url), { TICK_MS: String(tickMs) });
  stops.push(() => child.stop());
  const load = new Load(payloadBytes + 1, false);
  stops.push(() => load.close());
  return {
    name: 'bare app.publish', child, load,
    fill: (viewers) => load.connect(viewers, () => ({ url: new URL(child.url), protocols: [] })),
    publish: (on) => child.tell({ kind: 'publish', bytes: on ? payloadBytes + 1 : 0 }),
  };
};

/** The relay behind a synthetic origin, which is preferred to the load beside it: late ticks would be the load's doing. */
export const startRelay = async ({ payloadBytes, tickMs }: Ticks, stops: Stops): Promise<Side> => {
  const doorKey = randomBytes(32);
  const origin = await ServerChild.start(new URL('./origin-server.js', import.meta.url), {
    BENCH_EVENT: EVENT, BENCH_DOOR_KEY: doorKey.toString('base64url'), TICK_MS: String(tickMs),
  }, OTHER_CORE);
  stops.push(() => origin.stop());
  origin.prefer();
  const child = await ServerChild.start(new URL('./relay-server.js', import.meta.url), { BENCH_ORIGIN: origin.url });
  stops.push(() => child.stop());
  const load = new Load(payloadBytes + 1, true);
  stops.push(() => load.close());
  const door = (text: string): string => createHmac('sha256', doorKey).update(text).digest('base64url');
  const iat = Math.floor(wall() / 1000);
  const token = (i: number): string =>
    mintToken({ evt: EVENT, sub: i + 1, tier: 'viewer', name: `Viewer ${i + 1}`, iat, exp: iat + TOKEN_SECONDS, mac: 'A'.repeat(43) }, door);
  return {
    name: 'crowdcue relay', child, load,
    fill: (viewers) => load.connect(viewers, (i) => viewerAddress(child.url, EVENT, token(i), i)),
    publish: (on) => origin.tell({ kind: 'publish', bytes: on ? payloadBytes : 0 }),
  };
};
