import { redisScript } from '../../../store/index.js';
import { BOOK } from './book.js';

export const RECORD_HOST_ACTION = redisScript(`
-- Notes what a host did; changes nothing else.
-- KEYS: head, entries
-- ARGV: now, then fields and values of the entry
-- Returns: 0 ok; -1 event_unknown
${BOOK}
local book = open_book(KEYS[1], KEYS[2], ARGV[1])
if not book then
  return -1
end
append(book, unpack(ARGV, 2))
close_book(book)
return 0
`);
