import { redisScript } from '../../../store/index.js';
import { BOOK } from './book.js';

export const LOT_STEP = redisScript(`
-- Takes a lot to its next state. A step that was taken before changes nothing; settled needs every ticket allotted.
-- KEYS: head, entries, stock
-- ARGV: now, drop, state, then fields and values of the entry
-- Returns: { 0, state that stands }; { -1 } event_unknown; { -4 } claim_unknown_drop; { -6 } lot_wrong_state
${BOOK}
local ORDER = { collecting = 1, frozen = 2, listed = 3, drawn = 4, settled = 5 }
local drop, to = ARGV[2], ARGV[3]
local book = open_book(KEYS[1], KEYS[2], ARGV[1])
if not book then
  return { -1 }
end
local stands = redis.call('HMGET', KEYS[3], drop .. ' open', drop .. ' lot', drop .. ' allotted', drop .. ' entered')
if not stands[1] then
  return { -4 }
end
local lot = stands[2]
if not lot or ORDER[to] > ORDER[lot] + 1 then
  return { -6 }
end
if ORDER[to] <= ORDER[lot] then
  return { 0, lot }
end
if to == 'settled' and tonumber(stands[3]) < tonumber(stands[4]) then
  return { -6 }
end
append(book, unpack(ARGV, 4))
redis.call('HSET', KEYS[3], drop .. ' lot', to)
close_book(book)
return { 0, to }
`);
