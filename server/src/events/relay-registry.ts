/**
 * The relays that viewers are sent to. A relay registers every 10 s, and at once when something about it changes; one that is silent
 * for 30 s, or says that it drains, is told to nobody. Where origins share a store, each hears what relays told the others.
 *
 * What changes who is told of is kept, so that an origin that was restarted knows its relays at once; each then has one more period
 * to show that it lives. Heartbeats alone are written only where others wait for them.
 */
import { CrowdcueError, type RelayOverview, type RelayView } from '@crowdcue/protocol';
import type { Clock } from '../clock.js';
import type { RecordTable } from '../store/index.js';
import { type Asker, loadOf, rankRelays } from './relay-ranking.js';

/** A relay as it registers. */
export interface RelayRegistration {
  readonly relayId: string;
  /** WebSocket base address that viewers reach it at. */
  readonly url: string;
  /** Number of its run; a higher one is newer. */
  readonly incarnation: number;
  readonly region: string;
  /** 0, the cheapest, to 9. */
  readonly costClass: number;
  readonly viewers: number;
  /** Viewers that it can take. */
  readonly capacity: number;
  /** Share of one core over the last period, 0 to 1. */
  readonly cpu: number;
  /** Links to rooms that are up. */
  readonly links: number;
  readonly draining: boolean;
  /** Steps by which it has lowered its write rates; 0 is full. */
  readonly level: number;
  /** Ages of patches as it wrote them of late, ms; relays of an earlier version do not say. */
  readonly patchAge?: { readonly p50: number; readonly p99: number } | undefined;
}

/** A registration as it is kept. */
export interface KeptRelay extends RelayRegistration {
  /** ms since 1970, absent in rows of an earlier version. A store tells nobody of a row that is put again as it was: each heartbeat must differ. */
  readonly at?: number;
}

/** What a relay of an earlier version, which registers with id, address and run alone, is taken for: half loaded, neither cheap nor dear. */
export const UNTOLD = { region: '', costClass: 5, viewers: 5_000, capacity: 10_000, cpu: 0, links: 0, draining: false, level: 0 } as const;

/** ms after which a relay that did not register again is left out: three of its periods. */
const SILENT_MS = 30_000;
/** ms after which it is forgotten. */
const FORGET_MS = 600_000;
/** ms between two heartbeats that are passed on to other origins: half a period, so that none is left out. */
const PASS_ON_MS = 5_000;
/** Load at which a relay becomes busy, and at which it is not any more: between the two it stays what it was. */
const BUSY_AT = 0.8;
const CALM_AT = 0.65;

interface Known extends RelayRegistration {
  readonly seenAt: number;
  /** When it was last put into the table. */
  readonly putAt: number;
  readonly busy: boolean;
  /** Viewers sent there since it registered. */
  dealt: number;
}

export class RelayRegistry {
  readonly #relays = new Map<string, Known>();
  #asked = 0;

  /** `shared`: other origins have the table too. */
  constructor(private readonly table: RecordTable<KeptRelay>, private readonly clock: Clock, private readonly shared = false) {
    for (const [, relay] of table.entries()) this.#take(relay, clock.monotonic());
    table.watch((id, relay) => {
      if (relay === undefined) this.#relays.delete(id);
      else if (!this.#isOlder(relay)) this.#take(relay, this.clock.monotonic());
    });
  }

  /** Throws `relay_superseded` for a run that is older than the one known. */
  async register(relay: RelayRegistration): Promise<void> {
    if (this.#isOlder(relay)) throw new CrowdcueError('relay_superseded');
    const now = this.clock.monotonic();
    const known = this.#relays.get(relay.relayId);
    const kept = known === undefined || isNews(known, relay) || (this.shared && now - known.putAt >= PASS_ON_MS);
    this.#take(relay, kept ? now : known.putAt);
    if (kept) await this.table.put(relay.relayId, { ...relay, at: this.clock.now() });
    await this.#forgetSilent(now);
  }

  /** Relays for somebody who asks, best first. Without a viewer's number everybody who asks is somebody else. */
  views({ viewer = this.#asked++, region }: Partial<Asker>): RelayView[] {
    return onePerUrl(this.#ranked({ viewer, region: region ?? '' })).map((relay) => ({
      url: relay.url, region: relay.region, costClass: relay.costClass, load: Math.round(loadOf(relay) * 100) / 100,
    }));
  }

  /** Addresses of relays for a viewer who is on the way in, best first; the first counts as one fuller until it registers again. */
  deal(viewer: number, region = ''): string[] {
    const ranked = this.#ranked({ viewer, region });
    const [first] = ranked;
    if (first !== undefined) this.#relays.get(first.relayId)!.dealt++;
    return onePerUrl(ranked).map(({ url }) => url);
  }

  /** What the console shows: the counts of a room, with what each relay registered, and the relays that nobody of the room is at. */
  overview(counts: readonly { readonly id: string; readonly viewers: number }[]): RelayOverview[] {
    const rows = new Map<string, RelayOverview>(counts.map((row) => [row.id, row]));
    for (const relay of this.#live()) {
      const { relayId: id, region, level, draining, patchAge } = relay;
      rows.set(id, { id, viewers: rows.get(id)?.viewers ?? 0, standing: { region, level, draining, load: Math.round(loadOf(relay) * 100) / 100, ...(patchAge === undefined ? {} : { patchAge }) } });
    }
    return [...rows.values()];
  }

  #ranked(asker: Asker): (Known & { readonly viewers: number })[] {
    const open = this.#live().filter(({ draining }) => !draining);
    return rankRelays(open.map((relay) => ({ ...relay, viewers: relay.viewers + relay.dealt })), asker);
  }

  #live(): Known[] {
    const now = this.clock.monotonic();
    return [...this.#relays.values()].filter(({ seenAt }) => now - seenAt < SILENT_MS);
  }

  #take(told: RelayRegistration, putAt: number): void {
    const relay = { ...UNTOLD, ...told };
    const wasBusy = this.#relays.get(relay.relayId)?.busy ?? false;
    const busy = relay.level > 0 || loadOf(relay) >= (wasBusy ? CALM_AT : BUSY_AT);
    this.#relays.set(relay.relayId, { ...relay, seenAt: this.clock.monotonic(), putAt, busy, dealt: 0 });
  }

  #isOlder({ relayId, incarnation }: RelayRegistration): boolean {
    return (this.#relays.get(relayId)?.incarnation ?? 0) > incarnation;
  }

  async #forgetSilent(now: number): Promise<void> {
    for (const { relayId, seenAt } of this.#relays.values()) {
      if (now - seenAt < FORGET_MS) continue;
      this.#relays.delete(relayId);
      await this.table.remove(relayId);
    }
  }
}

/** Workers of one relay share their address: the best of them stands for it. */
const onePerUrl = <T extends { readonly url: string }>(relays: readonly T[]): T[] =>
  relays.filter(({ url }, at) => relays.findIndex((other) => other.url === url) === at);

/** Whether a registration changes more than figures. */
const isNews = (known: RelayRegistration, told: RelayRegistration): boolean =>
  (['url', 'incarnation', 'region', 'costClass', 'capacity', 'draining', 'level'] as const).some((field) => known[field] !== told[field]);
