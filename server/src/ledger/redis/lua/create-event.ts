import { redisScript } from '../../../store/index.js';
import { BOOK } from './book.js';

export const CREATE_EVENT = redisScript(`
-- Begins an event's book with its first entry.
-- KEYS: head, entries
-- ARGV: now, then fields and values of the entry
-- Returns: 0 ok; -2 event_exists
${BOOK}
if redis.call('EXISTS', KEYS[1]) == 1 then
  return -2
end
local book = book_at(KEYS[1], KEYS[2], 0, math.max(0, tonumber(ARGV[1])))
append(book, unpack(ARGV, 2))
close_book(book)
return 0
`);
