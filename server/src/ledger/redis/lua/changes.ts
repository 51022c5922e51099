import { redisScript } from '../../../store/index.js';

export const CHANGES = redisScript(`
-- Reads at one instant the head of an event's book, its small hashes and reservations, and of the big ones what the entries after a seq
-- changed: the end of a reading that went page by page while the event went on.
-- KEYS: head, entries, terms, stock, gates, unlocks, holdings, claims, subjects, reservations, tickets, allotted
-- ARGV: seq
-- Returns: { 0, { seq, at }, then fields and values of terms, stock, gates, seq and until of reservations, and of what changed in unlocks,
--   holdings, claims, subjects, where '' is the value of what is gone, and in tickets, as '<drop>/<ticket>' and 1 (allotted), 0 or '' };
--   { -1 } event_unknown
local head = redis.call('HMGET', KEYS[1], 'seq', 'at')
if not head[1] then
  return { -1 }
end
local unlocks, holdings, claims, subjects, tickets = {}, {}, {}, {}, {}

local function note(into, name, value)
  into[#into + 1] = name
  into[#into + 1] = value or ''
end

local function read(into, key, name)
  note(into, name, redis.call('HGET', key, name))
end

local function named(row)
  local entry = {}
  for at = 1, #row[2], 2 do
    entry[row[2][at]] = row[2][at + 1]
  end
  return entry
end

local function member(seq)
  return string.format('%016d', tonumber(seq))
end

local function read_ticket(drop, ticket, variant)
  local stands = redis.call('ZSCORE', KEYS[11], drop .. ' ' .. member(ticket) .. ' ' .. variant)
  note(tickets, drop .. '/' .. ticket, stands and tostring(redis.call('SISMEMBER', KEYS[12], ticket)))
end

-- Those of an entitlement say by 'of' what began it, and that entry whose it is.
local function read_entitlement(seq, entry)
  local id, begun = entry.of or seq, entry
  if entry.of then
    local row = redis.call('XRANGE', KEYS[2], id .. '-0', id .. '-0')[1]
    begun = row and named(row) or entry
  end
  read(holdings, KEYS[7], entry.viewer .. '/' .. entry.drop)
  if begun.subject then
    read(subjects, KEYS[9], entry.drop .. '/' .. begun.subject)
  end
  if begun.type == 'Entered' then
    read_ticket(entry.drop, id, begun.variant)
  end
end

for _, row in ipairs(redis.call('XRANGE', KEYS[2], '(' .. ARGV[1] .. '-0', '+')) do
  local entry = named(row)
  if entry.type == 'Unlocked' then
    read(unlocks, KEYS[6], entry.gate .. '/' .. entry.viewer)
  elseif entry.viewer then
    read_entitlement(string.match(row[1], '^%d+'), entry)
  end
  if entry.key then
    read(claims, KEYS[8], entry.key)
  end
end
return { 0, head, redis.call('HGETALL', KEYS[3]), redis.call('HGETALL', KEYS[4]), redis.call('HGETALL', KEYS[5]),
  redis.call('ZRANGE', KEYS[10], 0, -1, 'WITHSCORES'), unlocks, holdings, claims, subjects, tickets }
`);
