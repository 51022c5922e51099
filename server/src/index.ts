/** What the origin offers to other packages: the plugin that makes a Colyseus room servable by relays, and the parts that benchmarks run. */
export { RelayPlugin, type RelayOutput, type RelayPluginOptions, type StagedTick } from './rooms/relay-plugin/relay-plugin.js';
export { relayable, type Relayable, type RelayableOptions } from './rooms/relayable/relayable.js';
export { CrowdCore, type CoreImage, type Step } from './rooms/crowd-core.js';
export type { CoreOptions } from './rooms/core-options.js';
export { decodeInputs, encodeInputs, type RoomInput } from './rooms/inputs.js';
export { CrowdState } from './rooms/state.js';
export { lmdbJournal, redisJournal } from './journal/index.js';
export { openKeeping, type OpenKeeping } from './keeping.js';
export { openLmdbStore, openRedis, type RedisClient } from './store/index.js';
export { lmdbLedger, redisLedger, type ClaimRequest, type Entry, type Ledger } from './ledger/index.js';
export { CLAIM } from './ledger/redis/lua/index.js';
export { replayRoom, type Replay } from './rooms/replay.js';
/** For load tests, which bring more viewers than one address may ask tokens for, and check joins as a room does. */
export { genuineUnder, Keys, systemRandom, ViewerTokens } from './identity/index.js';
