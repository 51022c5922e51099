import { redisScript } from '../../../store/index.js';
import { BOOK } from './book.js';

export const RESTOCK = redisScript(`
-- Adds units to a limited variant.
-- KEYS: head, entries, stock
-- ARGV: now, drop, variant, units (0: what was asked for is no number of units), most that a variant may have,
--       supply that it must have now ('': any), then fields and values of the entry
-- Returns: { 0, supply then }; { -1 } event_unknown; { -4 } claim_unknown_drop; { -5 } claim_bad_request
${BOOK}
local drop, variant, units, most = ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
local supply_field = drop .. ' supply ' .. variant
local book = open_book(KEYS[1], KEYS[2], ARGV[1])
if not book then
  return { -1 }
end
local stands = redis.call('HMGET', KEYS[3], drop .. ' open', supply_field)
if not stands[1] then
  return { -4 }
end
local supply = tonumber(stands[2] or '')
if not supply or units < 1 or supply + units > most then
  return { -5 }
end
if ARGV[6] ~= '' and supply ~= tonumber(ARGV[6]) then
  return { 0, supply }
end
append(book, unpack(ARGV, 7))
redis.call('HSET', KEYS[3], supply_field, text(supply + units))
close_book(book)
return { 0, supply + units }
`);
