import { redisScript } from '../../store/index.js';
import { RECORD } from './record.js';

export const DELIVERED = redisScript(`
-- Removes a message that its receiver has, and lets the one go that waited for it.
-- KEYS: outbox, due
-- ARGV: seq, now
-- Returns: 1 done; 0 no such message is pending
${RECORD}
local outbox, due, seq, now = KEYS[1], KEYS[2], ARGV[1], ARGV[2]
local record = read_record(outbox, due, seq)
if not record or record.state ~= 'pending' then
  return 0
end
redis.call('ZREM', due, member(seq))
redis.call('HDEL', outbox, seq)
release(outbox, due, record, now)
return 1
`);
