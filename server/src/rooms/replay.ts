/** What a room's journal says, played again from its first tick: nothing but the journal, the games and the origin's keys goes in. */
import type { JournalStore } from '../journal/index.js';
import type { CoreOptions } from './core-options.js';
import { CrowdCore } from './crowd-core.js';
import { decodeInputs } from './inputs.js';
import type { RoundSummary } from './round-desk.js';
import { CrowdState } from './state.js';

/** How a room stood when its journal ended. */
export interface Replay {
  /** Journalled ticks. */
  readonly records: number;
  /** The last of them. */
  readonly tick: number;
  /** Rounds that ended, oldest first. */
  readonly rounds: readonly RoundSummary[];
  /** Actions applied over the whole event, by viewer number. */
  readonly applied: ReadonlyMap<number, number>;
}

/** Reads the whole journal of the event; ticks that changed nothing are not in it. */
export const replayRoom = async (journal: Pick<JournalStore, 'records'>, options: CoreOptions): Promise<Replay> => {
  const core = new CrowdCore(new CrowdState(), options);
  let records = 0;
  for await (const record of journal.records(options.event, -1)) {
    core.tick = record.tick - 1;
    core.step(record.time, decodeInputs(record.bytes));
    core.out.clear();
    records++;
  }
  const { viewer, appliedTotal } = core.viewers.columns;
  const applied = new Map(Array.from({ length: core.viewers.length }, (_, row) => [viewer[row]!, appliedTotal[row]!]));
  return { records, tick: core.tick, rounds: core.desk.history, applied };
};
