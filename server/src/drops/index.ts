export { type DropDefinition, dropDefinitionSchema, DropError, parseDrop } from './definition.js';
export { DropService } from './service.js';
