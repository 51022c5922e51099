/**
 * The rows by which processes find each other's rooms: Colyseus's own, in Redis, one a room, but kept in order where rooms move. A row is
 * an address, never a right: the journal's lease alone says who holds a room. So nothing here may stop or hold up a room; a row that
 * could not be written is written by the next `keep`.
 *
 * Invariants: the row of a higher epoch is never overwritten by a lower one; a process removes and updates rows of its own only, so that
 * a room that was fenced takes nothing from its successor when it ends.
 */
import type { IRoomCache, Room } from '@colyseus/core';
import { RedisDriver } from '@colyseus/redis-driver';
import type { Redis } from 'ioredis';
import type { RoomOpening } from './room-deps.js';

/** Colyseus's own key (redis-driver 0.18.3): a hash of room id → row as JSON. */
const ROWS = 'roomcaches';

/**
 * Writes a row unless a higher epoch's stands. KEYS: rows. ARGV: room id, row, its epoch, `own` (only over a row of the same process).
 * Returns 1 when written, else 0.
 */
const PUT = `
local standing = redis.call('HGET', KEYS[1], ARGV[1])
if standing then
  local row = cjson.decode(standing)
  local epoch = type(row.metadata) == 'table' and tonumber(row.metadata.epoch) or 0
  if epoch > tonumber(ARGV[3]) then return 0 end
  if ARGV[4] ~= '' and row.processId ~= ARGV[4] then return 0 end
elseif ARGV[4] ~= '' then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1`;

/** Removes a row of this process. KEYS: rows. ARGV: room id, process id. Returns 1 when removed, else 0. */
const REMOVE = `
local standing = redis.call('HGET', KEYS[1], ARGV[1])
if not standing or cjson.decode(standing).processId ~= ARGV[2] then return 0 end
return redis.call('HDEL', KEYS[1], ARGV[1])`;

interface Listed {
  _listing: IRoomCache<{ epoch: number }>;
}

/** Says in the room's row which life of it this is, and where it is reached. */
export const listAs = (room: Room, { lease, address }: Pick<RoomOpening, 'lease' | 'address'>): void => {
  const listing = (room as unknown as Listed)._listing;
  listing.metadata = { epoch: lease.epoch };
  if (address !== undefined) listing.publicAddress = address;
};

const epochOf = (row: IRoomCache<{ epoch?: number } | undefined>): number => row.metadata?.epoch ?? 0;

export class OwnedRows extends RedisDriver {
  readonly #own = new Map<string, IRoomCache>();

  constructor(private readonly client: Redis, private readonly processId: () => string) {
    super(client);
  }

  /** A room of this process opens. */
  override async persist(row: IRoomCache): Promise<boolean> {
    if (!row.roomId) return false;
    this.#own.set(row.roomId, row);
    return this.#put(row, '');
  }

  /** Its numbers changed. */
  override async update(row: IRoomCache, operations: Partial<{ $set: Partial<IRoomCache>; $inc: Partial<IRoomCache> }>): Promise<boolean> {
    Object.assign(row, operations.$set);
    for (const [field, by] of Object.entries(operations.$inc ?? {})) (row as unknown as Record<string, number>)[field]! += by as number;
    return this.#put(row, this.processId());
  }

  override async remove(roomId: string): Promise<boolean> {
    this.#own.delete(roomId);
    return this.#quietly(this.client.eval(REMOVE, 1, ROWS, roomId, this.processId()));
  }

  /** Rooms take their rows with them when they end. */
  override async cleanup(): Promise<void> {}

  override async shutdown(): Promise<void> {
    this.client.disconnect();
  }

  /** Writes the rows of this process's rooms again, where they are missing. */
  async keep(): Promise<void> {
    await Promise.all([...this.#own.values()].map((row) => this.#put(row, '')));
  }

  #put(row: IRoomCache, own: string): Promise<boolean> {
    return this.#quietly(this.client.eval(PUT, 1, ROWS, row.roomId, JSON.stringify(row), String(epochOf(row)), own));
  }

  /** Rooms wait for these; they must not fail or hang with Redis. */
  async #quietly(asked: Promise<unknown>): Promise<boolean> {
    return await asked.catch(() => 0) === 1;
  }
}
