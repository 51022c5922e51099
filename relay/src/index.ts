/** The relay as a library; `main.ts` is the process. */
export { createRelay, type Relay } from './app.js';
export { type Clock, systemClock } from './clock.js';
export { ConfigError, readConfig, type RelayConfig, type RelayEnvironment, type TlsFiles } from './config.js';
export { checkLinkProof, type LinkClaim, linkProofText, makeLinkProof, PROOF_SECONDS } from './proof.js';
