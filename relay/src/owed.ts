import { encodeConfirm } from '@crowdcue/protocol';
import { TimedPrivates } from './timed-privates.js';
import type { Viewer, ViewerLane } from './viewers.js';

/** Every action up to `n` is settled: told with the viewer's next write. */
export const oweConfirm = (viewer: Viewer, lane: ViewerLane, n: number, now: number): void => {
  if (n > viewer.confirm) viewer.confirm = n;
  lane.owes(viewer, now);
};

/** A refusal that goes out with the viewer's next write. */
export const oweRefusal = (viewer: Viewer, lane: ViewerLane, frame: Uint8Array, now: number): void => {
  (viewer.refusals ??= []).push(frame);
  lane.owes(viewer, now);
};

/** Private state: the latest of a key goes out with the viewer's next write, and again at a resync. */
export const owePrivate = (viewer: Viewer, lane: ViewerLane, key: number, frame: Uint8Array, now: number): void => {
  viewer.timed?.forget(key); // what waits is older
  hold(viewer, key, frame);
  lane.owes(viewer, now);
};

/** Private state of a position that the viewer's lane has not come to. */
export const oweTimed = (viewer: Viewer, lane: ViewerLane, key: number, frame: Uint8Array, seq: number): void => {
  (viewer.timed ??= new TimedPrivates()).add(seq, key, frame, lane.wakes.add(seq, viewer));
};

/** The viewer has gone from one lane to another: what it is owed goes with it. */
export const oweElsewhere = (viewer: Viewer, from: ViewerLane, to: ViewerLane, now: number): void => {
  const owed = from.pending.delete(viewer);
  const positions = viewer.timed?.positions ?? [];
  for (const seq of positions) if (seq > to.at) to.wakes.add(seq, viewer);
  if (owed || (positions.length > 0 && positions[0]! <= to.at)) to.owes(viewer, now);
};

/** Takes what the viewer is owed, as frames; private state up to position `seq`. */
export const takeOwed = (viewer: Viewer, seq: number): Uint8Array[] => {
  if (viewer.timed !== undefined) {
    for (const { key, frame } of viewer.timed.take(seq)) hold(viewer, key, frame);
    if (viewer.timed.empty) viewer.timed = undefined;
  }
  const frames: Uint8Array[] = [];
  // Refusals first: a confirmation settles every number up to its own that was not refused before it.
  if (viewer.refusals !== undefined) frames.push(...viewer.refusals);
  if (viewer.confirm >= 0) frames.push(encodeConfirm(viewer.confirm));
  if (viewer.unwritten !== undefined) for (const key of viewer.unwritten) frames.push(viewer.privates!.get(key)!);
  viewer.confirm = -1;
  viewer.refusals = viewer.unwritten = undefined;
  return frames;
};

const hold = (viewer: Viewer, key: number, frame: Uint8Array): void => {
  (viewer.privates ??= new Map()).set(key, frame);
  (viewer.unwritten ??= new Set()).add(key);
};
