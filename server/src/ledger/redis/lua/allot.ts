import { redisScript } from '../../../store/index.js';
import { BOOK } from './book.js';
import { LIFE, LIFE_KEYS } from './life.js';

export const ALLOT = redisScript(`
-- Gives the next tickets of a drawn lot what is theirs: winners a unit, losers the refusal.
-- KEYS: ${LIFE_KEYS}, allotted
-- ARGV: now, drop, how many were allotted before ('': the tickets are more than one call takes), trace, number of winners,
--       then tickets, the winners first
-- Returns: { 0, how many are allotted now }; { -1 } event_unknown; { -4 } claim_unknown_drop; { -5 } claim_bad_request, nothing was done;
--   { -6 } lot_wrong_state
${BOOK}${LIFE}
local allotted_key = KEYS[8]
local drop, from, trace, winners = ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])
local book = open_book(KEYS[1], KEYS[2], ARGV[1])
if not book then
  return { -1 }
end
local stands = redis.call('HMGET', stock_key, drop .. ' open', drop .. ' lot', drop .. ' allotted')
if not stands[1] then
  return { -4 }
end
if stands[2] ~= 'drawn' then
  return { -6 }
end
if from == '' then
  return { -5 }
end
if stands[3] ~= from then
  return { 0, tonumber(stands[3]) }
end

local terms = terms_of(drop)
local shelves = {}

-- Whether the variant has a unit; takes it.
local function take(variant)
  if terms.test then
    return true
  end
  local left = shelves[variant]
  if not left then
    local shelf = redis.call('HMGET', stock_key, drop .. ' supply ' .. variant, drop .. ' taken ' .. variant)
    left = shelf[1] == '' and math.huge or tonumber(shelf[1]) - tonumber(shelf[2])
  end
  shelves[variant] = left - 1
  return left > 0
end

local function reserve(held)
  local ends = text(book.now + terms.reserve)
  local fields = { 'trace', trace, 'until', ends }
  if terms.test then
    fields[#fields + 1], fields[#fields + 2] = 'test', '1'
  end
  local seq = record(book, held, 'Reserved', unpack(fields))
  redis.call('ZADD', reservations_key, ends, member(seq))
  move_stock(held, 'reserved', 1)
  stand(held, 'reserved', seq, seq)
end

local function lose(held)
  local seq = record(book, held, 'Refused', 'trace', trace, 'reason', 'claim_lot_lost')
  free_person(held)
  stand(held, 'refused', seq, seq)
end

-- Each ticket gets exactly one entry, so that the draw can be told from the ledger alone.
local function draw(ticket, wins)
  local held = entitlement(ticket)
  if not held or held.state ~= 'entered' then
    -- The entrant was revoked after the freeze: the place in the draw is used up.
    local entered = entry_at(ticket)
    entered.id = ticket
    record(book, entered, 'Refused', 'trace', trace, 'reason', 'claim_revoked')
  elseif not wins or not take(held.variant) then
    lose(held)
  elseif terms.reserve then
    move_stock(held, 'taken', 1)
    reserve(held)
  else
    move_stock(held, 'taken', 1)
    grant(book, held, { 'trace', trace })
  end
end

-- Whether each is a ticket of this lot that was not allotted, here or before.
local function are_next(tickets)
  local seen = {}
  for _, ticket in ipairs(tickets) do
    local entered = entry_at(ticket)
    if seen[ticket] or not entered or entered.type ~= 'Entered' or entered.drop ~= drop
      or not redis.call('ZSCORE', tickets_key, drop .. ' ' .. member(ticket) .. ' ' .. entered.variant)
      or redis.call('SISMEMBER', allotted_key, ticket) == 1 then
      return false
    end
    seen[ticket] = true
  end
  return true
end

local tickets = { unpack(ARGV, 6) }
if not are_next(tickets) then
  return { -5 }
end
if #tickets > 0 then
  redis.call('SADD', allotted_key, unpack(tickets))
  for place, ticket in ipairs(tickets) do
    draw(ticket, place <= winners)
  end
  redis.call('HSET', stock_key, drop .. ' allotted', text(tonumber(from) + #tickets))
end
close_book(book)
return { 0, tonumber(from) + #tickets }
`);
