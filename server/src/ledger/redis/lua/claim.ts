import { redisScript } from '../../../store/index.js';
import { BOOK } from './book.js';
import { CLAIM_TERMS } from './claim-terms.js';

export const CLAIM = redisScript(`
-- Decides claims of one event in their order, as decideClaim does on the embedded store: reads all that they need, decides, appends
-- an entry for each grant, reservation, ticket and first sold-out refusal, then writes the rest in bulk.
-- KEYS: head, entries, stock, unlocks, holdings, claims, subjects, reservations, tickets
-- ARGV: now, then for each claim: drop, variant ('': none named, else '=' and the variant), viewer, key, trace,
--       traits ('': none, else '<proof> <subject> <country> <age> <tier>', each may be empty)
-- Returns: { now, answer of each claim } or { -1 } event_unknown. An answer is
--   a number: 1 claim_not_unlocked; 2 claim_not_open; 3 claim_closed; 4 claim_unknown_drop; 5 claim_key_conflict; 6 claim_bad_request;
--     7 claim_revoked; 8 claim_refunded; 9 claim_tier; 10 claim_country; 11 claim_age; 12 claim_proof_needed; 13 claim_subject_taken;
--     14 claim_lot_closed
--   a text, written just now: 'granted <seq> <serial> <expiresAt, or -> <unit, or -> <test: 1 or 0> <variant>',
--     'reserved <seq> <until> <test> <variant>', 'entered <seq> <test> <variant>' or 'refused <seq> <variant>'
--   a list: { id, fields } of the entry that answers
${BOOK}
local NOT_UNLOCKED, NOT_OPEN, CLOSED, UNKNOWN_DROP, KEY_CONFLICT, BAD_REQUEST, REVOKED, REFUNDED, TIER, COUNTRY, AGE, PROOF_NEEDED, SUBJECT_TAKEN, LOT_CLOSED = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14
local WIDTH = 6
local STANDS = { entered = true, reserved = true, granted = true, fulfilled = true, converted = true }

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
local bound, held, open, persons = {}, {}, {}, {}
${CLAIM_TERMS}
local function entry_of(seq)
  return redis.call('XRANGE', KEYS[2], seq .. '-0', seq .. '-0')[1]
end

-- Most claims say nothing of the viewer: nil.
local function traits_of(text)
  if text == '' then
    return nil
  end
  local proof, subject, country, age, tier = string.match(text, '^(%S*) (%S*) (%S*) (%S*) (%S*)$')
  return { proof = proof, subject = subject ~= '' and subject or nil, country = country, age = tonumber(age), tier = tier }
end

local function read_all()
  local key_names, held_names, gate_names, person_names, traits = {}, {}, {}, {}, {}
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
    local told = traits_of(ARGV[at + 5])
    if told and told.subject then
      person_names[#person_names + 1] = drop .. '/' .. told.subject
    end
    traits[index] = told
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
  read(persons, KEYS[7], person_names)
  return traits
end

local key_writes, held_writes, person_writes, until_writes, ticket_writes, touched = {}, {}, {}, {}, {}, {}

local function write(list, name, value)
  list[#list + 1] = name
  list[#list + 1] = value
end

local function hold(drop, viewer, key, state, seq)
  local name = viewer .. '/' .. drop.id
  held[name] = state .. ' ' .. seq .. ' ' .. seq .. ' ' .. seq
  bound[key] = seq .. ' ' .. viewer .. ' ' .. drop.id
  write(held_writes, name, held[name])
  write(key_writes, key, bound[key])
  touched[drop.id] = drop
end

-- The viewer stands for the person from now on.
local function stand_for(drop, viewer, told)
  if told and told.subject then
    local name = drop.id .. '/' .. told.subject
    persons[name] = viewer
    write(person_writes, name, viewer)
  end
end

-- A refusal says nothing of the person: it does not stand for them.
local function fields_of(entry, drop, variant, viewer, key, trace, told)
  local fields = { 'type', entry, 'trace', trace, 'drop', drop.id, 'variant', variant.name, 'viewer', viewer, 'key', key }
  if entry == 'Refused' then
    return fields
  end
  if told and told.subject then
    write(fields, 'subject', told.subject)
  end
  if drop.test then
    write(fields, 'test', '1')
  end
  return fields
end

local function enter(drop, variant, viewer, key, trace, told)
  drop.entered = drop.entered + 1
  local seq = append(book, unpack(fields_of('Entered', drop, variant, viewer, key, trace, told)))
  hold(drop, viewer, key, 'entered', seq)
  stand_for(drop, viewer, told)
  write(ticket_writes, 0, drop.id .. ' ' .. string.format('%016d', book.seq) .. ' ' .. variant.name)
  return 'entered ' .. seq .. ' ' .. (drop.test and '1' or '0') .. ' ' .. variant.name
end

local function reserve(drop, variant, viewer, key, trace, told)
  if not drop.test then
    variant.taken = variant.taken + 1
    variant.reserved = variant.reserved + 1
  end
  local ends = text(book.now + drop.reserve)
  local fields = fields_of('Reserved', drop, variant, viewer, key, trace, told)
  write(fields, 'until', ends)
  local seq = append(book, unpack(fields))
  hold(drop, viewer, key, 'reserved', seq)
  stand_for(drop, viewer, told)
  write(until_writes, ends, string.format('%016d', book.seq))
  return 'reserved ' .. seq .. ' ' .. ends .. ' ' .. (drop.test and '1' or '0') .. ' ' .. variant.name
end

local function grant(drop, variant, viewer, key, trace, told)
  drop.serial = drop.serial + 1
  variant.granted = variant.granted + 1
  if not drop.test then
    variant.taken = variant.taken + 1
  end
  local serial, expires, unit = text(drop.serial), '-', '-'
  local fields = fields_of('Granted', drop, variant, viewer, key, trace, told)
  write(fields, 'serial', serial)
  if drop.entitlement then
    expires = text(book.now + drop.entitlement)
    write(fields, 'expiresAt', expires)
  end
  if drop.coded then
    unit = text(variant.granted)
    write(fields, 'unit', unit)
  end
  local seq = append(book, unpack(fields))
  hold(drop, viewer, key, 'granted', seq)
  stand_for(drop, viewer, told)
  return 'granted ' .. seq .. ' ' .. serial .. ' ' .. expires .. ' ' .. unit .. ' ' .. (drop.test and '1' or '0') .. ' ' .. variant.name
end

local function refuse_sold_out(drop, variant, viewer, key, trace, told)
  local fields = fields_of('Refused', drop, variant, viewer, key, trace, told)
  write(fields, 'reason', 'claim_sold_out')
  local seq = append(book, unpack(fields))
  hold(drop, viewer, key, 'refused', seq)
  return 'refused ' .. seq .. ' ' .. variant.name
end

local function decide(told, id, wanted, viewer, key, trace)
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
  -- What a version before wrote has no third number: it shows what began it.
  local state, seq, shown = string.match(held[viewer .. '/' .. id] or '', '^(%a+) (%d+) %d+ ?(%d*)$')
  shown = shown ~= '' and shown or seq
  if STANDS[state] then
    return entry_of(shown)
  elseif state == 'revoked' then
    return REVOKED
  elseif state == 'refunded' then
    return REFUNDED
  elseif not open[drop.gate .. viewer] and not open[drop.gift .. viewer] then
    return NOT_UNLOCKED
  end
  local no = barred(drop, told)
  if no then
    return no
  elseif told and told.subject and (persons[id .. '/' .. told.subject] or viewer) ~= viewer then
    return SUBJECT_TAKEN
  elseif drop.lot == 'collecting' then
    return enter(drop, variant, viewer, key, trace, told)
  elseif drop.lot and drop.lot ~= 'settled' then
    return LOT_CLOSED
  elseif drop.test or not variant.supply or variant.taken < variant.supply then
    return (drop.reserve and reserve or grant)(drop, variant, viewer, key, trace, told)
  end
  return state == 'refused' and entry_of(shown) or refuse_sold_out(drop, variant, viewer, key, trace, told)
end

local function write_all()
  write_stock(touched)
  if #held_writes > 0 then
    redis.call('HSET', KEYS[5], unpack(held_writes))
    redis.call('HSET', KEYS[6], unpack(key_writes))
  end
  if #person_writes > 0 then
    redis.call('HSET', KEYS[7], unpack(person_writes))
  end
  if #until_writes > 0 then
    redis.call('ZADD', KEYS[8], unpack(until_writes))
  end
  if #ticket_writes > 0 then
    redis.call('ZADD', KEYS[9], unpack(ticket_writes))
  end
  close_book(book)
end

local traits = read_all()
for index = 1, count do
  local at = 2 + (index - 1) * WIDTH
  answers[index + 1] = decide(traits[index], unpack(ARGV, at, at + WIDTH - 2))
end
write_all()
return answers
`);
