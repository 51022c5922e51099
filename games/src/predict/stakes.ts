/** Points that a bet may stake at most. */
export const MAX_STAKE = 100;
/** Points of a bet that names none. */
export const DEFAULT_STAKE = 10;
/** What a viewer chooses from. */
export const STAKES: readonly number[] = [DEFAULT_STAKE, 25, 50, MAX_STAKE];
