/** Score of a reaction of one second; half the time scores double. */
const SCORE_AT_ONE_SECOND = 1000;

/** Score of a false start; below that of whoever did nothing. */
export const FALSE_START_SCORE = -1;

/** Score of a reaction, ms. */
export const scoreOfReaction = (ms: number): number => Math.round((SCORE_AT_ONE_SECOND * 1000) / ms);

/** The reaction behind a score, ms, as far as rounding tells; what a viewer is shown from its private score. */
export const reactionOfScore = (score: number): number => (score > 0 ? Math.round((SCORE_AT_ONE_SECOND * 1000) / score) : 0);
