/** Results of claims and steps of a lot, in the host's words. */
import type { DropStanding } from '@crowdcue/protocol';
import { clockFace, counted, words } from '../shared/format.js';

const REASONS: Readonly<Record<string, string>> = {
  granted: 'granted', reserved: 'held for checkout', entered: 'entered the lot',
  claim_sold_out: 'nothing left', claim_not_unlocked: 'not unlocked', claim_not_open: 'not open yet', claim_closed: 'closed', claim_tier: 'wrong tier', claim_country: 'wrong country',
  claim_age: 'age', claim_proof_needed: 'no proof of person', claim_subject_taken: 'person has one already', claim_lot_closed: 'lot being drawn', claim_lot_lost: 'lost the lot',
  claim_revoked: 'was taken back', claim_refunded: 'was refunded', claim_key_conflict: 'key used otherwise', claim_bad_request: 'malformed', claim_unknown_drop: 'no such drop',
};

const GIVEN: ReadonlySet<string> = new Set(['granted', 'reserved', 'entered']);

export const isRefusal = (result: string): boolean => !GIVEN.has(result);
export const reasonText = (result: string): string => REASONS[result] ?? words(result.replace(/^claim_/, '')).toLowerCase();

/** How a lot stands. `now`: ms since 1970. */
export const lotText = ({ state, entered, drawsAt }: NonNullable<DropStanding['lot']>, now: number): string => {
  const inIt = counted(entered, 'ticket');
  switch (state) {
    case 'collecting':
      if (drawsAt !== undefined) return drawsAt > now ? `${inIt} · drawn in ${clockFace(drawsAt - now)}` : `${inIt} · drawn any moment`;
      return entered === 0 ? 'No ticket yet · the time runs from the first one' : `${inIt} · drawn once the latest picture has had its time`;
    case 'frozen': return `${inIt} · the list is closed`;
    case 'listed': return `${inIt} · the list is published`;
    case 'drawn': return `${inIt} · drawn, being allotted`;
    case 'settled': return `${inIt} · drawn and settled`;
  }
};
