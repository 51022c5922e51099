/**
 * Counts how often a sponsor stood on the stream: a showing is 8 s in one piece, on a source that the broadcast shows. Told until it
 * counts at the origin; the number outlives a reload, so that nothing counts twice.
 */
import { safeStorage } from '@crowdcue/client';
import { SPONSOR_SHOWING_MS } from '@crowdcue/protocol';

/** ms between two tries to tell: no sooner does another one count. */
const TELL_MS = 10_000;
/** Outlives a reload of this source, and no more. */
const storage = safeStorage(undefined, 'sessionStorage');

export interface SponsorMeterDeps {
  /** Tells the origin how often by now; resolves with how often that counts. */
  tell(sponsor: string, shown: number): Promise<number>;
  /** Runs later; returns how to call it off. */
  later(ms: number, run: () => void): () => void;
}

export class SponsorMeter {
  #showing: string | undefined;
  #cancel: (() => void) | undefined;
  readonly #telling = new Set<string>();

  /** `slot`: where this overlay's counts are kept; a copy of its page, with all that it kept, becomes another overlay and counts anew. */
  constructor(private readonly slot: () => string, private readonly deps: SponsorMeterDeps) {}

  /** What stands on the picture now; called as often as one likes. */
  shows(sponsor: string | undefined): void {
    if (sponsor === this.#showing) return;
    this.#cancel?.();
    this.#showing = sponsor;
    this.#cancel = sponsor === undefined ? undefined : this.deps.later(SPONSOR_SHOWING_MS, () => this.#count(sponsor));
  }

  #count(sponsor: string): void {
    const name = `${this.slot()}.shown.${sponsor}`;
    storage.setItem(name, String(Number(storage.getItem(name) ?? 0) + 1));
    if (!this.#telling.has(sponsor)) void this.#tell(sponsor);
  }

  async #tell(sponsor: string): Promise<void> {
    this.#telling.add(sponsor);
    const shown = Number(storage.getItem(`${this.slot()}.shown.${sponsor}`) ?? 0);
    const counted = await this.deps.tell(sponsor, shown).catch(() => 0);
    if (counted < shown) this.deps.later(TELL_MS, () => void this.#tell(sponsor));
    else this.#telling.delete(sponsor);
  }
}
