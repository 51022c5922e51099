import { CrowdcueError } from '@crowdcue/protocol';
import type { EventDesk } from './event-desk.js';

/** Shown on a fresh installation, so that there is a link to give to viewers at once. */
const DEMO = {
  id: 'first-show',
  name: 'First show',
  drops: [
    { id: 'golden-rope', name: 'Golden Rope', kind: 'badge', supply: 100, unlockedBy: 'round-won' },
    { id: 'regular', name: 'Regular', kind: 'badge', supply: null, unlockedBy: 'played-three' },
  ],
};

/** Makes the demo event where there is no event yet; another origin may be faster. */
export const seedDemo = async (desk: EventDesk): Promise<void> => {
  if (desk.list().length > 0) return;
  await desk.create(DEMO).catch((error: unknown) => {
    if (!(error instanceof CrowdcueError && error.code === 'event_exists')) throw error;
  });
};
