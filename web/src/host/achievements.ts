export interface Achievement {
  readonly id: string;
  readonly label: string;
  readonly limited?: string;
}

/**
 * The achievements that can unlock a drop, in the host's words; `limited` is what a host should know who limits the supply. The ids are those of
 * `server/src/achievements`.
 */
export const ACHIEVEMENTS: readonly Achievement[] = [
  { id: 'round-won', label: 'Wins a round', limited: 'A limited drop is unlocked by wins in Tug and Boss: in the other games lying about time pays.' },
  { id: 'played-three', label: 'Takes part in three rounds' },
  { id: 'fastest', label: 'Is the fastest of a round', limited: 'Lying about time pays here, so only a drop without limit can be unlocked by it.' },
  { id: 'crowd-goal', label: 'The crowd reaches a goal together' },
];
