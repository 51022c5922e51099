import type { Clock } from '../clock.js';
import type { Known, PeopleTable, ProofCodes } from '../people/index.js';
import type { EventDirectory } from './event-directory.js';
import type { EventRecord } from './event-record.js';

export interface PeopleRetentionOptions {
  readonly people: PeopleTable;
  readonly codes: ProofCodes;
  readonly events: Pick<EventDirectory, 'has' | 'get'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Where the event's host does not say. */
  readonly days: number;
  erased(why: 'retention'): void;
  readonly logger: { info(fields: object, message: string): void; error(fields: object, message: string): void };
}

const DAY_MS = 24 * 3_600_000;
/** ms between two sweeps: codes last minutes, people days. */
const SWEEP_MS = 10 * 60_000;
const ERASED_AT_ONCE = 256; // claims that come meanwhile wait for no more

/**
 * When the people of an event are to be forgotten, ms since 1970: days after its end. Of an event that nobody ended, or that is gone, days
 * after the last proof in it, so that a forgotten event does not keep people for ever.
 */
export const dueAt = (event: Pick<EventRecord, 'endedAt' | 'retentionDays'> | undefined, people: readonly Pick<Known, 'viewers'>[], days: number): number => {
  let last = 0;
  if (event?.endedAt === undefined) for (const { viewers } of people) for (const [, at] of viewers) last = Math.max(last, at);
  return (event?.endedAt ?? last) + (event?.retentionDays ?? days) * DAY_MS;
};

/** Forgets people whose time is over. Several origins do it side by side; what is gone is gone. */
export class PeopleRetention {
  #next = -Infinity;
  #running = false;

  constructor(private readonly options: PeopleRetentionOptions) {}

  /** Called every second or so; sweeps when it is time. */
  async run(): Promise<void> {
    const now = this.options.clock.now();
    if (this.#running || (now < this.#next && now > this.#next - 2 * SWEEP_MS)) return; // a clock that was set back must not stop it
    this.#running = true;
    this.#next = now + SWEEP_MS;
    await this.sweep().catch((error: unknown) => this.options.logger.error({ err: error }, 'people whose time is over could not be erased; it is tried again'));
    this.#running = false;
  }

  /** Erases all whose time is over by now; answers how many persons that were. */
  async sweep(): Promise<number> {
    const { people, codes, events, clock, days, erased, logger } = this.options;
    await codes.sweep();
    let count = 0;
    for (const event of people.events()) {
      const all = people.all(event);
      if (dueAt(events.has(event) ? events.get(event) : undefined, all, days) > clock.now()) continue;
      for (let from = 0; from < all.length; from += ERASED_AT_ONCE) await Promise.all(all.slice(from, from + ERASED_AT_ONCE).map((each) => people.erase(each)));
      for (const _ of all) erased('retention');
      logger.info({ event, people: all.length }, 'people erased: their time is over');
      count += all.length;
    }
    return count;
  }
}
