import { redisScript } from '../../store/index.js';

export const CHECKPOINT = redisScript(`
-- Replaces the checkpoint of a room by a newer one.
-- KEYS: 1 head, 2 checkpoint
-- ARGV: 1 epoch, 2 holder, 3 format, 4 tick, 5 time, 6 bytes
-- Returns { code, ... }:
--   0 OK
--   1 FENCED: epoch that holds the room
--   2 ORDER: tick that does not follow, tick of the newest checkpoint
local head, checkpoint = KEYS[1], KEYS[2]
local epoch, holder, format, tick, time, bytes = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]

local now = redis.call('HMGET', head, 'epoch', 'holder', 'checkpointTick')
if now[1] ~= epoch or now[2] ~= holder then return { 1, now[1] or '0' } end
local last = now[3] or '-1'
if tonumber(tick) <= tonumber(last) then return { 2, tick, last } end

redis.call('HSET', checkpoint, 'format', format, 'tick', tick, 'time', time, 'bytes', bytes)
redis.call('HSET', head, 'checkpointTick', tick)
return { 0 }
`);
