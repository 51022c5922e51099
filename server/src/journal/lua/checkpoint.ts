import { redisScript } from '../../store/index.js';

export const CHECKPOINT = redisScript(`
-- Makes the checkpoint of a room a newer one: a whole one in place of whatever there is, or what differs from the one before. What is
-- too much for a call was staged; nothing of that counts before this.
-- KEYS: 1 head, 2 checkpoint (hash: format, epoch, tick, time, and each part under p: and its name), 3 staged (hash: parts by p: and name)
-- ARGV: 1 epoch, 2 holder, 3 format, 4 tick, 5 time, 6 tick of the checkpoint that it differs from (empty: it is whole),
--   7 number of parts that were staged, 8 number of names to drop, these names, then for each other part: name, bytes
-- Returns { code, ... }:
--   0 OK
--   1 FENCED: epoch that holds the room
--   2 ORDER: tick that does not follow, tick of the newest checkpoint
--   4 GAP: tick of the newest checkpoint, which is not that one, or not all that was staged is there
local head, checkpoint, staged = KEYS[1], KEYS[2], KEYS[3]
local epoch, holder, format, tick, time, differs_from = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local staged_parts, drops = tonumber(ARGV[7]), tonumber(ARGV[8])
local FIRST, STEP = 9, 2

local now = redis.call('HMGET', head, 'epoch', 'holder', 'checkpointTick')
if now[1] ~= epoch or now[2] ~= holder then return { 1, now[1] or '0' } end
local last = now[3] or '-1'
if tonumber(tick) <= tonumber(last) then return { 2, tick, last } end
if staged_parts > 0 and redis.call('HLEN', staged) ~= staged_parts then return { 4, last } end
if differs_from ~= '' then
  local before = redis.call('HMGET', checkpoint, 'epoch', 'tick')
  if before[1] ~= epoch or before[2] ~= differs_from then return { 4, before[2] or '-1' } end
end

if differs_from == '' then redis.call('UNLINK', checkpoint) end
if staged_parts > 0 then
  if differs_from == '' then
    redis.call('RENAME', staged, checkpoint)
  else
    for _, part in ipairs(redis.call('HKEYS', staged)) do redis.call('HSET', checkpoint, part, redis.call('HGET', staged, part)) end
  end
end
redis.call('UNLINK', staged)
for at = FIRST, FIRST + drops - 1 do redis.call('HDEL', checkpoint, 'p:' .. ARGV[at]) end
for at = FIRST + drops, #ARGV, STEP do redis.call('HSET', checkpoint, 'p:' .. ARGV[at], ARGV[at + 1]) end
redis.call('HSET', checkpoint, 'format', format, 'epoch', epoch, 'tick', tick, 'time', time)
redis.call('HSET', head, 'checkpointTick', tick)
return { 0 }
`);
