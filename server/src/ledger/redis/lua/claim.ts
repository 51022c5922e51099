import { redisScript } from '../../../store/index.js';
import { BOOK } from './book.js';

export const CLAIM = redisScript(`
-- Decides claims of one event in their order, as decideClaim does on the embedded store: reads all that they need, decides, appends
-- an entry for each grant and each first sold-out refusal, then writes the rest in bulk.
-- KEYS: head, entries, stock, unlocks, holdings, claims, due
-- ARGV: now, then for each claim: drop, variant ('': none named, else '=' and the variant), viewer, key, trace
-- Returns: { now, answer of each claim } or { -1 } event_unknown. An answer is
--   a number: 1 claim_not_unlocked; 2 claim_not_open; 3 claim_closed; 4 claim_unknown_drop; 5 claim_key_conflict; 6 claim_bad_request;
--     7 claim_revoked
--   a text: 'granted <seq> <serial> <expiresAt, or -> <test: 1 or 0> <variant>' or 'refused <seq> <variant>', written just now
--   a list: { id, fields } of the entry that answered first
${BOOK}
local NOT_UNLOCKED, NOT_OPEN, CLOSED, UNKNOWN_DROP, KEY_CONFLICT, BAD_REQUEST, REVOKED = 1, 2, 3, 4, 5, 6, 7
local WIDTH = 5

local book = open_book(KEYS[1], KEYS[2], ARGV[1])
if not book then
  return { -1 }
end
local stock_key = KEYS[3]
local answers = { book.at }
local count = (#ARGV - 1) / WIDTH
if count == 0 then
  return answers
end

-- What stands. Later claims of the call see in these tables what earlier ones changed.
local drops, bound, held, open = {}, {}, {}, {}

local function drop_of(id)
  local drop = drops[id]
  if drop == nil then
    local stands = redis.call('HMGET', stock_key, id .. ' open', id .. ' serial', id .. ' test', id .. ' opensAt', id .. ' closesAt',
      id .. ' entitlementMs', id .. ' unlockedBy', id .. ' only')
    drop = stands[1] and {
      id = id, open = stands[1] == '1', serial = tonumber(stands[2]), test = stands[3] == '1',
      opens = tonumber(stands[4] or ''), closes = tonumber(stands[5] or ''), entitlement = tonumber(stands[6] or ''),
      gate = 'a:' .. stands[7] .. '/', gift = 'd:' .. id .. '/', only = stands[8], variants = {},
    }
    drops[id] = drop
  end
  return drop
end

-- The variant that is meant; false: none of that name, or none named where there are several.
local function variant_of(drop, wanted)
  local name = wanted == '' and drop.only or (wanted ~= '' and string.sub(wanted, 2))
  if not name then
    return false
  end
  local variant = drop.variants[name]
  if variant == nil then
    local stands = redis.call('HMGET', stock_key, drop.id .. ' supply ' .. name, drop.id .. ' taken ' .. name, drop.id .. ' granted ' .. name)
    variant = stands[1] and { name = name, supply = tonumber(stands[1]), taken = tonumber(stands[2]), granted = tonumber(stands[3]) }
    drop.variants[name] = variant
  end
  return variant
end

local function entry_of(seq)
  return redis.call('XRANGE', KEYS[2], seq .. '-0', seq .. '-0')[1]
end

local function read_all()
  local key_names, held_names, gate_names = {}, {}, {}
  for index = 1, count do
    local at = 2 + (index - 1) * WIDTH
    local drop, viewer = ARGV[at], ARGV[at + 2]
    key_names[index] = ARGV[at + 3]
    held_names[index] = viewer .. '/' .. drop
    local stands = drop_of(drop)
    if stands then
      gate_names[#gate_names + 1] = stands.gate .. viewer
      gate_names[#gate_names + 1] = stands.gift .. viewer
    end
  end
  local function read(into, key, names)
    if #names == 0 then
      return
    end
    for index, value in ipairs(redis.call('HMGET', key, unpack(names))) do
      into[names[index]] = value
    end
  end
  read(bound, KEYS[6], key_names)
  read(held, KEYS[5], held_names)
  read(open, KEYS[4], gate_names)
end

local key_writes, held_writes, due_writes, touched = {}, {}, {}, {}

local function write(list, name, value)
  list[#list + 1] = name
  list[#list + 1] = value
end

local function hold(drop, viewer, key, state, seq, tail)
  local name = viewer .. '/' .. drop.id
  held[name] = state .. ' ' .. seq .. ' ' .. tail
  bound[key] = seq .. ' ' .. viewer .. ' ' .. drop.id
  write(held_writes, name, held[name])
  write(key_writes, key, bound[key])
end

local function grant(drop, variant, viewer, key, trace)
  drop.serial = drop.serial + 1
  variant.granted = variant.granted + 1
  if not drop.test then
    variant.taken = variant.taken + 1
  end
  touched[drop.id] = drop
  local serial = text(drop.serial)
  local fields = { 'type', 'Granted', 'trace', trace, 'drop', drop.id, 'variant', variant.name, 'viewer', viewer, 'serial', serial, 'key', key }
  local expires = '-'
  if drop.entitlement then
    expires = text(book.now + drop.entitlement)
    write(fields, 'expiresAt', expires)
  end
  if drop.test then
    write(fields, 'test', '1')
  end
  local seq = append(book, unpack(fields))
  hold(drop, viewer, key, 'granted', seq, seq)
  -- The first message of an entitlement waits for none: as post() with nothing before it, in bulk.
  write(due_writes, book.at, string.format('%016d', book.seq))
  return 'granted ' .. seq .. ' ' .. serial .. ' ' .. expires .. ' ' .. (drop.test and '1' or '0') .. ' ' .. variant.name
end

local function refuse_sold_out(drop, variant, viewer, key, trace)
  local seq = append(book, 'type', 'Refused', 'trace', trace, 'drop', drop.id, 'variant', variant.name, 'viewer', viewer, 'key', key,
    'reason', 'claim_sold_out')
  hold(drop, viewer, key, 'refused', seq, '0')
  return 'refused ' .. seq .. ' ' .. variant.name
end

local function decide(id, wanted, viewer, key, trace)
  local used = bound[key]
  if used then
    local seq, holder = string.match(used, '^(%d+) (.*)$')
    return holder == viewer .. ' ' .. id and entry_of(seq) or KEY_CONFLICT
  end
  local drop = drop_of(id)
  if not drop then
    return UNKNOWN_DROP
  end
  local variant = variant_of(drop, wanted)
  if not variant then
    return BAD_REQUEST
  end
  local state, seq = string.match(held[viewer .. '/' .. id] or '', '^(%a+) (%d+)')
  if state == 'granted' then
    return entry_of(seq)
  elseif state == 'revoked' then
    return REVOKED
  elseif not open[drop.gate .. viewer] and not open[drop.gift .. viewer] then
    return NOT_UNLOCKED
  elseif not drop.open then
    return CLOSED
  elseif drop.opens and book.now < drop.opens then
    return NOT_OPEN
  elseif drop.closes and book.now >= drop.closes then
    return CLOSED
  elseif drop.test or not variant.supply or variant.taken < variant.supply then
    return grant(drop, variant, viewer, key, trace)
  end
  return state and entry_of(seq) or refuse_sold_out(drop, variant, viewer, key, trace)
end

local function write_all()
  for id, drop in pairs(touched) do
    redis.call('HSET', stock_key, id .. ' serial', text(drop.serial))
    for name, variant in pairs(drop.variants) do
      if variant then
        redis.call('HSET', stock_key, id .. ' taken ' .. name, text(variant.taken), id .. ' granted ' .. name, text(variant.granted))
      end
    end
  end
  if #held_writes > 0 then
    redis.call('HSET', KEYS[5], unpack(held_writes))
    redis.call('HSET', KEYS[6], unpack(key_writes))
  end
  if #due_writes > 0 then
    redis.call('ZADD', KEYS[7], unpack(due_writes))
  end
  close_book(book)
end

read_all()
for index = 1, count do
  local at = 2 + (index - 1) * WIDTH
  answers[index + 1] = decide(unpack(ARGV, at, at + WIDTH - 1))
end
write_all()
return answers
`);
