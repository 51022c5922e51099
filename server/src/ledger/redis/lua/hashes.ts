import { redisScript } from '../../../store/index.js';

export const HASHES = redisScript(`
-- Reads the head of an event's book and any of its small hashes, all at one instant.
-- KEYS: head, then hashes
-- ARGV: none
-- Returns: { 0, { seq, at }, fields and values of each hash }; { -1 } event_unknown
local head = redis.call('HMGET', KEYS[1], 'seq', 'at')
if not head[1] then
  return { -1 }
end
local answer = { 0, head }
for index = 2, #KEYS do
  answer[index + 1] = redis.call('HGETALL', KEYS[index])
end
return answer
`);
