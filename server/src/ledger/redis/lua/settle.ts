import { redisScript } from '../../../store/index.js';
import { BOOK } from './book.js';

export const SETTLE = redisScript(`
-- Closes a statement, if nothing was written since what it says.
-- KEYS: head, entries
-- ARGV: now, seq that the last entry must have, then fields and values of the entry
-- Returns: 1 done; 0 ok, but others were written meanwhile; -1 event_unknown
${BOOK}
local book = open_book(KEYS[1], KEYS[2], ARGV[1])
if not book then
  return -1
end
if book.seq ~= tonumber(ARGV[2]) then
  return 0
end
append(book, unpack(ARGV, 3))
close_book(book)
return 1
`);
