import { redisScript } from '../../../store/index.js';
import { BOOK } from './book.js';
import { LIFE, LIFE_KEYS } from './life.js';

export const REVOKE = redisScript(`
-- Ends what a viewer holds of a drop, where it is something that can be revoked.
-- KEYS: ${LIFE_KEYS}
-- ARGV: now, drop, viewer, then fields and values of the entry
-- Returns: 1 when something was ended; 0 ok, there was nothing; -1 event_unknown
${BOOK}${LIFE}
local book = open_book(KEYS[1], KEYS[2], ARGV[1])
if not book then
  return -1
end
local id = string.match(redis.call('HGET', holdings_key, ARGV[3] .. '/' .. ARGV[2]) or '', '^%a+ (%d+)')
local held = id and entitlement(id)
if not held or not REVOCABLE[held.state] then
  return 0
end
revoke(book, held, { unpack(ARGV, 4) })
close_book(book)
return 1
`);
