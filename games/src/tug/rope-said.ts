import { numberOn, type BoardSight } from '../text.js';

/** How the rope is told: in tens of percent, or it would be said anew with every tick. */
export const ropeSaid = (board: BoardSight): { side: 'left' | 'right' | 'none'; percent: number } => {
  const rope = numberOn(board, 'rope');
  const percent = Math.round(Math.abs(rope) / 10) * 10;
  return { percent, side: percent === 0 ? 'none' : rope < 0 ? 'left' : 'right' };
};
