import type { ViewerTally } from './messages.js';
import type { SwarmViewer } from './swarm-viewer.js';

type Counts = Readonly<Record<string, number>>;

export const totalOf = (counts: readonly Counts[]): Record<string, number> => {
  const sums: Record<string, number> = {};
  for (const count of counts) for (const [key, value] of Object.entries(count)) sums[key] = (sums[key] ?? 0) + value;
  return sums;
};

/** What those who went for good had counted by then: their books are closed, and nothing else of them is kept. */
export class Gone {
  readonly tallies: ViewerTally[] = [];
  readonly joinMs: number[] = [];
  sent = 0;
  confirmed = 0;
  refused = 0;
  patches = 0;
  reconnects = 0;
  bytes = 0;
  refusedBy: Counts = {};
  closedBy: Counts = {};

  get length(): number {
    return this.tallies.length;
  }

  add(viewer: SwarmViewer): void {
    this.tallies.push(viewer.tally());
    if (viewer.joinMs !== undefined) this.joinMs.push(viewer.joinMs);
    this.sent += viewer.sent;
    this.confirmed += viewer.confirmed;
    this.refused += viewer.refused;
    this.patches += viewer.patches;
    this.reconnects += Math.max(0, viewer.connections - 1);
    this.bytes += viewer.bytes;
    this.refusedBy = totalOf([this.refusedBy, viewer.refusedBy]);
    this.closedBy = totalOf([this.closedBy, viewer.closedBy]);
  }
}

/** Of those who go for good, how many say so. */
const FAREWELL = 0.5;
/** For each that goes, how many others lose their connection and come back. */
const DROPS = 0.2;

/**
 * Who goes. A viewer that goes for good acts no more, stays until all that it did is settled and in the room's count, and only then goes:
 * so its books are exact, however it goes. One that loses its connection has actions on the way, comes back and offers them again.
 */
export class Turnover {
  readonly gone = new Gone();
  readonly #going = new Map<SwarmViewer, 'farewell' | 'vanish'>();

  going(viewer: SwarmViewer): boolean {
    return this.#going.has(viewer);
  }

  /** Chooses one that goes for good, and sometimes another one whose connection breaks. */
  choose(viewers: readonly SwarmViewer[], random: () => number): void {
    const pick = (): SwarmViewer | undefined => viewers[Math.floor(random() * viewers.length)];
    const leaver = pick();
    if (leaver !== undefined && !this.#going.has(leaver)) this.#going.set(leaver, random() < FAREWELL ? 'farewell' : 'vanish');
    if (random() >= DROPS) return;
    const dropped = pick();
    if (dropped?.live === true) dropped.drop();
  }

  /** Lets those go whose books are closed; answers who is left. */
  go(viewers: SwarmViewer[]): SwarmViewer[] {
    if (this.#going.size === 0) return viewers;
    const left = new Set<SwarmViewer>();
    for (const [viewer, how] of this.#going) {
      if (!viewer.settled) continue;
      left.add(viewer);
      this.#going.delete(viewer);
      this.gone.add(viewer);
      if (how === 'farewell') viewer.stop();
      else viewer.vanish();
    }
    return left.size === 0 ? viewers : viewers.filter((viewer) => !left.has(viewer));
  }
}
