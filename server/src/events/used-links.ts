import type { Clock } from '../clock.js';
import type { UsedLinks } from '../identity/index.js';
import type { RecordTable } from '../store/index.js';

/** Used links, kept until they would be over anyway: of two origins that are shown one link at once, one gets it. */
export const keptUsedLinks = (table: RecordTable<number>, clock: Clock): UsedLinks => ({
  use: async (link, expires) => {
    const first = await table.add(link, expires);
    if (first) await Promise.all([...table.entries()].filter(([, until]) => until <= clock.now()).map(([old]) => table.remove(old)));
    return first;
  },
});
