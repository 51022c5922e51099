import { type CloseCode, CLOSE, type ErrorCode, LIMITS, TIER_PERIODS } from '@crowdcue/protocol';
import { PatchAges, type PatchAge } from './patch-ages.js';
import { Counter, Gauge, Registry } from 'prom-client';

/** What the gauges want of a lane. */
export interface LaneCount {
  readonly tier: number;
  readonly live: Readonly<Record<'direct' | 'stock', number>>;
  readonly members: number;
  readonly cohort: { readonly delay: number };
}

/** Upper ends of the ranges of delay that viewers are counted by, ms: a label for each cohort would be too many. */
const DELAY_RANGES = [0, 2_000, 5_000, 8_000, 12_000, 20_000, LIMITS.delayMs] as const;

/** What the gauges are read from when they are scraped. */
export interface Census {
  /** Every lane of every channel. */
  lanes(): readonly LaneCount[];
  /** Cohorts that are late and have viewers. */
  lateCohorts(): number;
  connections(): number;
  channels(): number;
  linksOpen(): number;
  unackedBytes(): number;
  unackedBatches(): number;
  behind(): number;
  /** Viewers and seat requests in line. */
  waiting(): number;
  /** Round trip of the clock exchange in use, the largest of all channels, ms. */
  clockRttMs(): number;
  /** Steps by which write rates are lowered. */
  writeLevel(): number;
  /** Share of the time that the loop was busy in the last second. */
  loopBusy(): number;
  /** Ages of patches as they were written of late; `undefined` where none were. */
  patchAge(): PatchAge | undefined;
}

/** Counts what happens at every tick, at the price of an addition. */
export class Tally {
  value = 0;

  inc(by = 1): void {
    this.value += by;
  }
}

const closeNames = new Map<number, string>(Object.entries(CLOSE).map(([name, code]) => [code, name]));

const total = (lanes: readonly LaneCount[], of: (lane: LaneCount) => number): number => lanes.reduce((sum, lane) => sum + of(lane), 0);

/** Every metric of a relay, in a registry of its own: several relays can live in one process. */
export class Metrics {
  readonly registry = new Registry();
  readonly joins = this.#counter('crowdcue_relay_joins_total', 'Viewers that entered a room, by door.', ['door']);
  readonly refused = this.#counter('crowdcue_relay_refused_total', 'Connections and seat requests that were turned away, by error code.', ['code']);
  readonly closes = this.#counter('crowdcue_relay_closes_total', 'Viewers that this relay closed, by the name of the close code.', ['code']);
  readonly actions = this.#counter('crowdcue_relay_actions_total', 'Actions of viewers: forwarded, or refused with this code.', ['outcome']);
  readonly messages = this.#counter('crowdcue_relay_messages_total', 'Other frames of viewers: forwarded, or refused with this code.', ['outcome']);
  readonly batches = this.#tally('crowdcue_relay_batches_total', 'Batches sent upstream, again ones included.');
  readonly batchBytes = this.#tally('crowdcue_relay_batch_bytes_total', 'Bytes of batches sent upstream, again ones included.');
  readonly patches = this.#tally('crowdcue_relay_patches_total', 'Ticks that came from origins, those without a change included.');
  readonly patchBytes = this.#tally('crowdcue_relay_patch_bytes_total', 'Bytes of the patches of these ticks.');
  readonly publishes = this.#tally('crowdcue_relay_publishes_total', 'Frames published to a lane.');
  readonly publishedBytes = this.#tally('crowdcue_relay_published_bytes_total', 'Bytes of frames published to a lane, each counted once.');
  readonly resyncs = this.#counter('crowdcue_relay_resyncs_total', 'Viewers brought up again after they had fallen behind: by joined log or by keyframe.', ['kind']);
  readonly evictions = this.#counter('crowdcue_relay_evictions_total', 'Viewers evicted because they read too slowly or said nothing.', ['reason']);
  readonly putBack = this.#counter('crowdcue_relay_put_back_total', 'Viewers that the room had no place for, put into line.');
  readonly patchAges = new PatchAges();
  readonly linkLosses = this.#counter('crowdcue_relay_link_losses_total', 'Links to rooms that broke.');

  /** A counter without labels that is raised at every tick: it is a plain number until it is scraped. */
  #tally(name: string, help: string): Tally {
    const tally = new Tally();
    let told = 0;
    this.registry.registerMetric(new Counter({
      name, help, registers: [],
      collect() {
        this.inc(tally.value - told);
        told = tally.value;
      },
    }));
    return tally;
  }

  #counter<T extends string>(name: string, help: string, labelNames: readonly T[] = []): Counter<T> {
    return new Counter({ name, help, labelNames: [...labelNames], registers: [this.registry] });
  }

  /** Registers the gauges that are counted at scrape time. */
  observe(census: Census): void {
    const viewers = new Gauge({
      name: 'crowdcue_relay_viewers', help: 'Viewers in rooms now, by door and write period in ms.', labelNames: ['door', 'tier_ms'], registers: [this.registry],
      collect: () => {
        for (const door of ['direct', 'stock'] as const) {
          TIER_PERIODS.forEach((period, tier) => {
            viewers.set({ door, tier_ms: String(period) }, total(census.lanes(), (lane) => (lane.tier === tier ? lane.live[door] : 0)));
          });
        }
      },
    });
    const late = new Gauge({
      name: 'crowdcue_relay_cohort_viewers', help: 'Viewers in rooms now, those behind included, by delay up to this many ms.', labelNames: ['delay_ms'], registers: [this.registry],
      collect: () => DELAY_RANGES.forEach((to, i) => {
        const from = DELAY_RANGES[i - 1] ?? -1;
        late.set({ delay_ms: String(to) }, total(census.lanes(), ({ members, cohort: { delay } }) => (delay > from && delay <= to ? members : 0)));
      }),
    });
    this.#gauge('crowdcue_relay_late_cohorts', 'Cohorts with a delay and viewers, over all rooms.', () => census.lateCohorts());
    this.#gauge('crowdcue_relay_lanes', 'Lanes (a tier of a cohort), four a room without delay included.', () => census.lanes().length);
    this.#gauge('crowdcue_relay_connections', 'Open connections of viewers, those on the way in included.', () => census.connections());
    this.#gauge('crowdcue_relay_waiting', 'Viewers and seat requests in line.', () => census.waiting());
    this.#gauge('crowdcue_relay_behind_viewers', 'Viewers out of the fan-out until they have drained.', () => census.behind());
    this.#gauge('crowdcue_relay_channels', 'Rooms that this relay has a channel for.', () => census.channels());
    this.#gauge('crowdcue_relay_links_open', 'Channels whose link is up.', () => census.linksOpen());
    this.#gauge('crowdcue_relay_unacked_bytes', 'Bytes of batches that origins have not acknowledged.', () => census.unackedBytes());
    this.#gauge('crowdcue_relay_unacked_batches', 'Batches that origins have not acknowledged.', () => census.unackedBatches());
    this.#gauge('crowdcue_relay_write_level', 'Steps by which the rates of writing to viewers are lowered; 0 is full.', () => census.writeLevel());
    this.#gauge('crowdcue_relay_loop_busy_ratio', 'Share of the last second in which the loop was not waiting.', () => census.loopBusy());
    this.#gauge('crowdcue_relay_patch_age_p50_ms', 'Age at which half of the patches were written to viewers in the last ten to twenty seconds, from the room\'s tick on, delay left out, ms.', () => census.patchAge()?.p50 ?? 0);
    this.#gauge('crowdcue_relay_patch_age_p99_ms', 'The same of 99 of 100 patches, ms.', () => census.patchAge()?.p99 ?? 0);
    this.#gauge('crowdcue_relay_clock_rtt_ms', 'Round trip of the clock exchange that event time rests on, the worst channel, ms.', () => census.clockRttMs());
  }

  #gauge(name: string, help: string, read: () => number): void {
    const gauge: Gauge = new Gauge({ name, help, registers: [this.registry], collect: () => gauge.set(read()) });
  }

  refusedWith(code: ErrorCode): void {
    this.refused.inc({ code });
  }

  closedWith(code: CloseCode): void {
    this.closes.inc({ code: closeNames.get(code) ?? String(code) });
  }
}
