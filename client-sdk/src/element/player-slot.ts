import type { CSSResult, TemplateResult } from 'lit';
import type { DelayReading } from '../stream-clock/index.js';
import type { Player } from '../stream-clock/players.js';
import { Later } from './later.js';
import type { ClockDesk } from './clock-desk.js';
import type { GameSession } from './session-port.js';

/**
 * Which player shows the stream: what the page attached, else what stands under the id that it named, now. And the stream clock for it,
 * loaded with the first player or flashes.
 */
export class PlayerSlot {
  readonly #clock: Later<ClockDesk>;
  #attached: Player | undefined;
  #named: Element | undefined;

  /** `host` is the element; `told` learns of each reading. */
  constructor(readonly host: Element, changed: () => void, told: (reading: DelayReading | undefined) => void) {
    this.#clock = new Later(async () => new (await import('./clock-desk.js')).ClockDesk({ player: () => this.#player, changed, told }), changed);
  }

  get styles(): CSSResult | undefined {
    return this.#clock.part?.styles;
  }

  get #player(): Player | undefined {
    return this.#attached ?? (this.#named as HTMLVideoElement | undefined);
  }

  attach(player: Player | undefined): void {
    this.#attached = player;
    this.#clock.part?.attach(this.#player);
  }

  /** `id` of the player in the host's tree, if any. */
  follow(id: string | null, session: GameSession | undefined): void {
    this.#look(id);
    if (session !== undefined && (this.#player !== undefined || (session.state?.flashFrom ?? 0) > 0)) this.#clock.want();
    this.#clock.part?.follow(session);
  }

  stop(): void {
    this.#clock.part?.follow(undefined);
  }

  /** The card that asks for taps on flashes, while there is reason to. */
  offer(language: string): TemplateResult | undefined {
    return this.#clock.part?.offer(language);
  }

  /** A video may come later than its name, go, or give its name to another. */
  #look(id: string | null): void {
    const root = this.host.getRootNode();
    if (!('getElementById' in root)) return; // taken out of the page: the tree around knows no ids
    const named = (id && (root as Document).getElementById(id)) || undefined;
    if (named === this.#named) return;
    this.#named = named;
    if (this.#attached === undefined) this.#clock.part?.attach(this.#player);
  }
}
