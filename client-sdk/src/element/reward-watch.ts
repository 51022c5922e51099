import type { CrowdView, ViewerDrop } from '@crowdcue/protocol';
import { systemClock } from '../clock.js';
import type { Reward, Rewards } from './rewards.js';
import type { GameSession } from './session-port.js';

/** Viewers ask within this, ms: a lot is settled, or a drop unlocked, for a whole crowd at once. */
const SPREAD_MS = 1_500;
/** ms more for each viewer here: of 50,000 about 4,000 ask a second. */
const SPREAD_EACH_MS = 0.2;
/** Who found nothing new asks again in twice the time, as often as this. */
const DOUBLINGS = 5;

/** Whether there is something to ask the origin: the lot is over, the time of a reservation has passed, or what is to be told before a claim is not known. */
const isDue = (reward: Reward, drops: CrowdView['drops'] | undefined, rewards: Rewards): boolean => {
  switch (reward.state) {
    case 'entered': return drops?.get(reward.drop)?.draw === 'settled';
    case 'reserved': return systemClock.wall() >= reward.endsAt;
    case 'unlocked': return !rewards.isKnown(reward.drop);
    default: return false;
  }
};

/** Asks the origin how the viewer's drops stand, where the shared state or the time says that they changed; each viewer at a moment of its own. */
export class RewardWatch {
  #session: GameSession | undefined;
  #asking = false;
  #tries = 0;

  constructor(readonly rewards: Rewards) {}

  /** How things stand now: with each change of the shared state, and each drawing. */
  look(session: GameSession | undefined): void {
    this.#session = session;
    if (session?.status !== 'live') return;
    if (this.rewards.list.some((reward) => isDue(reward, session.state?.drops, this.rewards))) this.ask();
    else if (!this.#asking) this.#tries = 0;
  }

  /** Asks soon. */
  ask(): void {
    const session = this.#session;
    if (this.#asking || session === undefined) return;
    this.#asking = true;
    const spread = (SPREAD_MS + (session.state?.viewers ?? 0) * SPREAD_EACH_MS) * 2 ** Math.min(this.#tries++, DOUBLINGS);
    setTimeout(() => void this.#ask(session), systemClock.random() * spread);
  }

  async #ask(session: GameSession): Promise<void> {
    const { claims } = this.rewards;
    // Who left meanwhile asks nobody; who comes back is told how it stands.
    const drops: readonly ViewerDrop[] | undefined = session.status === 'live' ? await session.drops().catch(() => undefined) : undefined;
    this.#asking = false;
    if (session !== this.#session) return;
    if (drops === undefined || claims !== this.rewards.claims) this.rewards.changed(); // which looks again
    else this.rewards.take(drops);
  }
}
