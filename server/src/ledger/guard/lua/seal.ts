/** Shared by the scripts of the seal: what it says, and how it freezes and thaws. */
export const SEAL = String.raw`
-- The seal as it stands: state, why, since, run, epoch, how it was thawed last.
local function told(key)
  local s = redis.call('HMGET', key, 'frozen', 'since', 'run', 'epoch', 'thawed', 'seen')
  return { s[1] and s[1] ~= '' and 'frozen' or 'open', s[1] or '', s[2] or '0', s[3] or '', s[4] or '0', s[5] or '', s[6] or '' }
end

-- A later reason does not take the place of one that only a person ends.
local function freeze(key, verdicts_key, why, now, run)
  local stands = redis.call('HGET', key, 'frozen')
  if stands ~= 'restored' and stands ~= 'repairing' then
    redis.call('HSET', key, 'frozen', why)
  end
  if not stands or stands == '' then
    redis.call('HSET', key, 'since', now)
  end
  redis.call('HSET', key, 'seen', run)
  redis.call('DEL', verdicts_key)
end

local function thaw(key, verdicts_key, lost_key, run, how)
  redis.call('HSET', key, 'run', run, 'frozen', '', 'thawed', how)
  redis.call('HINCRBY', key, 'epoch', 1)
  redis.call('DEL', verdicts_key, lost_key)
end
`;
