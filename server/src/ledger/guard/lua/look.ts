import { redisScript } from '../../../store/index.js';
import { SEAL } from './seal.js';

export const LOOK = redisScript(`
-- Compares the server with the one that the ledger was last found good on, and freezes the ledger of all origins where it is another.
-- KEYS: seal, verdicts
-- ARGV: run id of the server, now, epoch that the caller found good (0: none)
-- Returns: { 'open' or 'frozen', why, since, run, epoch, how it was thawed last: 'agreed' or 'repaired', run that a freeze is about }
${SEAL}
local run, now, known = ARGV[1], ARGV[2], tonumber(ARGV[3])
local stands = redis.call('HMGET', KEYS[1], 'run', 'epoch', 'seen')
if not stands[1] then
  -- No seal: a system that begins, unless the caller knows better.
  redis.call('HSET', KEYS[1], 'run', known > 0 and '' or run, 'epoch', math.max(known, 1))
  if known > 0 then
    freeze(KEYS[1], KEYS[2], 'server_changed', now, run)
  end
elseif stands[1] ~= run and stands[3] ~= run then
  freeze(KEYS[1], KEYS[2], 'server_changed', now, run)
elseif tonumber(stands[2]) < known then
  redis.call('HSET', KEYS[1], 'epoch', ARGV[3])
  freeze(KEYS[1], KEYS[2], 'epoch_went_back', now, run)
end
return told(KEYS[1])
`);
