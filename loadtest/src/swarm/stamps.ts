/** Stamps that a crew keeps at most: 2,000 viewers at 10 Hz for two minutes. Past it every second one is let go. */
const MAX_STAMPS = 2_400_000;

/** When which patch frame came: pairs of hash and time in one growing array. */
export class Stamps {
  #pairs = new Float64Array(2 * 4096);
  #length = 0;
  #every = 1;
  #skipped = 0;

  add(hash: number, at: number): void {
    if (++this.#skipped < this.#every) return;
    this.#skipped = 0;
    if (this.#length === this.#pairs.length) this.#grow();
    this.#pairs[this.#length++] = hash;
    this.#pairs[this.#length++] = at;
  }

  take(): Float64Array {
    return this.#pairs.slice(0, this.#length);
  }

  #grow(): void {
    if (this.#length < MAX_STAMPS * 2) {
      const grown = new Float64Array(this.#pairs.length * 2);
      grown.set(this.#pairs);
      this.#pairs = grown;
      return;
    }
    for (let i = 0; i < this.#length / 2; i += 2) {
      this.#pairs[i] = this.#pairs[i * 2]!;
      this.#pairs[i + 1] = this.#pairs[i * 2 + 1]!;
    }
    this.#length /= 2;
    this.#every *= 2;
  }
}
