import { redisScript } from '../../../store/index.js';
import { SEAL } from './seal.js';

export const VERDICT = redisScript(`
-- Takes an origin's word on whether the receipts that it delivered stand; thaws once each origin that delivered any lately has said so.
-- KEYS: seal, witnesses, verdicts, lost
-- ARGV: run id of the server, now, origin, how many it misses, ms that count as lately, then names and JSON of receipts that it misses
-- Returns: as LOOK, and behind it the origins that have not said anything yet
${SEAL}
local run, now, origin, missing, age = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
local stands = redis.call('HMGET', KEYS[1], 'run', 'frozen', 'seen')
local frozen = stands[2] and stands[2] ~= ''
if (frozen and stands[3] or stands[1]) ~= run then
  return told(KEYS[1])
end
if missing > 0 and not frozen then
  freeze(KEYS[1], KEYS[3], 'receipts_differ', now, run)
  frozen = true
end
local answer = told(KEYS[1])
if not frozen then
  return answer
end
redis.call('HSET', KEYS[3], origin, missing)
if #ARGV > 5 then
  redis.call('HSET', KEYS[4], unpack(ARGV, 6))
end
local said = {}
local clean = true
local verdicts = redis.call('HGETALL', KEYS[3])
for index = 1, #verdicts, 2 do
  said[verdicts[index]] = true
  clean = clean and verdicts[index + 1] == '0'
end
local witnesses = redis.call('HGETALL', KEYS[2])
local newest = 0
for index = 2, #witnesses, 2 do
  newest = math.max(newest, tonumber(witnesses[index]))
end
local waiting = {}
for index = 1, #witnesses, 2 do
  if tonumber(witnesses[index + 1]) >= newest - age and not said[witnesses[index]] then
    waiting[#waiting + 1] = witnesses[index]
  end
end
if clean and #waiting == 0 and stands[2] ~= 'restored' and stands[2] ~= 'repairing' then
  thaw(KEYS[1], KEYS[3], KEYS[4], run, 'agreed')
  answer = told(KEYS[1])
end
for _, name in ipairs(waiting) do
  answer[#answer + 1] = name
end
return answer
`);
