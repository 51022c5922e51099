import { numberOn, optionsOn, type BoardSight } from '../text.js';

/** What leads a running poll; no names while nobody has voted. */
export const leadersOn = (board: BoardSight): { names: string[]; percent: number } => {
  const options = optionsOn(board);
  const percent = Math.max(0, ...options.map((_, i) => numberOn(board, `share${i + 1}`)));
  return { percent, names: percent === 0 ? [] : options.filter((_, i) => numberOn(board, `share${i + 1}`) === percent) };
};
