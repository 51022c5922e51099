import { numberOn, type BoardSight } from '../text.js';

/** How the boss is told: its bar in tens of percent, or it would be said anew with every tick; never as fallen while it stands. */
export const bossSaid = (board: BoardSight): { weak: 0 | 1 | 2; percent: number } => {
  const weak = numberOn(board, 'weak');
  return { weak: weak === 1 || weak === 2 ? weak : 0, percent: Math.ceil(numberOn(board, 'health') / 10) * 10 };
};
