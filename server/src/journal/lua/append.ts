import { redisScript } from '../../store/index.js';

export const APPEND = redisScript(`
-- Appends records, all or none, and makes the lease last anew. They must follow the record that the holder knows as the last:
-- what a failover lost, or a call of unknown outcome left or did not leave, must not become a hole.
-- KEYS: 1 head, 2 lease, 3 records (stream; the id of an entry is <tick>-1, because 0-0 is none)
-- ARGV: 1 epoch, 2 holder, 3 ms that the lease lasts, 4 format, 5 tick that the first one follows, then for each: tick, time, bytes
-- Returns { code, ... }:
--   0 OK
--   1 FENCED: epoch that holds the room
--   2 ORDER: tick that does not follow, tick before it
--   4 GAP: tick of the last record
local head, lease, records = KEYS[1], KEYS[2], KEYS[3]
local epoch, holder, lease_ms, format, follows = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local FIRST, STEP = 6, 3

local now = redis.call('HMGET', head, 'epoch', 'holder', 'lastTick', 'checkpointTick')
if now[1] ~= epoch or now[2] ~= holder then return { 1, now[1] or '0' } end
local last = now[3] or '-1'
if last ~= follows then return { 4, last } end

-- Checked before the first write: a script that fails half-way leaves what it wrote.
local before = math.max(tonumber(last), tonumber(now[4] or '-1'))
for at = FIRST, #ARGV, STEP do
  local tick = tonumber(ARGV[at])
  if tick <= before then return { 2, ARGV[at], string.format('%.0f', before) } end
  before = tick
end

for at = FIRST, #ARGV, STEP do
  redis.call('XADD', records, ARGV[at] .. '-1', 'format', format, 'epoch', epoch, 'time', ARGV[at + 1], 'bytes', ARGV[at + 2])
  last = ARGV[at]
end
redis.call('HSET', head, 'lastTick', last)
redis.call('SET', lease, holder, 'PX', lease_ms)
return { 0 }
`);
