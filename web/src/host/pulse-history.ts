/** Of a count that only grows: how much a second it grew by since it was last told. */
export class Growth {
  #before: { readonly at: number; readonly count: number } | undefined;

  /** `at` in ms. The first count tells nothing yet; one that fell, as after another event, neither. */
  perSecond(at: number, count: number): number {
    const before = this.#before;
    this.#before = { at, count };
    return before === undefined || at <= before.at || count < before.count ? 0 : ((count - before.count) * 1000) / (at - before.at);
  }

  clear(): void {
    this.#before = undefined;
  }
}

/** The last minute of one figure, one sample a poll. */
export class PulseHistory {
  #samples: { readonly at: number; readonly value: number }[] = [];

  constructor(readonly spanMs = 60_000) {}

  add(at: number, value: number): void {
    this.#samples.push({ at, value });
    const oldest = at - this.spanMs;
    const keep = this.#samples.findIndex((sample) => sample.at >= oldest);
    if (keep > 0) this.#samples.splice(0, keep);
  }

  clear(): void {
    this.#samples = [];
  }

  get peak(): number {
    return this.#samples.reduce((peak, { value }) => Math.max(peak, value), 0);
  }

  /** Points of a line from the left edge (a span ago) to the right (the newest), y down, within `width` × `height`; `highest` is at the top. */
  points(width: number, height: number, highest = this.peak): readonly (readonly [number, number])[] {
    const newest = this.#samples.at(-1)?.at ?? 0;
    const top = Math.max(highest, 1);
    return this.#samples.map(({ at, value }) => [width - ((newest - at) / this.spanMs) * width, height - (value / top) * height]);
  }
}
