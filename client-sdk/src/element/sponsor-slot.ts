import { nothing, type TemplateResult } from 'lit';
import type { SponsorView } from '@crowdcue/protocol';
import type { ElementText } from './element-text.js';
import type { SponsorHost, SponsorStrip } from './sponsor-view.js';

/** Holds the sponsor's strip, loaded with the first sponsor. An event without one, or a strip that does not load, takes no room. */
export class SponsorSlot {
  #strip: SponsorStrip | undefined;
  #asked = false;

  constructor(readonly host: SponsorHost, readonly changed: () => void) {}

  get styles(): CSSStyleSheet | undefined {
    return this.#strip?.styles.styleSheet;
  }

  show(sponsor: SponsorView | undefined, text: ElementText): TemplateResult | typeof nothing {
    if (sponsor === undefined) return nothing;
    if (!this.#asked) void this.#load();
    return this.#strip?.show(sponsor, text) ?? nothing;
  }

  /** `shown` is where it can be seen now, if it can. */
  watch(shown: Element | null): void {
    this.#strip?.watch(shown);
  }

  stop(): void {
    this.#strip?.stop();
  }

  async #load(): Promise<void> {
    this.#asked = true;
    try {
      const { SponsorStrip } = await import('./sponsor-view.js');
      this.#strip = new SponsorStrip(this.host, this.changed);
      this.changed();
    } catch {
      this.#asked = false; // the next drawing tries again
    }
  }
}
