import { CLOSE, closeForError, encodeRefused, type TickFrame } from '@crowdcue/protocol';
import type { Feed } from './feed.js';
import type { Outlet } from './outlet.js';
import type { Slots } from './slots.js';
import type { Viewer } from './viewers.js';

/**
 * What a tick has for single viewers. Confirmations, refusals and private state go out with the viewer's next write, which is this
 * tick's where its lane is due, but private state that tells of the tick's picture waits for a late one; directs and broadcasts at once. A slot without a viewer is one that was left a moment ago.
 */
export const handOutTick = (t: TickFrame, slots: Slots, feed: Feed): void => {
  for (const { slot, n } of t.confirms) {
    const viewer = slots.at(slot);
    if (viewer?.door === 'direct') feed.confirm(viewer, n);
  }
  for (const { slot, n, code } of t.refusals) {
    const viewer = slots.at(slot);
    if (viewer?.door === 'direct') feed.refuse(viewer, encodeRefused(n, code));
  }
  for (const { slot, key, frame, timed } of t.privates) {
    const viewer = slots.at(slot);
    if (viewer !== undefined) feed.private(viewer, key, frame, timed, t.tick);
  }
  for (const { slot, frame } of t.directs) {
    const viewer = slots.at(slot);
    if (viewer === undefined) continue;
    // A viewer that asks for a place has no state yet that this could be about.
    if (viewer.state.kind === 'queued' || viewer.state.kind === 'joining') (viewer.early ??= []).push(frame);
    else feed.direct(viewer, [frame]);
  }
  for (const frame of t.broadcasts) feed.broadcast(frame);
};

/** Sends away whom the room no longer wants, and back into line (`full`) whom it has no place for; a kick of a connection that has gone means nobody. */
export const handOutKicks = (t: TickFrame, slots: Slots, outlet: Outlet, full: (viewer: Viewer) => void): void => {
  for (const { slot, connection, reason } of t.kicks) {
    const viewer = slots.at(slot);
    if (viewer?.connection !== connection) continue;
    if (reason === 'event_full') full(viewer);
    else if (reason === 'taken_over') outlet.close(viewer, CLOSE.taken_over, reason);
    else outlet.close(viewer, closeForError(reason), reason);
  }
};
