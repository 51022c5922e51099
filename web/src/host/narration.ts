/** What a screen reader is told when the desk changes by itself. */
import type { EventOverview } from '@crowdcue/protocol';
import { counted } from '../shared/format.js';
import type { PollState } from '../shared/poller.js';

/** A sentence for the change from one overview to the next, or `undefined` where nothing is worth saying. */
export const roundNews = (before: EventOverview | undefined, after: EventOverview, title: string): string | undefined => {
  if (before === undefined || (before.phase === after.phase && before.round === after.round)) return undefined;
  switch (after.phase) {
    case 'armed': return `Round ${after.round}, ${title}, is about to start.`;
    case 'live': return `Round ${after.round}, ${title}, is on air.`;
    case 'over': return `Round ${after.round} is over. ${counted(after.players, 'player')}, ${counted(after.actions, 'action')}.`;
    case 'idle': return undefined;
  }
};

/** A sentence when the server goes or comes back. */
export const linkNews = (before: PollState, after: PollState): string | undefined => {
  if (before.kind === after.kind) return undefined;
  if (after.kind === 'unreachable') return 'The server does not answer. The desk keeps trying.';
  if (after.kind === 'live' && before.kind === 'unreachable') return 'The server is back.';
  return undefined;
};
