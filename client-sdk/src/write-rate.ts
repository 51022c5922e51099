import { DEFAULT_TIER, encodeTier, type Tier } from '@crowdcue/protocol';
import { TIERS, type TierName } from './session-events.js';

/** How often the relay writes: as the page wishes, `hidden` while nobody looks at it. Said where the relay goes by another. */
export class WriteRate {
  /** What the relay goes by. */
  #said: Tier = DEFAULT_TIER;
  #visible = true;

  /** `send` answers false while there is nobody to send to. */
  constructor(private wished: TierName, private readonly send: (frame: Uint8Array) => boolean) {}

  get visible(): boolean {
    return this.#visible;
  }

  wish(tier: TierName): void {
    this.wished = tier;
    this.#say();
  }

  see(on: boolean): void {
    this.#visible = on;
    this.#say();
  }

  /** A new connection, which begins with the default. */
  connected(): void {
    this.#said = DEFAULT_TIER;
    this.#say();
  }

  #say(): void {
    const tier = TIERS[this.#visible ? this.wished : 'hidden'];
    if (tier !== this.#said && this.send(encodeTier(tier))) this.#said = tier;
  }
}
