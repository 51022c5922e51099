import { redisScript } from '../../../store/index.js';
import { SEAL } from './seal.js';

export const THAW = redisScript(`
-- Ends a freeze by the word of a person, after the repair; origins that still miss something let go of it.
-- KEYS: seal, verdicts, lost
-- ARGV: run id of the server
-- Returns: as LOOK
${SEAL}
thaw(KEYS[1], KEYS[2], KEYS[3], ARGV[1], 'repaired')
return told(KEYS[1])
`);

export const FREEZE = redisScript(`
-- Freezes the ledger of all origins, as after a backup was restored.
-- KEYS: seal, verdicts
-- ARGV: run id of the server, now, why
-- Returns: as LOOK
${SEAL}
redis.call('HSETNX', KEYS[1], 'run', '')
redis.call('HSETNX', KEYS[1], 'epoch', '1')
redis.call('HSET', KEYS[1], 'frozen', '')
freeze(KEYS[1], KEYS[2], ARGV[3], ARGV[2], ARGV[1])
return told(KEYS[1])
`);
