/** A crowd that comes at once: thousands of real sockets at one relay. */
import { CLOSE, decodeJoinRoom, decodeQueue, encodeAction, encodeClock, FRAME, type QueuePlace } from '@crowdcue/protocol';
import { Client } from '@colyseus/sdk';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../src/index.js';
import { WireSocket } from '../src/wire-socket.js';
import { atEnd, stage, type Stage, until } from './support/harness.js';
import type { StockRoom } from './support/shapes.js';

/** A viewer that reads codes and places, and nothing else. */
class Comer {
  readonly places: QueuePlace[] = [];
  readonly socket: WireSocket;
  readonly codes: number[] = [];
  welcomes = 0;
  reflection: number | undefined;
  states = 0;
  clocks = 0;
  closed: { code: number; reason: string } | undefined;

  constructor({ relay, room }: Stage, readonly sub: number, queue = true, session = `session-of-comer-${String(sub).padStart(5, '0')}`, claims = {}) {
    const protocols = ['crowdcue.v1', `token.${room.token(sub, claims)}`, `session.${session}`, ...(queue ? ['queue.1'] : [])];
    this.socket = new WireSocket(new URL(`${relay.url}/live/show`), {
      message: (frame) => this.#read(frame),
      close: (code, reason) => { this.closed = { code, reason }; },
    }, { protocols });
  }

  get place(): number {
    return this.places.at(-1)?.place ?? 0;
  }

  #read(frame: Uint8Array): void {
    this.codes.push(frame[0]!);
    switch (frame[0]) {
      case FRAME.queue: this.places.push(decodeQueue(frame)); return;
      case FRAME.welcome: this.welcomes++; return;
      case FRAME.joinRoom: this.reflection = decodeJoinRoom(frame).reflection.length; return;
      case FRAME.roomState: this.states++; return;
      case FRAME.clock: this.clocks++;
    }
  }
}

const come = (s: Stage, count: number, from = 1, queue = true): Comer[] => {
  const comers = Array.from({ length: count }, (_, i) => new Comer(s, from + i, queue));
  atEnd(() => comers.forEach(({ socket }) => socket.destroy()));
  return comers;
};
/** One after the other, so that the order of coming is known. */
const comeInOrder = async (s: Stage, count: number, from: number): Promise<Comer[]> => {
  const comers: Comer[] = [];
  for (let i = 0; i < count; i++) {
    comers.push(...come(s, 1, from + i));
    await until(() => comers[i]!.codes.length > 0, 'it is in line');
  }
  return comers;
};
const inside = (comers: readonly Comer[]): number[] => comers.filter(({ welcomes }) => welcomes > 0).map(({ sub }) => sub);

describe('a crowd that comes at once', () => {
  it('[LIN4] is let in at a measured pace, each viewer once and in one write; who waits is told a place that only falls', async () => {
    const CROWD = 3_000;
    const s = await stage({ joinShare: 0.03 });
    s.room.run(50);
    const comers = come(s, CROWD);
    await until(() => comers.every(({ states, closed }) => states > 0 || closed !== undefined), 'all are in', 60_000);
    expect(comers.filter(({ closed }) => closed !== undefined)).toEqual([]);
    await until(() => s.room.joins.length === CROWD, 'all joins are applied');
    expect(new Set(s.room.joins.map(({ viewer }) => viewer)).size).toBe(CROWD);
    expect(comers.every(({ welcomes }) => welcomes === 1)).toBe(true);
    for (const { codes } of comers) {
      const first = codes.indexOf(FRAME.welcome);
      expect(codes.slice(first, first + 3)).toEqual([FRAME.welcome, FRAME.joinRoom, FRAME.roomState]);
      expect(codes.slice(0, first).every((code) => code === FRAME.queue)).toBe(true);
      expect(codes.slice(first)).not.toContain(FRAME.queue);
    }
    const waited = comers.filter(({ places }) => places.length > 0);
    expect(waited.length).toBeGreaterThan(CROWD / 10);
    for (const { places } of waited) for (let i = 1; i < places.length; i++) expect(places[i]!.place).toBeLessThanOrEqual(places[i - 1]!.place);
    expect(waited.some(({ places }) => places.some(({ waitMs }) => waitMs > 0))).toBe(true);
    expect(await s.metric('crowdcue_relay_joins_total')).toBe(CROWD);
    expect(await s.metric('crowdcue_relay_waiting')).toBe(0);
  }, 90_000);

  it('[LIN5] never has more viewers in rooms than the relay may; a place that gets free is the next one’s', async () => {
    const s = await stage({ maxViewers: 5 });
    s.room.maxViewers = 1_000;
    s.room.run(10);
    const comers = await comeInOrder(s, 12, 1);
    expect(inside(comers)).toEqual([1, 2, 3, 4, 5]);
    expect(comers.slice(5).map(({ places }) => places[0]!.place)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(await s.metric('crowdcue_relay_waiting')).toBe(7);
    comers[7]!.socket.destroy(); // out of the middle of the line
    for (const [leaver, next] of [[0, 6], [3, 7], [1, 9]] as const) {
      comers[leaver]!.socket.destroy();
      await until(() => comers[next - 1]!.welcomes === 1, `${next} is in`);
    }
    expect(inside(comers)).toEqual([1, 2, 3, 4, 5, 6, 7, 9]);
    await until(() => comers[9]!.place === 1 && comers[11]!.place === 3, 'the others have moved up');
    await until(() => s.room.leaves.length === 3, 'the room knows');
    expect(s.room.mostOnline).toBeLessThanOrEqual(5);
  });

  it('[LIN6] waits for a place in an event that is full, in the order of coming, and gets in when one is free, wherever', async () => {
    const s = await stage();
    s.room.maxViewers = 4;
    s.room.run(10);
    const comers = await comeInOrder(s, 4, 1);
    const late = await comeInOrder(s, 1, 5);
    await until(() => late[0]!.place === 1, 'the room has said that it is full');
    late.push(...await comeInOrder(s, 5, 6));
    await until(() => late.every(({ place }, i) => place === i + 1), 'all of them have their place');
    expect(late.every(({ closed }) => closed === undefined)).toBe(true);
    expect(late.slice(1).every(({ welcomes }) => welcomes === 0)).toBe(true); // only the first was shown anything before the room said no
    comers[2]!.socket.destroy();
    await until(() => s.room.online.has(5), 'the next one has the place');
    s.room.maxViewers = 7; // as if viewers of other relays had left: nobody tells this one
    await until(() => s.room.online.size === 7, 'the places are taken', 15_000);
    expect([...s.room.online.keys()].sort((a, b) => a - b)).toEqual([1, 2, 4, 5, 6, 7, 8]);
    await until(() => late.slice(0, 4).every(({ codes, states }) => states > 0 && codes.lastIndexOf(FRAME.roomState) > codes.lastIndexOf(FRAME.queue)), 'they see the room');
    expect(late.slice(1, 4).every(({ welcomes }) => welcomes === 1)).toBe(true);
    expect(late.slice(4).every(({ welcomes }) => welcomes === 0)).toBe(true);
    await until(() => late[4]!.place === 1 && late[5]!.place === 2, 'the others have moved up');
    expect(s.room.mostOnline).toBe(7);
    expect(late[0]!.reflection).toBe(0); // it was in for a moment, and keeps its decoder
  }, 30_000);

  it('[LIN6] does not let a storm past the cap of the event, and lets everybody in in the end, once', async () => {
    const s = await stage();
    s.room.maxViewers = 100;
    s.room.run(10);
    const comers = come(s, 400);
    await until(() => comers.every(({ codes }) => codes.length > 0), 'everybody has come');
    const seen = new Set<number>();
    while (seen.size < 400) {
      await until(() => s.room.online.size === 100 || s.room.online.size === 400 - seen.size, 'the room is full again', 15_000);
      for (const sub of s.room.online.keys()) {
        expect(seen.has(sub), `${sub} came back`).toBe(false);
        seen.add(sub);
        await until(() => comers[sub - 1]!.states > 0, 'it sees the room');
        comers[sub - 1]!.socket.destroy();
      }
      await until(() => [...s.room.online.keys()].every((sub) => !seen.has(sub)), 'their places are free');
    }
    expect(s.room.mostOnline).toBeLessThanOrEqual(100);
    expect(comers.every(({ closed }) => closed!.code === 1006)).toBe(true);
  }, 60_000);

  it('[LIN7] gives a viewer one place: a newer connection of the same one takes it over', async () => {
    const s = await stage({ maxViewers: 1 });
    const [, first, second] = await comeInOrder(s, 3, 1);
    expect([first!.place, second!.place]).toEqual([1, 2]);
    const again = new Comer(s, 2, true, 'another-session-of-2');
    atEnd(() => again.socket.destroy());
    await until(() => first!.closed !== undefined && again.place === 1, 'the place is taken over');
    expect(first!.closed).toEqual({ code: CLOSE.taken_over, reason: 'taken_over' });
    expect(second!.place).toBe(2);
    expect(await s.metric('crowdcue_relay_waiting')).toBe(2);
  });

  it('[LIN7] lets a viewer that is in take over its own place, however full it is', async () => {
    const s = await stage({ maxViewers: 1 });
    const [, waiting] = await comeInOrder(s, 2, 1);
    const again = new Comer(s, 1, true, 'another-session-of-1');
    atEnd(() => again.socket.destroy());
    await until(() => again.welcomes === 1, 'it is in');
    expect(waiting!.welcomes).toBe(0);
  });

  it('[LIN8] keeps whoever waits, for as long as it takes, and tells those who did not ask nothing', async () => {
    let skew = 0;
    const s = await stage({ maxViewers: 1, clock: { ...systemClock, now: () => performance.now() + skew } });
    const [present] = await comeInOrder(s, 1, 1);
    const [quiet] = come(s, 1, 2, false);
    const [asking] = await comeInOrder(s, 1, 3);
    skew = 60_000; // six times as long as somebody may take to get in who does not wait
    asking!.socket.send(encodeClock({ sent: 1 }));
    asking!.socket.send(encodeAction({ n: 1, round: 1, choice: 0, value: 1 })); // of no meaning before it is in
    await until(() => asking!.clocks === 1, 'it is answered');
    present!.socket.destroy();
    await until(() => quiet!.states === 1, 'the quiet one is in');
    expect(quiet!.codes.slice(0, 3)).toEqual([FRAME.welcome, FRAME.joinRoom, FRAME.roomState]);
    await until(() => asking!.place === 1, 'the other one moves up');
    expect(s.room.actions).toEqual([]);
    asking!.socket.send(new Uint8Array([FRAME.leaveRoom]));
    await until(() => asking!.closed !== undefined, 'it may leave the line');
    expect(asking!.closed!.code).toBe(CLOSE.consented);
    expect(await s.metric('crowdcue_relay_waiting')).toBe(0);
  });

  it('[OVL18] lets an overlay in at once, however long the line is, and keeps it out of the count that viewers wait for', async () => {
    const s = await stage({ maxViewers: 1 });
    const [present, waiting] = await comeInOrder(s, 2, 1);
    const overlay = new Comer(s, 900, true, undefined, { tier: 'overlay.1' });
    atEnd(() => overlay.socket.destroy());
    await until(() => overlay.states === 1, 'it is in');
    expect(overlay.places).toEqual([]);
    expect([waiting!.welcomes, waiting!.place]).toEqual([0, 1]);
    present!.socket.destroy();
    await until(() => waiting!.welcomes === 1, 'the place of the viewer who left is free');
  });

  it('[LIN9] ends where the process would have no files left: who comes then is told that the event is full', async () => {
    const s = await stage({ maxViewers: 2, maxConnections: 5 });
    const comers = await comeInOrder(s, 5, 1);
    const [more] = come(s, 1, 6);
    await until(() => more!.closed !== undefined, 'it is turned away');
    expect(more!.closed).toEqual({ code: CLOSE.event_full, reason: 'event_full' });
    expect(comers.every(({ closed }) => closed === undefined)).toBe(true);
    comers[4]!.socket.destroy();
    await until(async () => (await s.metric('crowdcue_relay_connections')) === 4, 'it is gone');
    const [next] = come(s, 1, 7);
    await until(() => next!.place === 3, 'there is room in the line again');
  });

  it('[LIN10] keeps a stock client’s request until its turn comes, or says after a while when to try again', async () => {
    const s = await stage({ maxViewers: 1, seatHoldMs: 300 });
    const [present] = await comeInOrder(s, 1, 1);
    const ask = (): Promise<Response> => fetch(`${s.relay.url.replace('ws', 'http')}/matchmake/joinById/show`, { method: 'POST', body: JSON.stringify({ token: s.room.token(2) }) });
    const late = await ask();
    expect(late.status).toBe(503);
    expect(Number(late.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await late.json()).toEqual({ code: 503, error: expect.stringContaining('event_full') });
    expect(await s.metric('crowdcue_relay_waiting')).toBe(0);
    const gone = new AbortController();
    const aborted = fetch(`${s.relay.url.replace('ws', 'http')}/matchmake/joinById/show`, { method: 'POST', body: JSON.stringify({ token: s.room.token(3) }), signal: gone.signal }).catch(() => 'gone');
    await until(async () => (await s.metric('crowdcue_relay_waiting')) === 1, 'the request is in line');
    gone.abort();
    expect(await aborted).toBe('gone');
    await until(async () => (await s.metric('crowdcue_relay_waiting')) === 0, 'and out of it');
    const asked = ask();
    await until(async () => (await s.metric('crowdcue_relay_waiting')) === 1, 'the request is in line');
    present!.socket.destroy();
    expect((await asked).status).toBe(200);
  });

  it('[LIN10] lets stock clients wait too: connected and not in the room, then in', async () => {
    const s = await stage({ seatHoldMs: 10_000 });
    s.room.maxViewers = 1;
    s.room.run(10);
    const [present] = await comeInOrder(s, 1, 1);
    await until(() => s.room.online.size === 1, 'it is full');
    const rooms: StockRoom[] = [];
    const enter = async (sub: number): Promise<void> => {
      const joined = (await new Client(s.relay.url).joinById('show', { token: s.room.token(sub) })) as unknown as StockRoom;
      atEnd(() => { joined.reconnection.enabled = false; });
      rooms.push(joined);
    };
    const first = enter(2); // shown the room for a moment, as nobody had said yet that it is full
    await first;
    await until(async () => (await s.metric('crowdcue_relay_put_back_total')) === 1, 'the room has said so');
    const second = enter(3);
    await until(async () => (await s.metric('crowdcue_relay_waiting')) === 2, 'both wait');
    expect(rooms.length).toBe(1);
    present!.socket.destroy();
    await until(() => s.room.online.has(2), 'the first one has the place', 15_000);
    const before = rooms[0]!.state.tick!;
    await until(() => rooms[0]!.state.tick! > before, 'it sees the room');
    await rooms[0]!.leave();
    await second;
    await until(() => rooms[1]!.state?.phase !== undefined, 'the other one sees the room');
    expect(s.room.mostOnline).toBe(1);
  }, 40_000);
});
