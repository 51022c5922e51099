import { redisScript } from '../../../store/index.js';
import { BOOK, POST } from './book.js';

export const REVOKE = redisScript(`
-- Ends a viewer's active grant and gives its unit back where the drop's policy says so.
-- KEYS: head, entries, stock, holdings, outbox, due
-- ARGV: now, drop, viewer, trace, reason
-- Returns: 1 when a grant was ended; 0 ok, there was none; -1 event_unknown
${BOOK}${POST}
local drop, viewer, trace, reason = ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local held_name = viewer .. '/' .. drop
local book = open_book(KEYS[1], KEYS[2], ARGV[1])
if not book then
  return -1
end
local granted, tail = string.match(redis.call('HGET', KEYS[4], held_name) or '', '^granted (%d+) (%d+)$')
if not granted then
  return 0
end
local fields = redis.call('XRANGE', KEYS[2], granted .. '-0', granted .. '-0')[1][2]
local entry = {}
for index = 1, #fields, 2 do
  entry[fields[index]] = fields[index + 1]
end
local seq = append(book, 'type', 'Revoked', 'trace', trace, 'drop', drop, 'variant', entry.variant, 'viewer', viewer, 'serial', entry.serial,
  'reason', reason)
redis.call('HINCRBY', KEYS[3], drop .. ' revoked ' .. entry.variant, 1)
local terms = redis.call('HMGET', KEYS[3], drop .. ' test', drop .. ' restock')
if terms[1] ~= '1' and terms[2] == 'return' then
  redis.call('HINCRBY', KEYS[3], drop .. ' taken ' .. entry.variant, -1)
end
redis.call('HSET', KEYS[4], held_name, 'revoked ' .. granted .. ' ' .. seq)
post(KEYS[5], KEYS[6], seq, book.at, tail)
close_book(book)
return 1
`);
