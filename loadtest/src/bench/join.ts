/**
 * Coming in: with us one WebSocket, whose token the relay checks, and handshake and keyframe in the answer; with Colyseus a seat over
 * HTTP, then a WebSocket, the handshake, an acknowledgement and the state. Counted is the CPU of the process that viewers connect to. Both
 * rooms carry the same small state and nothing else happens in them: the relay is the real one before a synthetic origin, the peer plain
 * Colyseus on uWebSockets.js with a room whose `onAuth` makes the same check of the same token. Every viewer asks for its seat over a
 * connection of its own, as viewers do; CORS preflights, which browsers add, are left out. Tokens are made before the clock starts.
 * There are two floors: bare uWebSockets.js upgrading and subscribing, without token and state; and the least that letting in can be, the
 * same with the token checked and three frames said in the write that answers the upgrade, and nothing else.
 * At each side more knock than may come in: with forged tokens at the relay, at a full room (`maxClients`) at Colyseus. Who came in,
 * who was turned away, and what the room says it holds must add up, with none lost and none too many.
 * The last row is the relay before the real origin, whose room admits up to its size while the rest waits in line. There every viewer is
 * told their standing and everybody sees the count of viewers grow, so what the relay does is more than letting in; it is no bar.
 */
import type { EventOverview } from '@crowdcue/protocol';
import { median } from '../swarm/statistics.js';
import { arrive, type Arrival, type Gate } from './lib/arrival.js';
import { benchmark, table, type Bar, type Finding, type Stops } from './lib/benchmark.js';
import { Child, LOAD_CORE, pin, SERVER_CORE } from './lib/child.js';
import { cpuOf, startSystem, type LiveSystem } from './lib/live-system.js';
import { startRelayPair, type RelayPair } from './lib/sides.js';
import { tokensOf } from './lib/tokens.js';

const BAR = 15;
/** Of how many places one more viewer knocks. */
const OVER = 20;
const FORGER = new Uint8Array(32);
const TICK_MS = 50;

const HELP = `
join   coming in: token, handshake and keyframe through the relay against Colyseus's matchmaking and join

  --viewers N   places in a room; one in ${OVER} more knocks; 20 to 9000 (default 2000)
  --rounds N    rounds, 1 to 100; the median counts (default 5)
`;

const knockingAt = (places: number): number => places + Math.ceil(places / OVER);
const free = (): Promise<number> => Promise.resolve(0);

/** Genuine tokens, and a forged one after each so many. */
const someForged = (doorKey: Uint8Array, places: number): string[] => {
  const knocking = knockingAt(places);
  const [genuine, forged] = [tokensOf(doorKey, knocking), tokensOf(FORGER, knocking)];
  let left = knocking - places;
  return genuine.map((token, i) => (left > 0 && i % OVER === OVER - 1 && left-- > 0 ? forged[i]! : token));
};

const relayGate = ({ relay, origin, event, doorKey }: RelayPair, places: number): Gate => ({
  name: 'crowdcue relay', dial: { kind: 'relay', url: relay.url, event, tokens: someForged(doorKey, places), tiers: [] }, knocking: knockingAt(places), places,
  cpu: () => relay.cpu(), roomCpu: () => origin.cpu(), counted: () => origin.ask('viewers'),
});

const colyseusGate = async (colyseus: Child, doorKey: Uint8Array, places: number): Promise<Gate> => ({
  name: 'Colyseus on uWS',
  dial: { kind: 'colyseus', url: colyseus.url, roomId: await colyseus.ask<string>('room', places), tokens: tokensOf(doorKey, knockingAt(places)) }, knocking: knockingAt(places), places,
  cpu: () => colyseus.cpu(), roomCpu: free, counted: () => colyseus.ask('viewers'),
});

const bareGate = (bare: Child, places: number): Gate => ({
  name: 'bare upgrade', dial: { kind: 'bare', url: bare.url }, knocking: places, places, cpu: () => bare.cpu(), roomCpu: free, counted: () => bare.ask('viewers'),
});

/** The same server at a relay's address. */
const leastGate = (bare: Child, { event, doorKey }: RelayPair, places: number): Gate => ({
  ...bareGate(bare, places), name: 'upgrade, token, state', dial: { kind: 'relay', url: bare.url, event, tokens: someForged(doorKey, places), tiers: [] }, knocking: knockingAt(places),
});

const realGate = async ({ system, host, tokens }: LiveSystem, event: string, places: number): Promise<Gate> => {
  await host.post('/api/events', { id: event, name: 'Join', maxViewers: places });
  const [relay, origin] = [system.relays[0]!, system.origin];
  return {
    name: 'relay and real room', dial: { kind: 'relay', url: relay.url, event, tokens: tokens(event, knockingAt(places)), tiers: [] }, knocking: knockingAt(places), places, line: true,
    cpu: () => Promise.resolve(cpuOf(relay.pid)), roomCpu: () => Promise.resolve(cpuOf(origin.pid)),
    counted: async () => (await host.get<EventOverview>(`/api/events/${event}`)).viewers,
  };
};

const row = (name: string, arrivals: readonly Arrival[]): string[] => {
  const mid = (part: (arrival: Arrival) => number): number => median(arrivals.map(part));
  return [
    name, mid((a) => a.perCpuSecond).toFixed(0), mid((a) => (a.cpuSeconds / a.admitted) * 1e6).toFixed(0), mid((a) => a.perSecond).toFixed(0),
    mid((a) => (a.roomCpuSeconds / a.admitted) * 1e6).toFixed(0), String(mid((a) => a.admitted)), String(mid((a) => a.counted)),
    [...new Set(arrivals.flatMap(({ turnedAway, inLine }) => [...Object.entries(turnedAway).map(([why, n]) => `${n} ${why}`), ...(inLine > 0 ? [`${inLine} in line`] : [])]))].join(', '),
  ];
};

/** The relay before the real room: the first crowd is for the compiler. */
const throughRealRoom = async (places: number): Promise<Arrival> => {
  const own: Stops = [];
  try {
    const live = await startSystem(LOAD_CORE, SERVER_CORE, own);
    await arrive(await realGate(live, 'join-0', places), '127.1.200.1');
    return await arrive(await realGate(live, 'join-1', places), '127.1.201.1');
  } finally {
    for (const stop of own.toReversed()) await stop();
  }
};

await benchmark('join', HELP, {
  viewers: { fallback: 2_000, min: 20, max: 9_000 }, rounds: { fallback: 5, min: 1, max: 100 },
}, async ({ viewers: places, rounds: count }, stops): Promise<Finding> => {
  pin(process.pid, LOAD_CORE);
  const pair = await startRelayPair({ tickMs: TICK_MS }, stops);
  const colyseus = await Child.start(new URL('./lib/colyseus-server.js', import.meta.url), {
    env: { TICK_MS: String(TICK_MS), BENCH_TRANSPORT: 'uws', BENCH_DOOR_KEY: Buffer.from(pair.doorKey).toString('base64url') },
  });
  stops.push(() => colyseus.stop());
  const bare = await Child.start(new URL('./lib/bare-server.js', import.meta.url), { env: { TICK_MS: String(TICK_MS), BENCH_DOOR_KEY: Buffer.from(pair.doorKey).toString('base64url') } });
  stops.push(() => bare.stop());
  const rounds: { relay: Arrival; peer: Arrival; floor: Arrival; least: Arrival; ratio: number; most: number }[] = [];
  // The first is for the compiler. Each has source addresses of its own, whose ports are all free.
  for (let i = 0; i <= count; i++) {
    const relay = await arrive(relayGate(pair, places), `127.1.${i}.1`);
    const peer = await arrive(await colyseusGate(colyseus, pair.doorKey, places), `127.1.${i}.2`);
    const floor = await arrive(bareGate(bare, places), `127.1.${i}.3`);
    const least = await arrive(leastGate(bare, pair, places), `127.1.${i}.4`);
    if (i > 0) rounds.push({ relay, peer, floor, least, ratio: relay.perCpuSecond / peer.perCpuSecond, most: least.perCpuSecond / peer.perCpuSecond });
  }
  const real = await throughRealRoom(places);
  const pinned = pair.relay.pinned && colyseus.pinned;
  console.log(`join: ${places} places, ${knockingAt(places)} knock, 64 at a time, ${count} rounds; CPU of the process that viewers connect to`
    + (pinned ? ' (core 0; load and origin on core 1)' : ' (NOT pinned to cores: the figures mean little)'));
  console.log(table([
    ['server', 'joins/CPU-s', 'µs each', 'joins/s', 'room µs each', 'came in', 'room counts', 'turned away'],
    row('crowdcue relay', rounds.map(({ relay }) => relay)), row('Colyseus on uWS', rounds.map(({ peer }) => peer)), row('bare upgrade', rounds.map(({ floor }) => floor)),
    row('upgrade, token, state', rounds.map(({ least }) => least)),
    row('relay and real room', [real]),
  ]));
  console.log(`  ratios ${rounds.map(({ ratio }) => ratio.toFixed(1)).join(' ')}; of the least that it can be ${rounds.map(({ most }) => most.toFixed(1)).join(' ')}`);
  const bar: Bar = { what: 'joins per CPU-second, relay : Colyseus on uWS', ratio: median(rounds.map(({ ratio }) => ratio)), bar: BAR };
  return { bars: [bar], raw: { viewers: places, pinned, rounds, real } };
});
