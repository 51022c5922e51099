/**
 * Fan-out of single ticks: the relay's 20 Hz tier against bare `app.publish` of uWebSockets.js, same payload, viewers and rate, in one
 * run, alternating. The figure is deliveries per CPU-second of the serving process; the ratio is that of the medians.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { FRAME, mintToken } from '@crowdcue/protocol';
import { sleep, wall } from '../clock.js';
import { median } from '../swarm/statistics.js';
import { Load, viewerAddress } from './lib/load.js';
import { pin, ServerChild } from './lib/server-child.js';
import { SyntheticOrigin } from './lib/synthetic-origin.js';

const BAR = 0.95;
const PAYLOAD_BYTES = 64;
const TICK_MS = 50;
const EVENT = 'bench';
/** Between rounds: what is on its way arrives, timers and buffers come to rest. */
const PAUSE_MS = 500;

const HELP = `
fanout   the relay's fan-out of single ticks against bare app.publish of uWebSockets.js

  --viewers N   connections to each server (default 1000)
  --rounds N    rounds of each, alternating (default 5)
  --seconds S   seconds of one round (default 4)
  --json        the last line is one JSON object
`;

interface Round {
  readonly deliveries: number;
  readonly expected: number;
  readonly cpuSeconds: number;
  readonly perCpuSecond: number;
}

/** One server's side of the comparison. */
interface Side {
  readonly child: ServerChild;
  readonly load: Load;
  readonly rounds: Round[];
  /** Publishes a payload of so many bytes each tick from now on; 0 stops. */
  publish(bytes: number): void;
}

const mintTokens = (count: number, doorKey: Buffer): string[] => {
  const door = (text: string): string => createHmac('sha256', doorKey).update(text).digest('base64url');
  const iat = Math.floor(wall() / 1000);
  return Array.from({ length: count }, (_, i) =>
    mintToken({ evt: EVENT, sub: i + 1, tier: 'viewer', name: `Viewer ${i + 1}`, iat, exp: iat + 3600, mac: 'A'.repeat(43) }, door));
};

const startRelay = async (viewers: number, stops: (() => unknown)[]): Promise<Side> => {
  const doorKey = randomBytes(32);
  const origin = new SyntheticOrigin({ event: EVENT, doorKey: doorKey.toString('base64url'), tickMs: TICK_MS });
  await origin.listen();
  stops.push(() => origin.stop());
  const child = await ServerChild.start(new URL('./lib/relay-server.js', import.meta.url), { BENCH_ORIGIN: origin.url });
  stops.push(() => child.stop());
  const load = new Load(FRAME.roomStatePatch);
  stops.push(() => load.close());
  const tokens = mintTokens(viewers, doorKey);
  await load.connect(viewers, (i) => viewerAddress(child.url, EVENT, tokens[i]!, i), FRAME.roomState);
  return { child, load, rounds: [], publish: (bytes) => origin.patches(bytes) };
};

const startBare = async (viewers: number, stops: (() => unknown)[]): Promise<Side> => {
  const child = await ServerChild.start(new URL('./lib/bare-server.js', import.meta.url), { TICK_MS: String(TICK_MS) });
  stops.push(() => child.stop());
  const load = new Load(undefined);
  stops.push(() => load.close());
  await load.connect(viewers, () => ({ url: new URL(child.url), protocols: [] }), undefined);
  // The relay's frame has one byte of code before the payload.
  return { child, load, rounds: [], publish: (bytes) => child.tell({ kind: 'publish', bytes: bytes === 0 ? 0 : bytes + 1 }) };
};

const playRound = async (side: Side, viewers: number, seconds: number): Promise<Round> => {
  side.publish(PAYLOAD_BYTES);
  await sleep(PAUSE_MS);
  const [cpuBefore, before] = [await side.child.cpu(), side.load.delivered];
  await sleep(seconds * 1000);
  const [cpuAfter, after] = [await side.child.cpu(), side.load.delivered];
  side.publish(0);
  await sleep(PAUSE_MS);
  const [deliveries, cpuSeconds] = [after - before, cpuAfter - cpuBefore];
  return { deliveries, expected: Math.round((viewers * seconds * 1000) / TICK_MS), cpuSeconds, perCpuSecond: deliveries / cpuSeconds };
};

const row = (name: string, rounds: readonly Round[]): string => {
  const share = rounds.reduce((sum, r) => sum + r.deliveries, 0) / rounds.reduce((sum, r) => sum + r.expected, 0);
  const each = rounds.map((r) => `${(r.perCpuSecond / 1000).toFixed(0)}k`).join(' ');
  return `${name.padEnd(22)} median ${(median(rounds.map((r) => r.perCpuSecond)) / 1000).toFixed(1)}k deliveries per CPU-second`
    + ` · rounds ${each} · delivered ${(share * 100).toFixed(1)} % of due`;
};

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: { viewers: { type: 'string', default: '1000' }, rounds: { type: 'string', default: '5' }, seconds: { type: 'string', default: '4' },
      json: { type: 'boolean' }, help: { type: 'boolean' } },
  });
  if (values.help === true) return console.log(HELP.trim());
  const [viewers, rounds, seconds] = [Number(values.viewers), Number(values.rounds), Number(values.seconds)];
  const stops: (() => unknown)[] = [];
  try {
    const pinned = pin(process.pid, 1);
    const [bare, ours] = [await startBare(viewers, stops), await startRelay(viewers, stops)];
    for (let i = 0; i < rounds; i++) {
      for (const side of i % 2 === 0 ? [bare, ours] : [ours, bare]) side.rounds.push(await playRound(side, viewers, seconds));
    }
    const rate = (side: Side): number => median(side.rounds.map((round) => round.perCpuSecond));
    const ratio = rate(ours) / rate(bare);
    console.log(`fanout: ${viewers} viewers, ${PAYLOAD_BYTES} bytes at ${1000 / TICK_MS} Hz, ${rounds} rounds of ${seconds} s each, `
      + `CPU of the serving process${pinned && ours.child.pinned ? ' (core 0; load on core 1)' : ' (not pinned to cores)'}`);
    console.log(`${row('bare app.publish', bare.rounds)}\n${row('crowdcue relay', ours.rounds)}`);
    console.log(`ratio ${ratio.toFixed(3)}, bar ${BAR}: ${ratio >= BAR ? 'reached' : 'MISSED'}`);
    if (values.json === true) {
      console.log(JSON.stringify({ name: 'fanout', ratio, bar: BAR, viewers, payloadBytes: PAYLOAD_BYTES, hz: 1000 / TICK_MS, pinned, ours: ours.rounds, bare: bare.rounds }));
    }
  } finally {
    for (const stop of stops.toReversed()) await stop();
  }
};

await main();
process.exit();
