export { reportCheckers } from './checkers.js';
export { DropHistories, type DropHistory } from './drop-history.js';
export { dropReport } from './drop-report.js';
export { type Projection, Projector } from './projector.js';
