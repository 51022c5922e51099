import { redisScript } from '../../../store/index.js';
import { BOOK } from './book.js';

export const DEFINE_DROP = redisScript(`
-- Adds a drop: its terms as they are shown, and its stock as claims read it.
-- KEYS: head, entries, terms, stock
-- ARGV: now, drop, terms as JSON, number of stock values, fields and values of the stock, then fields and values of the entry
-- Returns: 0 ok; -1 event_unknown; -3 drop_exists
${BOOK}
local drop, terms, values = ARGV[2], ARGV[3], tonumber(ARGV[4])
local book = open_book(KEYS[1], KEYS[2], ARGV[1])
if not book then
  return -1
end
if redis.call('HEXISTS', KEYS[3], drop) == 1 then
  return -3
end
append(book, unpack(ARGV, 5 + values))
redis.call('HSET', KEYS[3], drop, terms)
for index = 5, 4 + values, 2 do
  redis.call('HSET', KEYS[4], ARGV[index], ARGV[index + 1])
end
close_book(book)
return 0
`);
