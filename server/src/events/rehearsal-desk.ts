/**
 * Rehearsals: an event like the host's own, beside it, whose drops are all given in test mode. So nothing that is done in it can touch the
 * stock, the quests or the figures of the real one.
 */
import type { EventView } from '@crowdcue/protocol';
import { achievementOf } from '../achievements/index.js';
import type { DropTerms, Ledger } from '../ledger/index.js';
import type { EventDesk } from './event-desk.js';
import type { EventDirectory } from './event-directory.js';
import { eventView, type EventRecord } from './event-record.js';
import type { QuestDesk } from './quest-desk.js';

export interface RehearsalDeskOptions {
  readonly directory: EventDirectory;
  readonly events: EventDesk;
  readonly quests: QuestDesk;
  readonly ledger: Pick<Ledger, 'drops'>;
  readonly publicUrl: () => string;
}

const SUFFIX = '-rehearsal';
const MOST_ID = 40;
const MOST_NAME = 80;

/** Of two ids that are cut alike, each keeps a part that the other lacks. */
const idOf = (id: string): string => `${id.length + SUFFIX.length <= MOST_ID ? id : id.slice(-(MOST_ID - SUFFIX.length)).replace(/^-+/, 'x')}${SUFFIX}`;

const rehearsed = ({ id, name, kind, unlockedBy, variants, reserveMs, info }: DropTerms): object => ({
  id, name, kind, unlockedBy: achievementOf(unlockedBy), variants: kind === 'code' ? Object.keys(variants) : variants, test: true,
  ...(kind === 'link' && { checkout: info?.['checkout'], reserveMinutes: (reserveMs ?? 0) / 60_000 }),
});

export class RehearsalDesk {
  /** Asked twice at once, an event has one rehearsal. */
  readonly #opening = new Map<string, Promise<EventView>>();

  constructor(private readonly options: RehearsalDeskOptions) {}

  /** The rehearsal of an event, made where there is none yet; drops and quests that came since are added. Of a rehearsal it is that itself. Throws `event_unknown`. */
  open(id: string): Promise<EventView> {
    const opening = this.#opening.get(id) ?? this.#open(id).finally(() => this.#opening.delete(id));
    this.#opening.set(id, opening);
    return opening;
  }

  async #open(id: string): Promise<EventView> {
    const { directory, events, quests } = this.options;
    const real = directory.get(id);
    if (real.rehearsalOf !== undefined) return this.#view(real);
    const name = idOf(id);
    const there = directory.known(name);
    if (there?.rehearsalOf !== id) {
      const { accent, maxViewers, maxDelay, workspace } = real;
      await events.create({ id: name, name: `${real.name.slice(0, MOST_NAME - 12)} (rehearsal)`, accent, maxViewers, maxDelay, rehearsalOf: id, workspace });
    }
    await quests.put(name, quests.of(id)); // first: drops may be unlocked by them
    await this.#addDrops(id, name);
    return this.#view(directory.get(name));
  }

  /** Without windows, proofs and lots: one rehearses before they open, with viewers who are nobody. */
  async #addDrops(id: string, rehearsal: string): Promise<void> {
    const { ledger, events } = this.options;
    const there = new Set((await ledger.drops(rehearsal)).map(({ terms }) => terms.id));
    for (const { terms } of await ledger.drops(id)) {
      if (there.has(terms.id)) continue;
      await events.addDrop(rehearsal, rehearsed(terms));
    }
  }

  #view(record: EventRecord): EventView {
    return eventView(record, this.options.publicUrl());
  }
}
