export { CodeVault, type CodeVaultOptions, type NewCode, parseCodes } from './code-vault.js';
export { type DropDefinition, dropDefinitionSchema, DropError } from './definition.js';
export { type EntropySource, FAIR_CLAIM_MS, LotDesk, lotFacts, sha256Hex } from './lot-desk.js';
export { DropService } from './service.js';
export { type DropRules, parseDrop } from './terms.js';
export { variantFor } from './variant.js';
