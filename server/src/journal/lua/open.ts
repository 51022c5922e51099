import { redisScript } from '../../store/index.js';

export const OPEN = redisScript(`
-- Takes the lease of a room under a new epoch, unless the lease of another holder lasts.
-- KEYS: 1 head, 2 lease, 3 checkpoint
-- ARGV: 1 holder, 2 ms that the lease lasts, 3 newest epoch that the holder knows of: after a failover Redis may know less
-- Returns { code, ... }:
--   0 OK: epoch, lastTick, checkpointTick, names and values of the checkpoint in turn
--   3 HELD: its holder
local head, lease, checkpoint = KEYS[1], KEYS[2], KEYS[3]
local holder, lease_ms, known = ARGV[1], ARGV[2], ARGV[3]

local other = redis.call('GET', lease)
if other and other ~= holder then return { 3, other } end

local epoch = math.max(tonumber(redis.call('HGET', head, 'epoch') or '0'), tonumber(known)) + 1
redis.call('HSET', head, 'epoch', string.format('%.0f', epoch), 'holder', holder)
redis.call('SET', lease, holder, 'PX', lease_ms)
local last = redis.call('HMGET', head, 'lastTick', 'checkpointTick')
return { 0, epoch, last[1] or '-1', last[2] or '-1', redis.call('HGETALL', checkpoint) }
`);
