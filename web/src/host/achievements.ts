/** The achievements that can unlock a drop, in the host's words. The ids are those of `server/src/achievements`. */
export const ACHIEVEMENTS = [
  { id: 'round-won', label: 'Wins a round' },
  { id: 'played-three', label: 'Takes part in three rounds' },
  { id: 'fastest', label: 'Is the fastest of a round' },
  { id: 'crowd-goal', label: 'The crowd reaches a goal together' },
] as const;
