import { redisScript } from '../../../store/index.js';
import { BOOK } from './book.js';
import { LIFE, LIFE_KEYS } from './life.js';

export const EXPIRE_DUE = redisScript(`
-- Expires reservations whose time has passed, the oldest first.
-- KEYS: ${LIFE_KEYS}
-- ARGV: now, how many at most, trace
-- Returns: { 0, how many }; { -1 } event_unknown
${BOOK}${LIFE}
local book = open_book(KEYS[1], KEYS[2], ARGV[1])
if not book then
  return { -1 }
end
local due = redis.call('ZRANGEBYSCORE', reservations_key, '-inf', book.at, 'LIMIT', 0, ARGV[2])
for _, each in ipairs(due) do
  local reserved = text(tonumber(each))
  -- A reservation of a lot is of the ticket that it was drawn for.
  expire(book, entitlement(entry_at(reserved).of or reserved), { 'trace', ARGV[3] })
end
close_book(book)
return { 0, #due }
`);
