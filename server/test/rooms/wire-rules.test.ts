/** The measured rules that relaying Colyseus 0.18 rests on: an upgrade that breaks one fails here first. Rules 1 and 2 have STK1 and PRO21. */
import { matchMaker, Room, type Client } from '@colyseus/core';
import { Encoder, MapSchema, Reflection, schema, t, type Decoder, type Schema } from '@colyseus/schema';
import { Client as StockClient } from '@colyseus/sdk';
import { BatchBuilder, decodeTick, LINK } from '@crowdcue/protocol';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createOrigin } from '../../src/app.js';
import { systemClock } from '../../src/clock.js';
import { readConfig } from '../../src/config.js';
import { RelayCredential } from '../../src/identity/index.js';
import { encodeTombstones } from '../../src/rooms/relay-plugin/keyframe.js';
import { MASTER, RELAY_SECRET, tempDir } from '../support/test-origin.js';

const Inner = schema({ x: t.float64(), note: t.string().optional() }, 'RuleInner');
const Tree = schema({ name: t.string().optional(), inner: t.ref(Inner).optional(), items: t.map(Inner) }, 'RuleTree');
type TreeState = InstanceType<typeof Tree>;

const inner = (x: number, note?: string) => Object.assign(new Inner(), note === undefined ? { x } : { x, note });

/** An encoder beside a viewer's decoder that has its first state. */
const pair = (state: TreeState) => {
  const encoder = new Encoder(state);
  const decoder: Decoder = Reflection.decode(Reflection.encode(encoder));
  decoder.decode(encoder.encodeAll());
  encoder.discardChanges();
  return { encoder, decoder, seen: () => (decoder.state as Schema).toJSON() };
};

const resync = (decoder: Decoder, full: Uint8Array) => (decoder as unknown as { decodeResync(bytes: Uint8Array): void }).decodeResync(full);

describe('WIRE', () => {
  it('[WIR3] a second full state clears unset fields only with tombstones', () => {
    const state = new Tree();
    Object.assign(state, { name: 'a', inner: inner(1, 'note') });
    state.items.set('k', inner(2, 'note'));
    const { encoder, decoder, seen } = pair(state);
    state.name = undefined as never;
    state.items.get('k')!.note = undefined as never;
    encoder.discardChanges();
    const full = Uint8Array.from(encoder.encodeAll());
    resync(decoder, full);
    expect(seen(), 'Colyseus has the hole still').not.toEqual(state.toJSON());
    resync(decoder, new Uint8Array([...full, ...encodeTombstones(state)]));
    expect(seen()).toEqual(state.toJSON());
  });

  it('[WIR4] a restored room meets a viewer’s decoder that lived through it: with lifted ids every state is right', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const state = new Tree();
      for (let i = 0; i < 5 + seed; i++) state.items.set(`k${i}`, inner(i));
      const { encoder, decoder, seen } = pair(state);
      for (let i = 0; i < seed; i++) state.items.set(`k${i}`, inner(100 + i));
      decoder.decode(encoder.encode());
      encoder.discardChanges();
      const saved = (encoder.root as unknown as { nextUniqueId: number }).nextUniqueId;

      const restored = new Tree();
      const next = new Encoder(restored);
      (next.root as unknown as { nextUniqueId: number }).nextUniqueId = saved + 100_000;
      restored.restore(JSON.parse(JSON.stringify(state.toJSON())) as never);
      restored.items.delete('k1');
      next.discardChanges();
      resync(decoder, Uint8Array.from(next.encodeAll()));
      expect(seen(), `seed ${seed}`).toEqual(restored.toJSON());
      restored.items.set('new', inner(seed, 'n'));
      decoder.decode(next.encode());
      expect(seen(), `seed ${seed}`).toEqual(restored.toJSON());
      expect((decoder.state as TreeState).items).toBeInstanceOf(MapSchema);
    }
  });

  it('[WIR5] [WIR6] a client of the origin reconnects on this Node, and a link may send far more than 4 KiB at once', async () => {
    class Held extends Room {
      override async onDrop(client: Client): Promise<void> {
        await this.allowReconnection(client, 10);
      }
    }
    const origin = await createOrigin(
      readConfig({ PORT: '0', NODE_ENV: 'test', DATA_DIR: tempDir(), MASTER_SECRET: MASTER, RELAY_SECRET, SEED_DEMO: '1' }), { logger: pino({ level: 'silent' }) },
    );
    try {
      matchMaker.defineRoomType('held', Held);
      const { roomId } = await matchMaker.createRoom('held', {});
      const stock = await new StockClient(origin.url).joinById(roomId);
      const back = await (async () => {
        stock.reconnection.enabled = false;
        const token = stock.reconnectionToken;
        stock.connection.close();
        return new StockClient(origin.url).reconnect(token);
      })();
      expect(back.sessionId).toBe(stock.sessionId);
      await back.leave();

      const proof = new RelayCredential(RELAY_SECRET, systemClock).linkProof('big', 1, 'first-show', Math.floor(systemClock.now() / 1000) + 60);
      const answer = await fetch(`${origin.url}/matchmake/joinById/first-show`, { method: 'POST', body: JSON.stringify({ crowdcueLink: { relayId: 'big', incarnation: 1, proof } }) });
      const seat = await answer.json() as { processId: string; sessionId: string };
      const link = new WebSocket(`${origin.url.replace('http', 'ws')}/${seat.processId}/first-show?sessionId=${seat.sessionId}`);
      let acked = 0;
      link.on('message', (data: Buffer) => { if (data[0] === LINK.tick) acked = decodeTick(new Uint8Array(data)).acked; });
      await new Promise((resolve) => { link.once('message', resolve); });
      const batch = new BatchBuilder();
      for (let i = 0; i < 20_000; i++) batch.action(i, { n: 1, round: 1, choice: 0, value: 1 }, 0, -1);
      const bytes = batch.encode(1, 0);
      expect(bytes.length).toBeGreaterThan(100_000);
      link.send(bytes);
      await expect.poll(() => acked, { timeout: 5_000 }).toBe(1);
      link.close();
    } finally {
      await origin.close();
    }
  });
});
