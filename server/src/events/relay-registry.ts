import { CrowdcueError } from '@crowdcue/protocol';
import type { Clock } from '../clock.js';
import type { RecordTable } from '../store/index.js';

/** A relay as it registers. */
export interface RelayRegistration {
  readonly relayId: string;
  /** WebSocket base address that viewers reach it at. */
  readonly url: string;
  /** Number of its run; a higher one is newer. */
  readonly incarnation: number;
}

/** ms after which a relay that did not register again is left out: three of its periods. */
const SILENT_MS = 30_000;

/**
 * The relays that viewers are sent to. What changes is kept, so that an origin that was restarted knows them at once; each then has
 * one more period to show that it lives.
 */
export class RelayRegistry {
  readonly #relays = new Map<string, RelayRegistration & { seenAt: number }>();

  constructor(private readonly table: RecordTable<RelayRegistration>, private readonly clock: Clock) {
    for (const [id, relay] of table.entries()) this.#relays.set(id, { ...relay, seenAt: clock.monotonic() });
  }

  /** Throws `relay_superseded` for a run that is older than the one known. */
  async register(relay: RelayRegistration): Promise<void> {
    const known = this.#relays.get(relay.relayId);
    if (known !== undefined && known.incarnation > relay.incarnation) throw new CrowdcueError('relay_superseded');
    this.#relays.set(relay.relayId, { ...relay, seenAt: this.clock.monotonic() });
    if (known?.incarnation !== relay.incarnation || known.url !== relay.url) await this.table.put(relay.relayId, relay);
  }

  /** Addresses of the live relays for a viewer, each once (workers share theirs), best first: they are dealt out by viewer number, which is random. */
  urlsFor(viewer: number): string[] {
    const now = this.clock.monotonic();
    const urls = [...new Set([...this.#relays.values()].filter((relay) => now - relay.seenAt < SILENT_MS).map((relay) => relay.url))];
    const first = urls.length === 0 ? 0 : viewer % urls.length;
    return [...urls.slice(first), ...urls.slice(0, first)];
  }
}
