import { redisScript } from '../../../store/index.js';

export const CHANGES = redisScript(`
-- Reads at one instant the head of an event's book, its small hashes, and of the big ones what the entries after a seq changed: the end of
-- a reading that went page by page while the event went on.
-- KEYS: head, entries, terms, stock, gates, unlocks, holdings, claims
-- ARGV: seq
-- Returns: { 0, { seq, at }, then fields and values of terms, stock, gates, and of what changed in unlocks, holdings, claims };
--   { -1 } event_unknown
local head = redis.call('HMGET', KEYS[1], 'seq', 'at')
if not head[1] then
  return { -1 }
end
local unlocks, holdings, claims = {}, {}, {}

local function read(into, key, name)
  local value = redis.call('HGET', key, name)
  if value then
    into[#into + 1] = name
    into[#into + 1] = value
  end
end

for _, row in ipairs(redis.call('XRANGE', KEYS[2], '(' .. ARGV[1] .. '-0', '+')) do
  local entry = {}
  for at = 1, #row[2], 2 do
    entry[row[2][at]] = row[2][at + 1]
  end
  if entry.type == 'Unlocked' then
    read(unlocks, KEYS[6], entry.gate .. '/' .. entry.viewer)
  elseif entry.viewer then
    read(holdings, KEYS[7], entry.viewer .. '/' .. entry.drop)
  end
  if entry.key then
    read(claims, KEYS[8], entry.key)
  end
end
return { 0, head, redis.call('HGETALL', KEYS[3]), redis.call('HGETALL', KEYS[4]), redis.call('HGETALL', KEYS[5]), unlocks, holdings, claims }
`);
