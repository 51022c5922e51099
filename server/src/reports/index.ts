export { DropHistories, type DropHistory, type Restock, type VariantCount } from './drop-history.js';
export { dropReport, type DropReport, type LotReport } from './drop-report.js';
export { type Projection, Projector } from './projector.js';
