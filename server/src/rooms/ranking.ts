/** Who leads: ranks by score, and the names and scores that everybody sees. Part of the core. */
import { TopEntry, type CrowdState } from './state.js';
import { FLAG, type ViewerTable } from './viewer-table.js';

const TOP_ROWS = 10;
/** Stands for a name that is held back; the same for all, and in no language. */
export const HELD_NAME = '•••';

/** Equal scores share a rank. */
export const rank = ({ columns }: ViewerTable, players: readonly number[]): void => {
  const order = [...players].sort((a, b) => columns.score[b]! - columns.score[a]!);
  for (let i = 0; i < order.length; i++) {
    const row = order[i]!;
    const before = order[i - 1];
    columns.rank[row] = before !== undefined && columns.score[before] === columns.score[row] ? columns.rank[before]! : i + 1;
  }
};

/** Shows the best of `players`; one pass, for a running round asks once a second. */
export const showTop = (state: CrowdState, viewers: ViewerTable, players: readonly number[]): void => {
  const { score } = viewers.columns;
  const best: number[] = [];
  for (const row of players) {
    if (best.length === TOP_ROWS && score[row]! <= score[best[TOP_ROWS - 1]!]!) continue;
    let place = best.length;
    while (place > 0 && score[best[place - 1]!]! < score[row]!) place--;
    best.splice(place, 0, row);
    if (best.length > TOP_ROWS) best.pop();
  }
  best.forEach((row, i) => {
    const key = String(i + 1);
    let entry = state.top.get(key);
    if (entry === undefined) {
      entry = new TopEntry();
      state.top.set(key, entry);
    }
    const name = viewers.is(row, FLAG.held) ? HELD_NAME : viewers.names[row]!;
    if (entry.name !== name) entry.name = name;
    if (entry.score !== score[row]) entry.score = score[row]!;
  });
};

export const clearTop = (state: CrowdState): void => {
  for (const key of [...state.top.keys()]) state.top.delete(key);
};
