import { redisScript } from '../../../store/index.js';

export const RESTORE = redisScript(`
-- Appends entries that a failover lost, with the numbers that they had, and writes what they change.
-- KEYS: head, entries, reservations, tickets, then the hashes that change
-- ARGV: number of the entry that must be the last one, number of entries, for each: how many fields and values, these; then for each hash
--   how many fields and values, these; for reservations and for tickets: how many scores and members, these; of each, members that
--   are gone: how many, these; last: number and time of the last entry
-- Returns: 1; 0 where another entry is the last one
if redis.call('HGET', KEYS[1], 'seq') ~= ARGV[1] then
  return 0
end
local next = 3

-- The fields and values that stand next in ARGV.
local function take()
  local count = tonumber(ARGV[next])
  local from = next + 1
  next = from + count
  return count, from
end

for index = 1, tonumber(ARGV[2]) do
  local count, from = take()
  redis.call('XADD', KEYS[2], string.format('%d-0', tonumber(ARGV[1]) + index), unpack(ARGV, from, from + count - 1))
end
for index = 5, #KEYS do
  local count, from = take()
  if count > 0 then
    redis.call('HSET', KEYS[index], unpack(ARGV, from, from + count - 1))
  end
end
for _, command in ipairs({ 'ZADD', 'ZREM' }) do
  for _, key in ipairs({ KEYS[3], KEYS[4] }) do
    local count, from = take()
    if count > 0 then
      redis.call(command, key, unpack(ARGV, from, from + count - 1))
    end
  end
end
redis.call('HSET', KEYS[1], 'seq', ARGV[next], 'at', ARGV[next + 1])
return 1
`);
