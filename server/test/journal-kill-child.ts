/** Makes one checkpoint after the other, without end, and prints the tick of each that is stored: killed by journal-kill.test.ts. */
import { lmdbJournal } from '../src/journal/index.js';
import { openLmdbStore } from '../src/store/index.js';
import { changeAt } from './journal-kill-parts.js';

const [path = '', from = '1'] = process.argv.slice(2);
const journal = lmdbJournal(await openLmdbStore({ path }));
const { epoch } = await journal.open('show');
for (let tick = Number(from); ; tick++) {
  await journal.checkpoint('show', epoch, changeAt(tick, Number(from)));
  console.log(tick);
}
