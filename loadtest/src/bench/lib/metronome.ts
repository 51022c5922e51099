import { now } from '../../clock.js';

/**
 * Calls `beat` every `periodMs`, without the drift of `setInterval`, which rounds each pause up to whole milliseconds: both sides of a
 * comparison must have the same rate. A beat that is more than a period late is left out. Answers how to stop.
 */
export const metronome = (periodMs: number, beat: () => void): (() => void) => {
  let due = now() + periodMs;
  let timer: NodeJS.Timeout;
  const arm = (): void => {
    timer = setTimeout(() => {
      beat();
      const at = now();
      due += periodMs * Math.max(1, Math.ceil((at - due) / periodMs));
      arm();
    }, Math.max(1, Math.round(due - now())));
  };
  arm();
  return () => clearTimeout(timer);
};
