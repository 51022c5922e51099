/** Recorded rounds of every game, played again by a room that has nothing but the journal. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { matchMaker } from '@colyseus/core';
import { games } from '@crowdcue/games';
import { BatchBuilder, CrowdcueError, LINK_VERSION, withDelays } from '@crowdcue/protocol';
import { Packr } from 'msgpackr';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Fact } from '../../src/achievements/index.js';
import { systemClock } from '../../src/clock.js';
import { lmdbJournal, type JournalStore } from '../../src/journal/index.js';
import { imageOf } from '../../src/rooms/checkpoint-parts.js';
import { CrowdRoomHost } from '../../src/rooms/crowd-room-host.js';
import type { CueRequest, RoomEvent } from '../../src/rooms/room-control.js';
import { openLmdbStore } from '../../src/store/index.js';
import { startColyseus, type TestServer } from '../support/colyseus-server.js';
import { HandLink } from '../support/hand-link.js';
import { unmetered } from './core-harness.js';

const VIEWERS = 2_000;
/** Some pictures are late, and some of them later than is scored. */
const DELAYS = [0, 0, 0, 250, 1_000, 3_000];
const MAX_DELAY = 2_000;
/** How many act in a tick. */
const ACTIVE = 120;

const question = (name: string, more: object = {}) => ({ question: 'Which?', [`${name}1`]: 'One', [`${name}2`]: 'Two', [`${name}3`]: 'Three', ...more });
const ROUNDS: Record<string, Pick<CueRequest, 'params'> & { most: number }> = {
  tug: { params: {}, most: 20 }, boss: { params: { toughness: 20 }, most: 20 }, quickdraw: { params: {}, most: 0 },
  poll: { params: question('option'), most: 0 }, trivia: { params: question('answer', { right: 2 }), most: 0 }, predict: { params: question('outcome'), most: 100 },
};

const seeded = (seed: number) => (): number => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return seed / 4_294_967_296;
};

/** A relay with its crowd: in each tick some of them act, rightly or wrongly. */
class Crowd {
  readonly #builder = new BatchBuilder();
  readonly #numbers = new Uint32Array(VIEWERS);
  readonly #random: () => number;
  #n = 0;

  constructor(readonly link: HandLink, seed: number) {
    this.#random = seeded(seed);
  }

  enter(): void {
    for (let slot = 0; slot < VIEWERS; slot++) {
      this.#builder.join({ slot, connection: slot, viewer: slot + 1, sessionId: `session-of-${slot}`, tier: 'free', name: `Viewer ${slot}`, mac: 'genuine', direct: true });
    }
    const late = Array.from({ length: VIEWERS }, (_, slot) => ({ slot, delay: this.#delayOf(slot) })).filter(({ delay }) => delay > 0);
    this.link.socket.send(withDelays(this.#builder.encode(++this.#n, 0), late));
  }

  #delayOf(slot: number): number {
    return DELAYS[slot % DELAYS.length]!;
  }

  /** Somebody acts in a tick; `all` do once in a round, however slowly the machine ticks. */
  act(round: number, eventTime: number, markAt: number, most: number, all: boolean): void {
    const random = this.#random;
    for (let i = 0; i < (all ? VIEWERS : ACTIVE); i++) {
      const slot = all ? i : Math.floor(random() * VIEWERS);
      const skipped = random() < 0.02 ? 2 : 1; // some never came
      const at = eventTime - Math.floor(random() * 80);
      const elapsed = at - markAt - this.#delayOf(slot);
      this.#builder.action(slot, {
        n: this.#numbers[slot]! += skipped, round: random() < 0.01 ? round + 1 : round, choice: Math.floor(random() * 3.05), value: random() < 0.02 ? most + 1 : Math.ceil(random() * most),
      }, at, random() < 0.03 ? -1 : elapsed);
    }
    if (random() < 0.2) {
      const slot = Math.floor(random() * VIEWERS); // somebody comes again, and is not late this time
      this.#builder.join({ slot, connection: VIEWERS + this.#n, viewer: slot + 1, sessionId: `again-of-${slot}-${this.#n}`, tier: 'free', name: `Viewer ${slot}`, mac: 'genuine', direct: true });
      this.#numbers[slot] = 0;
    }
    this.link.socket.send(this.#builder.encode(++this.#n, eventTime));
  }
}

describe('recorded rounds', { timeout: 120_000 }, () => {
  let server: TestServer;
  const folders: string[] = [];
  const closing: (() => Promise<void>)[] = [];
  beforeAll(async () => { server = await startColyseus({}); });
  afterAll(async () => {
    await server.close();
    for (const close of closing) await close();
    for (const folder of folders) await rm(folder, { recursive: true });
  });

  const origin = async () => {
    const folder = await mkdtemp(join(tmpdir(), 'crowdcue-replay-'));
    folders.push(folder);
    const store = await openLmdbStore({ path: folder });
    closing.push(() => store.close());
    const journal = lmdbJournal(store);
    const facts: Fact[] = [];
    const host = new CrowdRoomHost({
      journal, games, clock: systemClock, logger: pino({ level: 'silent' }), facts: { facts: async (_event, some) => { facts.push(...some); } },
      messages: { request: () => Promise.reject(new CrowdcueError('message_unknown')) }, metrics: unmetered,
      sharedTime: async () => systemClock.now(), prepare: async () => undefined, opened: () => undefined,
      genuine: (_event, { mac }) => mac === 'genuine', admits: ({ proof }) => proof === 'good', verify: () => { throw new CrowdcueError('token_missing'); },
    });
    host.define({ define: (name: string, type: never, options: never) => matchMaker.defineRoomType(name, type, options) } as never);
    return { host, journal, facts };
  };

  const play = async (host: CrowdRoomHost, game: string, seed: number): Promise<void> => {
    const link = await HandLink.open(server.http, game, { relayId: 'r1', incarnation: 1, proof: 'good', version: LINK_VERSION });
    link.socket.setMaxListeners(0); // each wait listens until the socket ends
    const crowd = new Crowd(link, seed);
    crowd.enter();
    const room = host.local(game)!;
    await expect.poll(() => room.viewerCount, { timeout: 20_000 }).toBe(VIEWERS);
    const { params, most } = ROUNDS[game]!;
    let seen = link.frames.length;
    const { round, startsAt } = await room.cue({ game, ...(params && { params }), inMs: 0, durationMs: 4_000 });
    let markAt = startsAt;
    let marks = game === 'quickdraw' ? 2 : 1; // before the turn all would be too early
    for (;;) {
      await link.until(() => link.frames.length > seen);
      const fresh = link.frames.slice(seen);
      seen += fresh.length;
      const before = marks;
      for (const { kind, frame } of fresh) {
        if (kind !== 'tick' || !frame.mark) continue;
        markAt = frame.eventTime;
        marks--;
      }
      const overview = await room.overview();
      if (overview.phase === 'over') break;
      if ((overview.outcomes ?? 0) > 0) await room.settle(1);
      else crowd.act(round, link.frames.at(-1)!.frame.eventTime, markAt, most, marks === 0 && before > 0);
    }
  };

  /** What came of an event: shared state, every viewer, every round; as bytes. */
  const resultOf = async (journal: JournalStore, room: string) => {
    const { checkpoint } = await journal.open(room);
    const { state, core } = imageOf(checkpoint!.parts);
    const { revisions: _, ...viewers } = core.viewers; // count what was copied, and are no part of the state
    return { desk: core.desk, bytes: Buffer.from(new Packr({ useRecords: false }).pack({ state, viewers, desk: core.desk })) };
  };

  it('[WIN19] of every game, with 2,000 viewers and late ones among them, replay on an origin that has the journal alone to the same results and facts, byte for byte', async () => {
    const first = await origin();
    const events: RoomEvent[] = [...games.keys()].map((id) => ({ id, maxViewers: VIEWERS, maxDelay: MAX_DELAY, createdAt: systemClock.now() }));
    await Promise.all(events.map((event) => first.host.open(event)));
    await Promise.all(events.map(({ id }, i) => play(first.host, id, i + 1)));
    await first.host.close();

    const fresh = await origin();
    let records = 0;
    for (const { id } of events) {
      const { epoch } = await fresh.journal.open(id);
      for await (const { tick, time, bytes } of first.journal.records(id, -1)) {
        await fresh.journal.append(id, epoch, { tick, time, bytes });
        records++;
      }
    }
    await Promise.all(events.map((event) => fresh.host.open(event)));
    await fresh.host.close();

    const told = (facts: readonly Fact[], room: string): string => JSON.stringify(facts.filter((fact) => fact.room === room));
    const lines: string[] = [];
    for (const { id } of events) {
      const [recorded, replayed] = [await resultOf(first.journal, id), await resultOf(fresh.journal, id)];
      expect(replayed.bytes.equals(recorded.bytes), `${id}: the same bytes`).toBe(true);
      expect(told(fresh.facts, id), `${id}: the same facts`).toBe(told(first.facts, id));
      const [round] = recorded.desk.history;
      expect(round!.actions, id).toBeGreaterThan(VIEWERS / 2);
      expect(round!.players, id).toBeGreaterThan(VIEWERS / 4);
      if (id !== 'poll') expect(told(first.facts, id), id).toContain('RoundWon');
      lines.push(`${id}: ${round!.actions} actions of ${round!.players} viewers, ${recorded.bytes.length} bytes of results`);
    }
    process.stdout.write(`${records} ticks replayed; ${lines.join('; ')}\n`);
  });
});
