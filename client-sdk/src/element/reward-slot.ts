import type { UnlockView, ViewerDrop } from '@crowdcue/protocol';
import { systemClock } from '../clock.js';
import type { DeskEvents, RewardDesk } from './reward-desk.js';
import type { Reward } from './rewards.js';
import type { GameSession } from './session-port.js';

/** Holds the reward desk, loaded with the first reward of the viewer. What came before it was there waits for it. */
export class RewardSlot {
  /** The desk, once loaded. */
  desk: RewardDesk | undefined;
  /** The desk could not be loaded; `retry` may help. */
  broken = false;
  #loading = false;
  /** How many drops the event had when they were asked for; until they were, none is new. */
  #known = Infinity;
  #waiting: ((desk: RewardDesk) => unknown)[] = [];

  constructor(
    readonly events: DeskEvents,
    readonly load: () => Promise<{ readonly RewardDesk: typeof RewardDesk }> = () => import('./reward-desk.js'),
  ) {}

  get list(): readonly Reward[] {
    return this.desk?.rewards.list ?? [];
  }

  unlock(unlock: UnlockView): void {
    this.#give((desk) => desk.rewards.unlock(unlock));
  }

  /** Takes up what the origin knows: after a reload this is where rewards come from. */
  async take(session: GameSession): Promise<void> {
    let drops: readonly ViewerDrop[];
    try {
      drops = await session.drops();
    } catch {
      return; // no origin to claim from: what is unlocked comes again with the next connection
    }
    this.#known = session.state?.drops.size ?? 0;
    this.#give((desk) => desk.rewards.take(drops), drops.some(({ state }) => state !== 'none'));
  }

  /** A drop came to the event: what viewers are told before they claim it is asked for, each in a moment of its own, before anybody may. */
  follow(session: GameSession): void {
    const { drops, viewers } = session.state!;
    if (drops.size <= this.#known) return;
    this.#known = Infinity;
    setTimeout(() => session.status === 'live' && this.take(session), systemClock.random() * (1_000 + viewers / 5));
  }

  /** Shows the sheet once there is something in it. */
  show(): void {
    this.#give((desk) => (desk.rewards.wanted = true));
  }

  /** Tries again to load the desk, where that failed. */
  retry(): void {
    if (this.broken) void this.#fetch();
  }

  /** `needed`: it is worth loading the desk for. */
  #give(work: (desk: RewardDesk) => unknown, needed = true): void {
    if (this.desk !== undefined) return void work(this.desk);
    this.#waiting.push(work);
    if (needed) void this.#fetch();
    return undefined;
  }

  async #fetch(): Promise<void> {
    if (this.#loading) return;
    this.#loading = true;
    const module = await this.load().catch(() => undefined);
    this.#loading = false;
    this.broken = module === undefined;
    if (module !== undefined) {
      const desk = (this.desk = new module.RewardDesk(this.events));
      for (const work of this.#waiting.splice(0)) work(desk);
    }
    this.events.changed();
  }
}
