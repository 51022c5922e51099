import { redisScript } from '../../../store/index.js';

export const CHANGES = redisScript(`
-- Reads at one instant the head of an event's book, its small hashes, and of the big ones what the entries after a seq changed: the end of
-- a reading that went page by page while the event went on.
-- KEYS: head, entries, terms, stock, gates, unlocks, holdings, claims, subjects, reservations
-- ARGV: seq
-- Returns: { 0, { seq, at }, then fields and values of terms, stock, gates, and of what changed in unlocks, holdings, claims, subjects,
--   reservations, where '' is the value of what is gone }; { -1 } event_unknown
local head = redis.call('HMGET', KEYS[1], 'seq', 'at')
if not head[1] then
  return { -1 }
end
local unlocks, holdings, claims, subjects, reservations = {}, {}, {}, {}, {}

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

-- An entitlement's entries say by 'of' what began it, and that entry whose it is.
local function subject_of(entry)
  if entry.subject or not entry.of then
    return entry.subject
  end
  local begun = redis.call('XRANGE', KEYS[2], entry.of .. '-0', entry.of .. '-0')[1]
  return begun and named(begun).subject
end

local function read_reservation(seq)
  local ends = redis.call('ZSCORE', KEYS[10], string.format('%016d', tonumber(seq)))
  note(reservations, seq, ends and string.format('%d', tonumber(ends)))
end

local function read_entitlement(seq, entry)
  local name = entry.viewer .. '/' .. entry.drop
  local before = redis.call('HGET', KEYS[7], name)
  note(holdings, name, before)
  local subject = subject_of(entry)
  if subject then
    read(subjects, KEYS[9], entry.drop .. '/' .. subject)
  end
  if entry.type == 'Reserved' then
    read_reservation(seq)
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
return { 0, head, redis.call('HGETALL', KEYS[3]), redis.call('HGETALL', KEYS[4]), redis.call('HGETALL', KEYS[5]), unlocks, holdings, claims,
  subjects, reservations }
`);
