/**
 * Who is who: viewers (tokens), hosts (one-time links and sessions), relays (their credential). Knows no HTTP, no room and no store;
 * what must be kept is handed in. Every comparison of a secret takes constant time.
 */
export { HostAccess, isHostSession, type HostAccessOptions, type SessionVersion, type UsedLinks } from './host-access.js';
export { equalText, Keys } from './keys.js';
export { checkName, skeleton } from './name-filter.js';
export { publicName } from './public-names.js';
export { randomText, randomViewer, systemRandom, type RandomSource } from './random-source.js';
export { linkProofText, RelayCredential, type LinkKnock } from './relay-credential.js';
export { BUILT_IN_TIERS, GUEST_TIER, STANDARD_TIER, TOKEN_LIFE_S, ViewerTokens, genuineUnder, type InnerClaims, type IssuedToken } from './viewer-tokens.js';
export { Sealer } from './sealer.js';
export { ScopedKeys, type KeyKind, type KeyVersions } from './scoped-keys.js';
export { TwitchAccounts } from './twitch-accounts.js';
export { TwitchTokens, type TwitchPerson } from './twitch-tokens.js';
