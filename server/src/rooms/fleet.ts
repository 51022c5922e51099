/**
 * What joins the origins of one system beside the store: Colyseus's rows and calls between processes, and our own notices.
 *
 * Life: `openFleet` connects → its `driver` and `presence` are the Colyseus server's → `close`. When Redis is away nothing here waits for
 * it and nothing fails for it: calls come back unanswered, notices are lost, rows are written again by the next `keep`.
 * Invariant: nothing that is said here decides who holds a room or what counts; that is the store's.
 */
import { matchMaker } from '@colyseus/core';
import { RedisPresence } from '@colyseus/redis-presence';
import { CrowdcueError } from '@crowdcue/protocol';
import { Redis, type RedisOptions } from 'ioredis';
import { OwnedRows } from './room-listing.js';
import type { RoomReply, RoomRequest } from './remote-room.js';

/** What an origin tells the others: a room was given back; drops of an event changed. */
export type Notice = { readonly freed: string } | { readonly drops: string };

export interface Fleet {
  readonly driver: OwnedRows;
  readonly presence: RedisPresence;
  /** Asks the room's holder. Throws when nobody answers in time. */
  call(eventId: string, request: RoomRequest): Promise<RoomReply>;
  /** Whether some process listens for the room: false at once when its holder died, true while its holder is only paused. */
  served(eventId: string): Promise<boolean>;
  tell(notice: Notice): void;
  /** Hears what others and this process tell. */
  onNotice(heard: (notice: Notice) => void): void;
  close(): Promise<void>;
}

/** ms that a room of another process may take to answer; its journal may be slow. */
const CALL_MS = 3_000;
/** ms between two looks at rows and connections. */
const KEEP_MS = 2_000;
const COMMAND_MS = 2_000;
const RETRY_MS = { first: 50, last: 1_000 };
const NOTICES = 'crowdcue:notices';

/** Colyseus waits for hardly any of its commands: none may hang, and none may be sent late, when its asker has given up. */
const OPTIONS: RedisOptions = {
  lazyConnect: true, connectTimeout: COMMAND_MS, commandTimeout: COMMAND_MS, keepAlive: 5_000, enableOfflineQueue: false, maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false, disableClientInfo: true,
  retryStrategy: (times) => Math.min(RETRY_MS.last, RETRY_MS.first * 2 ** Math.min(times, 10)),
};

const ignore = (): undefined => undefined;

/** Colyseus's presence where a break of Redis is no fault: what it subscribed to it hears again when Redis is back, by itself. */
class FleetPresence extends RedisPresence {
  async open(): Promise<void> {
    await this.pub.connect();
    await this.sub.connect();
  }

  override async subscribe(topic: string, callback: (...args: unknown[]) => void): Promise<this> {
    return super.subscribe(topic, callback).catch(() => this);
  }

  override async unsubscribe(topic: string, callback?: (...args: unknown[]) => void): Promise<this> {
    return super.unsubscribe(topic, callback).catch(() => this);
  }

  override publish(topic: string, data: unknown): Promise<void> {
    return super.publish(topic, data).catch(ignore);
  }

  override hset(key: string, field: string, value: string): Promise<boolean> {
    return super.hset(key, field, value).catch(() => false);
  }

  override hdel(key: string, field: string): Promise<boolean> {
    return super.hdel(key, field).catch(() => false);
  }

  /** Processes that listen to a topic. */
  async listeners(topic: string): Promise<number> {
    const [, count] = await (this.pub as Redis).pubsub('NUMSUB', topic) as [string, number];
    return Number(count);
  }

  /** A connection that hears nothing is not told from one where nothing is said: it is asked. */
  async probe(): Promise<void> {
    if (this.sub.status !== 'ready') return;
    await (this.sub as Redis).ping().catch(() => this.sub.disconnect(true));
  }

  override shutdown(): void {
    this.sub.disconnect();
    this.pub.disconnect();
  }
}

/** Connects. Throws when Redis does not answer. */
export const openFleet = async (url: string): Promise<Fleet> => {
  const rows = new Redis(url, OPTIONS);
  rows.on('error', ignore); // the store's connection tells of it
  const presence = new FleetPresence(new Redis(url, OPTIONS));
  const driver = new OwnedRows(rows, () => matchMaker.processId);
  try {
    await rows.connect();
    await presence.open();
  } catch (error) {
    rows.disconnect();
    presence.shutdown();
    throw error;
  }
  const served = async (eventId: string): Promise<boolean> => await presence.listeners(`$${eventId}`) > 0;
  const keeper = setInterval(() => {
    void driver.keep();
    void presence.probe();
  }, KEEP_MS).unref();
  return {
    driver, presence,
    call: async (eventId, request) => {
      if (!(await served(eventId))) throw new CrowdcueError('unavailable'); // else it is waited for
      return await matchMaker.remoteRoomCall(eventId, 'answer' as never, [request], CALL_MS) as RoomReply;
    },
    served,
    tell: (notice) => void presence.publish(NOTICES, notice),
    onNotice: (heard) => void presence.subscribe(NOTICES, (notice) => heard(notice as Notice)),
    close: async () => {
      clearInterval(keeper);
      presence.shutdown();
      await driver.shutdown();
    },
  };
};
