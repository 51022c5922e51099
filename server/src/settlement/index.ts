export { Books, type BooksFault, type ClosedStatement, type Posting } from './books.js';
export { ALL_BASIS_POINTS, SOLE_PARTY, splitAmount, splitFault, type Split } from './split.js';
export { csvOf, statementCsv, statementOf, type Statement } from './statement.js';
