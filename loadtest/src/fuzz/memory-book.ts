/** What processes hold while they are abused, looked at after their rubbish was collected. */
import type { SystemProcess } from '../system.js';
import { type Held, Inspector } from '../watch/inspector.js';
import { afterWarmUp, slopeOf } from '../watch/slope.js';

export interface MemoryVerdict {
  readonly process: string;
  readonly line: string;
  readonly problems: readonly string[];
}

/** A look at one process: after how many frames, and what it held. */
export interface Look extends Held {
  readonly frames: number;
}

/** Share of the frames by which everything is as large as it gets. */
const WARM_UP = 0.4;
/** Bytes a frame by which what is alive may rise at most: half of what a leak of 100 B for each would show. */
const MOST_A_FRAME = 50;
/** What the collected heap may rise by without any reason but where its pages end, bytes. */
const HEAP_NOISE = 1_500_000;
/** Of the figure after the warm-up; the least is for runs that hardly took memory. */
const MOST_RSS = 0.2;

export class MemoryBook {
  readonly #looks: Look[][];

  private constructor(private readonly processes: readonly SystemProcess[], private readonly inspectors: readonly Inspector[]) {
    this.#looks = processes.map(() => []);
  }

  /** The processes were started with `--inspect`. */
  static async open(processes: readonly SystemProcess[]): Promise<MemoryBook> {
    return new MemoryBook(processes, await Promise.all(processes.map(({ inspector }) => Inspector.open(inspector!))));
  }

  async look(frames: number): Promise<void> {
    await Promise.all(this.inspectors.map(async (inspector, i) => this.#looks[i]!.push({ frames, ...await inspector.held() })));
  }

  close(): void {
    for (const inspector of this.inspectors) inspector.close();
  }

  verdicts(): MemoryVerdict[] {
    return this.processes.map(({ name }, i) => judge(name, this.#looks[i]!));
  }
}

/** Whether what a process held rose with the frames that it was sent. */
export const judge = (process: string, looks: readonly Look[]): MemoryVerdict => {
  const of = (value: (look: Look) => number) => afterWarmUp(looks.map((look) => ({ x: look.frames, y: value(look) })), WARM_UP);
  const live = of(({ heapUsed, external }) => heapUsed + external);
  const rss = of(({ rss: bytes }) => bytes);
  const span = (live.at(-1)?.x ?? 0) - (live[0]?.x ?? 0);
  const slopes = { live: slopeOf(live), rss: slopeOf(rss) };
  const rise = (rss.at(-1)!.y - rss[0]!.y) / rss[0]!.y;
  const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  const problems: string[] = [];
  if (slopes.live * span > Math.max(MOST_A_FRAME * span, HEAP_NOISE)) problems.push(`${process} keeps ${slopes.live.toFixed(0)} B of every frame`);
  if (rise > MOST_RSS) problems.push(`${process} grew by ${(rise * 100).toFixed(0)} % after the warm-up`);
  return {
    process, problems,
    line: `${process}: alive after collection ${mib(live[0]!.y)} → ${mib(live.at(-1)!.y)} (${slopes.live.toFixed(1)} B a frame), resident ${mib(rss[0]!.y)} → ${mib(rss.at(-1)!.y)}`
      + ` (${slopes.rss.toFixed(1)} B a frame, ${(rise * 100).toFixed(1)} %), over ${Math.round(span)} frames after the warm-up`,
  };
};
