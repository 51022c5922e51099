/**
 * Who gave which command, when, and what came of it. Bounded: whoever has the most entries of a workspace makes room with
 * their oldest, so that a member who floods the log loses their own past and nobody else's. What was refused is kept too;
 * the same refusal of the same person again is the same entry with a higher count, so that nobody can push the history out by knocking.
 */
import type { AuditView } from '@crowdcue/protocol';
import type { Clock } from '../clock.js';
import { randomText, type RandomSource } from '../identity/index.js';
import type { RecordTable } from '../store/index.js';

/** Entries kept of one workspace: some shows' worth. */
export const AUDIT_ENTRIES = 1_000;
/** ms in which a repeated refusal is only counted in memory: knocking must not become writing. */
const COUNTED_MS = 5_000;
const SUFFIX = 6;

/** An entry as it is kept. */
export interface AuditRecord extends AuditView {
  readonly workspace: string;
}

export type AuditDeed = Omit<AuditRecord, 'id' | 'at' | 'times'>;

export interface AuditLogOptions {
  readonly table: RecordTable<AuditRecord>;
  readonly clock: Clock;
  readonly random: RandomSource;
  /** An entry could not be kept; what it tells of has happened. */
  failed(error: unknown): void;
}

const sameAs = ({ workspace, who, does, event, outcome }: AuditDeed): string => JSON.stringify([workspace, who?.id, does, event, outcome]);

export class AuditLog {
  /** By workspace, the oldest first. */
  readonly #entries = new Map<string, AuditRecord[]>();
  /** By what makes two refusals the same. */
  readonly #refused = new Map<string, { id: string; keptAt: number }>();

  constructor(private readonly options: AuditLogOptions) {
    for (const [, record] of options.table.entries()) this.#of(record.workspace).push(record);
    for (const list of this.#entries.values()) list.sort((a, b) => (a.id < b.id ? -1 : 1));
    options.table.watch((id, record) => (record === undefined ? this.#forget(id) : this.#take(record)));
  }

  /** The newest first, those before `before`. */
  list(workspace: string, before: string | undefined, limit: number): AuditView[] {
    const older = this.#of(workspace).filter(({ id }) => before === undefined || id < before);
    return older.slice(-limit).reverse().map(({ workspace: _, ...view }) => view);
  }

  /** Resolves when the entry is durable, or could not be made so; it stands in the list at once. */
  async add(deed: AuditDeed): Promise<void> {
    const at = this.options.clock.now();
    const same = deed.outcome === 'done' ? undefined : sameAs(deed);
    const known = same === undefined ? undefined : this.#refused.get(same);
    const before = known === undefined ? undefined : this.#of(deed.workspace).find(({ id }) => id === known.id);
    const record: AuditRecord = { ...deed, id: this.#nextId(deed.workspace, at), at, ...(before === undefined ? {} : { times: (before.times ?? 1) + 1 }) };
    if (before !== undefined && at - known!.keptAt < COUNTED_MS) return this.#count(deed.workspace, before.id, { ...record, id: before.id });
    if (before !== undefined) this.#forget(before.id);
    this.#of(deed.workspace).push(record);
    if (same !== undefined) this.#refused.set(same, { id: record.id, keptAt: at });
    await this.#keep(record, before?.id).catch((error: unknown) => this.options.failed(error));
  }

  #count(workspace: string, id: string, record: AuditRecord): void {
    const list = this.#of(workspace);
    list[list.findIndex((each) => each.id === id)] = record;
  }

  async #keep(record: AuditRecord, replaces: string | undefined): Promise<void> {
    const { table } = this.options;
    const over = this.#surplus(this.#of(record.workspace));
    for (const { id } of over) this.#forget(id);
    await Promise.all([table.put(record.id, record), ...(replaces === undefined ? [] : [table.remove(replaces)]), ...over.map(({ id }) => table.remove(id))]);
  }

  /** What must go. */
  #surplus(list: readonly AuditRecord[]): AuditRecord[] {
    if (list.length <= AUDIT_ENTRIES) return [];
    const by = new Map<string, AuditRecord[]>();
    for (const record of list) {
      const own = by.get(record.who?.id ?? '');
      if (own === undefined) by.set(record.who?.id ?? '', [record]);
      else own.push(record);
    }
    const most = [...by.values()].reduce((a, b) => (b.length > a.length ? b : a));
    return most.slice(0, list.length - AUDIT_ENTRIES);
  }

  /** Ids sort by time, and within one process by order. */
  #nextId(workspace: string, at: number): string {
    const last = Number(this.#of(workspace).at(-1)?.id.slice(0, 15) ?? 0);
    return `${String(Math.max(Math.floor(at), last + 1)).padStart(15, '0')}-${randomText(this.options.random, 'abcdefghijkmnpqrstuvwxyz23456789', SUFFIX)}`;
  }

  #take(record: AuditRecord): void {
    const list = this.#of(record.workspace);
    const at = list.findIndex(({ id }) => id >= record.id);
    if (at < 0) list.push(record);
    else list.splice(at, list[at]!.id === record.id ? 1 : 0, record);
  }

  #forget(id: string): void {
    for (const list of this.#entries.values()) {
      const at = list.findIndex((each) => each.id === id);
      if (at >= 0) list.splice(at, 1);
    }
    if (this.#refused.size > 2 * AUDIT_ENTRIES) for (const [same, { id: kept }] of this.#refused) if (kept === id) this.#refused.delete(same);
  }

  #of(workspace: string): AuditRecord[] {
    let list = this.#entries.get(workspace);
    if (list === undefined) this.#entries.set(workspace, (list = []));
    return list;
  }
}
