/**
 * What a person asks of a ledger as a whole: how it is, whether it agrees with itself and with what was delivered, and to be repaired.
 * Repairs append; they never change or remove an entry.
 */
import type { Clock } from '../../clock.js';
import { keys, LAST, pairsOf, scanNames, scanPages, type RedisCaller, type Store } from '../../store/index.js';
import type { Ledger } from '../ledger.js';
import type { FileGuard } from './file-guard.js';
import { lmdbRestorer } from './lmdb-restore.js';
import { FREEZE, LOOK, THAW } from './lua/index.js';
import { redisRestorer } from './redis-restore.js';
import { restoreEvent, type Restored, type RestoreWriter } from './restore.js';
import type { Unrestored } from './restore-plan.js';
import { runOf, sealOf, type Seal } from './seal-state.js';
import { byEvent, missingOf, type LostReceipt, type Told } from './told.js';

export interface CareStatus {
  readonly state: 'open' | 'frozen';
  readonly why?: string;
  /** ms since 1970 */
  readonly since?: number;
  /** rises with each thaw; 0 where the ledger has files of its own */
  readonly epoch: number;
  /** origins that delivered receipts lately and have not said whether these stand */
  readonly waitingFor: readonly string[];
  /** receipts that were delivered and do not stand */
  readonly lost: readonly LostReceipt[];
}

export interface RepairRequest {
  /** receipts beside those that origins remember */
  readonly told?: readonly Told[];
  /** thaw though some receipts cannot stand again */
  readonly accept?: boolean;
}

export interface RepairReport {
  readonly events: readonly Restored[];
  readonly unrestored: readonly Unrestored[];
  /** origins that were not heard */
  readonly unheard: readonly string[];
  readonly thawed: boolean;
}

export interface LedgerCare {
  status(): Promise<CareStatus>;
  events(): Promise<string[]>;
  /** What of these receipts, and of those that are remembered, does not stand. */
  missing(told?: readonly Told[]): Promise<LostReceipt[]>;
  /** @throws LedgerError `ledger_frozen` when steps came in between */
  repair(request?: RepairRequest): Promise<RepairReport>;
}

/** The same receipt may come from its origin and from a file. */
const once = (told: readonly Told[]): Told[] => [...new Map(told.map((each) => [`${each.seq} ${each.event} ${JSON.stringify(each.receipt ?? each.entry)}`, each])).values()];

const restoreAll = async (ledger: Pick<Ledger, 'state'>, writer: RestoreWriter, missing: readonly LostReceipt[]): Promise<Restored[]> => {
  const restored: Restored[] = [];
  for (const [event, list] of byEvent(missing, ({ told }) => told.event)) restored.push(await restoreEvent(ledger, writer, event, list));
  return restored;
};

/** Of the embedded store of this process; `guard` is the one that steps wait for. */
export function fileCare(store: Store, ledger: Pick<Ledger, 'state' | 'entries'>, guard: FileGuard): LedgerCare {
  const missing = async (told: readonly Told[] = []): Promise<LostReceipt[]> => missingOf(ledger, once([...guard.lost.map((each) => each.told), ...told]));
  return {
    async status() {
      const { state, why, since } = guard.status();
      return { state, ...(why !== undefined && { why }), ...(since !== undefined && { since }), epoch: 0, waitingFor: [], lost: await missing() };
    },
    events: async () => eventsOfStore(store),
    missing,
    async repair({ told = [], accept = false } = {}) {
      await guard.freeze('repairing');
      const events = await restoreAll(ledger, lmdbRestorer(store), await missing(told));
      const unrestored = events.flatMap((each) => each.unrestored);
      const thawed = unrestored.length === 0 || accept;
      if (thawed) await guard.thaw();
      return { events, unrestored, unheard: [], thawed };
    },
  };
}

/** Events that have a book in a store. */
export function eventsOfStore({ read }: Pick<Store, 'read'>): string[] {
  const found: string[] = [];
  for (let from = keys.events; ; from = keys.behindEvent(found.at(-1)!)) {
    const [next] = read.names(from, keys.events + LAST, 1);
    if (next === undefined) return found;
    found.push(keys.eventOfKey(next));
  }
}

/** All fields and values of a hash. */
const hashOf = async (client: RedisCaller, key: string): Promise<Map<string, string>> => {
  const all = new Map<string, string>();
  for await (const page of scanPages(client, ['HSCAN', key])) for (const [field, value] of pairsOf(page)) all.set(field, value);
  return all;
};

export interface RedisCareOptions {
  readonly client: RedisCaller;
  readonly ledger: Pick<Ledger, 'state' | 'entries'>;
  readonly clock: Clock;
  /** ms that count as lately */
  readonly ageMs: number;
  /** Waits; a repair gives origins some seconds to say what they miss. */
  pause(ms: number): Promise<void>;
}

/**
 * How long a repair waits for origins that run: they look at the seal once a second. At least that long: a server that lacks their last
 * receipts may lack their names too, and what nobody has said yet would be let go of.
 */
const HEAR_MS = { step: 100, least: 2_000, all: 5_000 };

/** Of the Redis that origins share, from any process. */
export class RedisCare implements LedgerCare {
  constructor(private readonly options: RedisCareOptions) {}

  async status(): Promise<CareStatus> {
    const seal = await this.#look();
    const { open, why, since, epoch } = seal;
    return { state: open ? 'open' : 'frozen', ...(open ? {} : { why, since }), epoch, waitingFor: open ? [] : await this.#waitingFor(), lost: await this.missing() };
  }

  async events(): Promise<string[]> {
    const { client } = this.options;
    const [before, behind] = client.keys.ledger('*').head.split('{*}') as [string, string];
    const found = new Set<string>();
    for await (const [, names] of scanNames(client, `${before}{*}${behind}`)) {
      for (const name of names) found.add(decodeURIComponent(name.slice(before.length + 1, -behind.length - 1)));
    }
    return [...found].sort();
  }

  async missing(told: readonly Told[] = []): Promise<LostReceipt[]> {
    const { client, ledger } = this.options;
    const said = [...(await hashOf(client, client.keys.seal.lost)).values()].map((text) => JSON.parse(text) as Told);
    return missingOf(ledger, once([...said, ...told]));
  }

  async repair({ told = [], accept = false }: RepairRequest = {}): Promise<RepairReport> {
    const { client, ledger, clock } = this.options;
    const { seal, verdicts, lost } = client.keys.seal;
    const run = await this.#run();
    if ((await this.#look()).open) sealOf(await client.run(FREEZE, [seal, verdicts], [run, clock.now(), 'repairing']));
    const unheard = await this.#hear();
    const events = await restoreAll(ledger, redisRestorer(client), await this.missing(told));
    const unrestored = events.flatMap((each) => each.unrestored);
    const thawed = unrestored.length === 0 || accept;
    if (thawed) await client.run(THAW, [seal, verdicts, lost], [run]);
    return { events, unrestored, unheard, thawed };
  }

  /** Freezes all origins, as after a restored backup. */
  async freeze(why: string): Promise<void> {
    const { client, clock } = this.options;
    await client.run(FREEZE, [client.keys.seal.seal, client.keys.seal.verdicts], [await this.#run(), clock.now(), why]);
  }

  async #run(): Promise<string> {
    return runOf(await this.options.client.servers());
  }

  async #look(): Promise<Seal> {
    const { client, clock } = this.options;
    return sealOf(await client.run(LOOK, [client.keys.seal.seal, client.keys.seal.verdicts], [await this.#run(), clock.now(), 0]));
  }

  async #waitingFor(): Promise<string[]> {
    const { client, ageMs } = this.options;
    const [witnesses, verdicts] = await Promise.all([hashOf(client, client.keys.seal.witnesses), hashOf(client, client.keys.seal.verdicts)]);
    const newest = Math.max(0, ...[...witnesses.values()].map(Number));
    return [...witnesses].flatMap(([name, at]) => (Number(at) >= newest - ageMs && !verdicts.has(name) ? [name] : []));
  }

  async #hear(): Promise<string[]> {
    for (let waited = 0; ; waited += HEAR_MS.step) {
      const unheard = await this.#waitingFor();
      if (waited >= (unheard.length === 0 ? HEAR_MS.least : HEAR_MS.all)) return unheard;
      await this.options.pause(HEAR_MS.step);
    }
  }
}
