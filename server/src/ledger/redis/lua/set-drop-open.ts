import { redisScript } from '../../../store/index.js';
import { BOOK } from './book.js';

export const SET_DROP_OPEN = redisScript(`
-- Opens or closes a drop by the host's hand. Setting what already is writes nothing.
-- KEYS: head, entries, stock
-- ARGV: now, drop, open (1 or 0), then fields and values of the entry
-- Returns: 0 ok; -1 event_unknown; -4 claim_unknown_drop
${BOOK}
local field, open = ARGV[2] .. ' open', ARGV[3]
local book = open_book(KEYS[1], KEYS[2], ARGV[1])
if not book then
  return -1
end
local stands = redis.call('HGET', KEYS[3], field)
if not stands then
  return -4
end
if stands ~= open then
  append(book, unpack(ARGV, 4))
  redis.call('HSET', KEYS[3], field, open)
  close_book(book)
end
return 0
`);
