/**
 * A scripted, seeded crowd of stock SDK clients, and what each of them observes. Run against a server itself and through a relay it must
 * observe the same. What different clients say crosses on the way, so observations are kept in order by who caused them: what the
 * server tells one client in answer to itself, and what one client made it tell another.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { Client as Sdk, type Room as SdkRoom } from '@colyseus/sdk';
import { until } from './someones-server.js';

export interface ScenarioOptions {
  /** WebSocket or HTTP base of server or relay. */
  readonly endpoint: string;
  /** Keeps the rooms of one run apart from another's. */
  readonly tag: string;
  readonly clients: number;
  readonly rounds: number;
  readonly seed: number;
}

/** What a client observed, in order by cause. */
export type Transcript = Record<string, unknown[]>;

interface Member {
  readonly name: string;
  readonly index: number;
  readonly room: SdkRoom;
  readonly seen: Transcript;
  gone: boolean;
  drops: number;
  backs: number;
}

/** Park and Miller's generator: the same script on both sides. */
export const randomOf = (seed: number): (() => number) => {
  let state = seed % 2_147_483_647 || 1;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
};

const GROUP = 75;
/** Below it members talk, above it they come and go. */
const TALK = 0.87;

/** The observations of every client, by name. */
export const runScenario = async ({ endpoint, tag, clients, rounds, seed }: ScenarioOptions): Promise<Record<string, Transcript>> => {
  const random = randomOf(seed);
  const transcripts: Record<string, Transcript> = {};
  const members: Member[] = [];
  for (let from = 0; from < clients; from += 20) {
    const wave = Array.from({ length: Math.min(20, clients - from) }, (_, i) => ({ index: from + i, luck: random() }));
    const joined = await Promise.all(wave.map(({ index, luck }) => join(endpoint, tag, index, luck, transcripts)));
    members.push(...joined.filter((member) => member !== undefined));
  }
  await barrier(members);
  for (let round = 0; round < rounds; round++) {
    const moves = members.map((member) => ({ member, luck: random() })).filter(({ member }) => !member.gone);
    await Promise.all(moves.filter(({ luck }) => luck < TALK).map(({ member, luck }) => act(member, luck, round)));
    await barrier(members); // who comes and goes hears of what is said in that moment or does not, on a server too
    await Promise.all(moves.filter(({ luck }) => luck >= TALK).map(({ member, luck }) => act(member, luck, round)));
    await barrier(members);
  }
  await Promise.all(members.filter(({ gone }) => !gone).map(async (member) => {
    note(member.seen, 'left', await member.room.leave());
  }));
  return transcripts;
};

const note = (seen: Transcript, cause: string, what: unknown): void => void (seen[cause] ??= []).push(what);

const join = async (endpoint: string, tag: string, index: number, luck: number, transcripts: Record<string, Transcript>): Promise<Member | undefined> => {
  const seen: Transcript = {};
  const name = luck < 0.05 ? 'mallory' : `viewer ${index}`;
  transcripts[`${index}`] = seen;
  const options = { name, group: `${tag} ${Math.floor(index / GROUP)}`, early: luck > 0.95 };
  try {
    const sdk = new Sdk(endpoint);
    const room = await sdk.joinOrCreate('board', options);
    const member: Member = { name, index, room, seen, gone: false, drops: 0, backs: 0 };
    watch(member);
    return member;
  } catch (error) {
    const { code, message } = error as { code?: number; message?: string };
    note(seen, 'join', { code, message });
    return undefined;
  }
};

const watch = ({ room, seen, ...rest }: Member & { room: SdkRoom }): void => {
  void rest;
  room.reconnection.minUptime = 0;
  room.reconnection.minDelay = room.reconnection.delay = 5;
  let first = true;
  room.onStateChange((state: { players: Map<string, unknown>; moves: number }) => {
    if (first) note(seen, 'first state', state.players.has(room.sessionId));
    first = false;
  });
  room.onMessage('welcome', (message) => note(seen, 'own', ['welcome', message]));
  for (const type of ['moved', 'soon', 'unknown', 'back']) room.onMessage(type, (message) => note(seen, 'own', [type, message]));
  room.onMessage('raw', (bytes: Uint8Array) => note(seen, 'own', ['raw', [...bytes]]));
  room.onMessage('said', ({ by, text }: { by: string; text: string }) => note(seen, `by ${by === room.sessionId ? 'self' : text.split(':')[0]}`, ['said', text]));
  room.onMessage('heard', ({ by, text }: { by: string; text: string }) => note(seen, `by ${by === room.sessionId ? 'self' : text.split(':')[0]}`, ['heard', text]));
  room.onMessage('patched', ({ text, moves }: { text: string; moves: number }) => {
    note(seen, `by ${text.split(':')[0]}`, ['patched', text, (room.state as { moves: number }).moves >= moves]);
  });
  room.onError((code, message) => note(seen, 'own', ['error', code, message]));
  room.onLeave((code, reason) => note(seen, 'own', ['leave', code, reason]));
};

/** One thing that the member does, until its own consequences are there. */
const act = async (member: Member, luck: number, round: number): Promise<void> => {
  const { room, seen, index } = member;
  const text = `${index}:${round}`;
  const own = seen['own']?.length ?? 0;
  const answered = (count = 1): Promise<void> => until(() => (seen['own']?.length ?? 0) >= own + count, `${index} has its answer in round ${round}`);
  const asked = async (type: string, payload: unknown): Promise<void> => {
    note(seen, 'asked', await room.request(type, payload).catch((e: { name?: string; message?: string; code?: number; reason?: unknown }) => ({ name: e.name, message: e.message, code: e.code, reason: e.reason })));
  };
  const actions: [number, () => Promise<void>][] = [
    [0.2, async () => { room.send('move', index % 7); await answered(); }],
    [0.3, async () => { room.send('say', text); await until(() => seen['by self']?.some((one) => (one as unknown[])[1] === text), `${index} heard itself`); }],
    [0.4, async () => { room.send('others', text); await asked('add', { a: index, b: round }); }],
    [0.5, async () => { room.send('later', text); await answered(); await until(() => seen[`by ${index}`]?.some((one) => (one as unknown[])[1] === text), `${index} heard the patched`); }],
    [0.58, () => asked('add', { a: index, b: 1 })],
    [0.64, () => asked('slow', index)],
    [0.68, () => asked('refuse', text)],
    [0.72, () => asked('fail', text)],
    [0.75, () => asked('nothing of the kind', 1)],
    [0.8, async () => { room.sendBytes('raw', new Uint8Array([index & 0xff, round])); await answered(); }],
    [0.84, async () => { room.send('whatever', { text }); await answered(); }],
    [TALK, async () => { room.send('error', 4_000 + (index % 50)); await answered(); }],
    [0.95, () => drop(member)],
    [0.97, async () => { member.gone = true; room.send('kick', 4_500 + (index % 20)); await answered(); }],
    [1.1, async () => { member.gone = true; note(seen, 'left', await room.leave()); }],
  ];
  await actions.find(([below]) => luck < below)![1]();
};

/** The network goes away, and the SDK comes back by itself. */
const drop = async (member: Member): Promise<void> => {
  const { room, seen } = member;
  const before = seen['own']?.length ?? 0;
  (room.connection.transport as unknown as { ws: { terminate(): void } }).ws.terminate();
  await until(() => (seen['own'] ?? []).slice(before).some((one) => (one as unknown[])[0] === 'back'), `${member.index} is back`);
};

/** Everybody who is there has seen the same state and all that was said: then the next round's words cannot be taken for this one's. */
const barrier = async (members: readonly Member[]): Promise<void> => {
  const here = members.filter(({ gone }) => !gone);
  await Promise.all(here.map(async ({ room, seen, index }) => {
    const players = (): number => (room.state as { players?: Map<string, unknown> } | undefined)?.players?.size ?? -1;
    const expected = here.filter((other) => other.room.roomId === room.roomId).length;
    await until(() => players() === expected, `${index} sees ${expected} players, not ${players()}`);
    void seen;
  }));
  await settled(here);
  for (const { room, seen } of here) note(seen, 'state', told(room, members));
};

/** Nothing new has come to anybody for three patches. */
const settled = async (members: readonly Member[]): Promise<void> => {
  const heard = (): string => members.map(({ seen, room }) => `${Object.values(seen).reduce((sum, list) => sum + list.length, 0)}/${JSON.stringify(room.state)}`).join();
  for (let before = '', now = heard(); before !== now; before = now, now = heard()) await pause(200);
};

const told = (room: SdkRoom, members: readonly Member[]): unknown => {
  const state = room.state as { players: Map<string, { toJSON(): unknown }>; moves: number; last?: string };
  const players: Record<string, unknown> = {};
  for (const { index, room: other } of members) {
    const player = state.players.get(other.sessionId);
    if (player !== undefined) players[index] = player.toJSON();
  }
  return { players, moves: state.moves, last: state.last, size: state.players.size };
};
