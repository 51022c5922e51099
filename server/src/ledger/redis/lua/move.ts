import { redisScript } from '../../../store/index.js';
import { BOOK } from './book.js';
import { LIFE, LIFE_KEYS } from './life.js';

export const MOVE = redisScript(`
-- Moves one entitlement to its next state, as decideMove does on the embedded store.
-- KEYS: ${LIFE_KEYS}, claims
-- ARGV: now, move, seq that began the entitlement, key as it is bound ('': none), amount, currency (each '' where there is none), trace,
--       then fields and values that the move's own entry has beside those
-- Returns: { 0, seq of the entry just written }; { 1, seq of the entry that did it before }; { -1 } event_unknown; { -10 } move_unknown;
--   { -11 } move_wrong_state; { -12 } move_expired; { -13 } move_not_due; { -14 } move_conflict; { -15 } move_amount
${BOOK}${LIFE}
local claims_key = KEYS[8]
local move, id, key, amount, currency, trace = unpack(ARGV, 2, 7)
local WRITES = { confirm = 'Granted', fulfil = 'Fulfilled', convert = 'Converted', refund = 'Refunded', revoke = 'Revoked', expire = 'Expired' }

local book = open_book(KEYS[1], KEYS[2], ARGV[1])
if not book then
  return { -1 }
end

local used = key ~= '' and redis.call('HGET', claims_key, key)
if used then
  local seq = string.match(used, '^%d+')
  local before = entry_at(seq)
  local same = before.type == WRITES[move] and before.of == id and (before.amount or '') == amount and (before.currency or '') == currency
  if same then
    return { 1, tonumber(seq) }
  end
  return { -14 }
end
local held = entitlement(id)
if not held then
  return { -10 }
end

local own = { 'trace', trace, unpack(ARGV, 8) }
local function money()
  return { 'amount', amount, 'currency', currency, unpack(own) }
end
local state = held.state
local done

if move == 'confirm' then
  if state == 'granted' or state == 'fulfilled' or state == 'converted' then
    return { 1, tonumber(held.shown) }
  elseif state == 'expired' then
    return { -12 }
  elseif state == 'reserved' then
    done = grant(book, held, own)
    end_reservation(held)
  end
elseif move == 'fulfil' then
  if state == 'fulfilled' or state == 'converted' then
    return { 1, tonumber(held.tail) }
  elseif state == 'granted' then
    done = record(book, held, 'Fulfilled', unpack(own))
    stand(held, 'fulfilled', done, held.shown)
  end
elseif move == 'convert' then
  if state == 'reserved' then
    local granted = grant(book, held, { 'trace', trace })
    end_reservation(held)
    held.shown = granted
    state = 'granted'
  end
  if state == 'granted' or state == 'fulfilled' then
    done = record(book, held, 'Converted', unpack(money()))
    count(held, 'converted', 1)
    stand(held, 'converted', done, held.shown)
  end
elseif move == 'refund' then
  if state == 'converted' then
    local conversion = entry_at(held.tail)
    if conversion.amount ~= amount or conversion.currency ~= currency then
      return { -15 }
    end
    done = record(book, held, 'Refunded', unpack(money()))
    count(held, 'refunded', 1)
    if held.terms.returns then
      move_stock(held, 'taken', -1)
    end
    stand(held, 'refunded', done, held.shown)
  end
elseif move == 'revoke' then
  if REVOCABLE[state] then
    done = revoke(book, held, own)
  end
elseif move == 'expire' then
  if state == 'expired' then
    return { 1, tonumber(held.tail) }
  elseif state == 'reserved' then
    if tonumber(entry_at(held.shown)['until']) > book.now then
      return { -13 }
    end
    done = expire(book, held, own)
  end
end

if not done then
  return { -11 }
end
if key ~= '' then
  redis.call('HSET', claims_key, key, done .. ' ' .. held.viewer .. ' ' .. held.drop)
end
close_book(book)
return { 0, tonumber(done) }
`);
