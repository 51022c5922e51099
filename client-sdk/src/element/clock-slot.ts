import type { Player } from '../stream-clock/players.js';
import type { DelayReading } from '../stream-clock/stream-clock.js';
import type { ClockDesk } from './clock-desk.js';
import type { GameSession } from './session-port.js';

/** ms before another try, where the desk could not be loaded. */
const AGAIN_MS = 5_000;

/** Holds the clock desk, loaded with a player, or with the first flashes that a viewer may tap on. */
export class ClockSlot {
  /** The desk, once loaded. */
  desk: ClockDesk | undefined;
  player: Player | undefined;
  #loading = false;

  constructor(readonly changed: () => void, readonly told: (reading: DelayReading | undefined) => void) {}

  attach(player: Player | undefined): void {
    this.player = player;
    this.desk?.attach(player);
    this.changed();
  }

  /** The element has this session now, or none. */
  follow(session: GameSession | undefined): void {
    if (this.desk === undefined && session !== undefined && (this.player !== undefined || (session.state?.flashFrom ?? 0) > 0)) this.#fetch();
    this.desk?.follow(session);
  }

  #fetch(): void {
    if (this.#loading) return;
    this.#loading = true;
    import('./clock-desk.js').then((module) => {
      this.desk = new module.ClockDesk(this);
      this.changed();
    }, () => setTimeout(() => (this.#loading = false), AGAIN_MS));
  }
}
