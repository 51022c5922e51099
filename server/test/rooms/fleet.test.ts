import { initializeRoomCache, matchMaker, type IRoomCache } from '@colyseus/core';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openFleet, type Fleet, type Notice } from '../../src/rooms/fleet.js';
import { OwnedRows } from '../../src/rooms/room-listing.js';
import { HAS_REDIS, tempRedis, type RedisServer } from '../support/redis-server.js';

const row = (processId: string, epoch: number, roomId = 'show'): IRoomCache =>
  initializeRoomCache({ name: 'crowd', roomId, processId, metadata: { epoch }, publicAddress: `${processId}:2567` });

const rowsOf = (server: RedisServer, processId: string): OwnedRows => {
  const client = new Redis(server.url, { maxRetriesPerRequest: 0 });
  client.on('error', () => undefined);
  onTestFinished(() => client.disconnect());
  return new OwnedRows(client, () => processId);
};

describe.skipIf(!HAS_REDIS)('rows of rooms', () => {
  it('[ORG10] the next holder of a room overwrites the row of one that died, and never the reverse', async () => {
    const server = await tempRedis();
    const [one, two] = [rowsOf(server, 'one'), rowsOf(server, 'two')];
    expect(await one.persist(row('one', 4))).toBe(true);
    expect(await two.persist(row('two', 5))).toBe(true);
    expect(await one.persist(row('one', 4))).toBe(false); // it was stopped between its lease and its row
    expect(await two.findOne({ roomId: 'show' })).toMatchObject({ processId: 'two', publicAddress: 'two:2567', metadata: { epoch: 5 } });
  });

  it('[ORG10] a room that was fenced takes nothing from its successor: neither by its last leave nor by its end', async () => {
    const server = await tempRedis();
    const [one, two] = [rowsOf(server, 'one'), rowsOf(server, 'two')];
    const old = row('one', 4);
    await one.persist(old);
    expect(await one.update(old, { $inc: { clients: 1 } })).toBe(true);
    expect(await one.findOne({ roomId: 'show' })).toMatchObject({ clients: 1 });
    await two.persist(row('two', 5));
    expect(await one.update(old, { $inc: { clients: -1 } })).toBe(false);
    expect(await one.remove('show')).toBe(false);
    await one.cleanup();
    expect(await one.findOne({ roomId: 'show' })).toMatchObject({ processId: 'two', clients: 0 });
    expect(await two.remove('show')).toBe(true);
    expect(await one.update(old, { $inc: { clients: -1 } })).toBe(false); // nor does it come back
    expect(await one.findOne({ roomId: 'show' })).toBeUndefined();
  });

  it('[ORG10] rows that were lost are written again, those of others are not', async () => {
    const server = await tempRedis();
    const [one, two] = [rowsOf(server, 'one'), rowsOf(server, 'two')];
    await one.persist(row('one', 1, 'a'));
    await one.persist(row('one', 1, 'b'));
    await two.persist(row('two', 2, 'b'));
    await one.persist(row('one', 1, 'c'));
    await one.remove('c');
    const hand = new Redis(server.url);
    onTestFinished(() => hand.disconnect());
    await hand.hdel('roomcaches', 'a');
    await one.keep();
    const found = await one.findByIds(['a', 'b', 'c']);
    expect([...found].map(([id, { processId }]) => [id, processId])).toEqual([['a', 'one'], ['b', 'two']]);
  });

  it('[ORG11] what Redis does not take holds nobody up and fails nobody', async () => {
    const server = await tempRedis();
    const one = rowsOf(server, 'one');
    await one.persist(row('one', 1));
    await server.kill();
    expect(await one.persist(row('one', 1))).toBe(false);
    expect(await one.update(row('one', 1), { $set: { locked: true } })).toBe(false);
    expect(await one.remove('show')).toBe(false);
    await one.keep();
  });
});

describe.skipIf(!HAS_REDIS)('a fleet', () => {
  const open = async (server: RedisServer): Promise<Fleet> => {
    const fleet = await openFleet(server.url);
    onTestFinished(() => fleet.close());
    return fleet;
  };
  const heardBy = (fleet: Fleet): Notice[] => {
    const heard: Notice[] = [];
    fleet.onNotice((notice) => heard.push(notice));
    return heard;
  };

  it('[ORG12] tells the others, also after Redis was away, and waits for nothing meanwhile', async () => {
    const server = await tempRedis();
    const [one, two] = [await open(server), await open(server)];
    const heard = heardBy(two);
    await expect.poll(() => one.presence.channels('crowdcue:notices')).toHaveLength(1);
    one.tell({ freed: 'a' });
    await expect.poll(() => heard).toEqual([{ freed: 'a' }]);
    await server.kill();
    one.tell({ drops: 'lost' });
    expect(await one.presence.hset('roomcount', 'one', '1,1')).toBe(false);
    await expect(one.served('show')).rejects.toThrow();
    await server.restart();
    await expect.poll(() => {
      one.tell({ drops: 'b' });
      return heard.some((notice) => 'drops' in notice && notice.drops === 'b');
    }, { timeout: 10_000 }).toBe(true);
    expect(heard).not.toContainEqual({ drops: 'lost' }); // nothing is said late
  });

  it('[ORG12] knows at once whether somebody answers for a room', async () => {
    const server = await tempRedis();
    const [one, two] = [await open(server), await open(server)];
    expect(await one.served('show')).toBe(false);
    await two.presence.subscribe('$show', () => undefined);
    expect(await one.served('show')).toBe(true);
    await two.close(); // what a process that was killed looks like
    await expect.poll(() => one.served('show')).toBe(false);
  });

  it('[ORG12] does not start without Redis', async () => {
    const server = await tempRedis();
    await server.kill();
    await expect(openFleet(server.url)).rejects.toThrow();
    expect(matchMaker.processId).toBeUndefined();
  });
});
