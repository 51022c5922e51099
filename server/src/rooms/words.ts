/** What a tick says to single viewers: rows that have something to be told become parts of the relays that they are behind. */
import { DATA_TYPE, encodeRoomData } from '@crowdcue/protocol';
import { Packr } from 'msgpackr';
import type { CrowdCore } from './crowd-core.js';
import { PRIVATE_KEY } from './outbound.js';

/** A frame for a viewer, if it is here. */
export interface Notice {
  readonly viewer: number;
  readonly frame: Uint8Array;
}

/** Standings told in one tick at most, so that the end of a large round is spread over a few. */
const STANDINGS_PER_TICK = 4_000;
/** Unlocks told in one tick at most. */
const NOTICES_PER_TICK = 4_000;

const packr = new Packr({ useRecords: false });

/** Takes from `notices` what it tells. */
export const collectWords = (core: CrowdCore, notices: Notice[]): void => {
  const { out, viewers } = core;
  for (const row of out.retold.take(Infinity)) {
    const at = core.attendance.address(row);
    if (at !== undefined) for (const [n, code] of viewers.refusalsOf(row)) out.tellRefusal(at.relay, at.slot, n, code);
  }
  for (const row of out.confirms.take(Infinity)) {
    const at = core.attendance.address(row);
    if (at !== undefined) out.part(at.relay).confirms.push({ slot: at.slot, n: viewers.columns.lastN[row]! });
  }
  for (const row of out.standings.take(STANDINGS_PER_TICK)) {
    const at = core.attendance.address(row);
    if (at === undefined) continue;
    const frame = encodeRoomData(DATA_TYPE.me, packr.pack(core.me(row)));
    // Also after the round: results that are told a tick late, or again, would spoil a picture that is still in it.
    out.part(at.relay).privates.push({ slot: at.slot, key: PRIVATE_KEY.me, frame, timed: true });
  }
  for (const { viewer, frame } of notices.splice(0, NOTICES_PER_TICK)) {
    const row = viewers.rowOf(viewer);
    const at = row === undefined ? undefined : core.attendance.address(row);
    if (at !== undefined) out.direct(at, frame);
  }
};
