/**
 * The guard of a ledger in files of its own. These do not change by themselves; they are frozen where a backup was restored, or where
 * they lack what the process before told, as after a copy was put in their place by hand.
 */
import type { Clock } from '../../clock.js';
import { keys, type Store } from '../../store/index.js';
import { LedgerError } from '../errors.js';
import type { Ledger } from '../ledger.js';
import type { LedgerGuard, LedgerStatus } from './guarded-ledger.js';
import type { ReceiptMemory } from './receipt-memory.js';
import { missingOf, type LostReceipt, type Told } from './told.js';

/** Why and since when a store's ledger is frozen, as the store keeps it. */
export interface FileFreeze {
  readonly why: string;
  readonly since: number;
}

export interface FileGuardOptions {
  readonly store: Store;
  readonly ledger: Pick<Ledger, 'entries'>;
  readonly memory: ReceiptMemory;
  readonly clock: Clock;
  onChange?(status: LedgerStatus): void;
}

export class FileGuard implements LedgerGuard {
  #frozen: FileFreeze | undefined;
  #lost: readonly LostReceipt[] = [];

  private constructor(private readonly options: FileGuardOptions) {}

  /** Compares the files with what is remembered. */
  static async open(options: FileGuardOptions): Promise<FileGuard> {
    const guard = new FileGuard(options);
    const { store, ledger, memory, clock } = options;
    guard.#lost = await missingOf(ledger, memory.all());
    const kept = store.read.get<FileFreeze>(keys.ledgerFrozen);
    if (kept === undefined && guard.#lost.length === 0) return guard;
    guard.#frozen = kept ?? { why: 'receipts_differ', since: clock.now() };
    if (kept === undefined) await store.transact((tx) => tx.put(keys.ledgerFrozen, guard.#frozen));
    options.onChange?.(guard.status());
    return guard;
  }

  get lost(): readonly LostReceipt[] {
    return this.#lost;
  }

  mustBeOpen(): void {
    if (this.#frozen !== undefined) throw LedgerError.frozen(this.#frozen.why);
  }

  confirm(told: readonly Told[]): Promise<void> {
    return this.options.memory.add(told);
  }

  status(): LedgerStatus {
    const common = { lost: this.#lost.length, waitingFor: [], remembered: this.options.memory.size, replicas: 0 };
    return this.#frozen === undefined ? { state: 'open', ...common } : { state: 'frozen', ...this.#frozen, ...common };
  }

  /** Refuses steps from now on, so that a repair has the ledger to itself. */
  async freeze(why: string): Promise<void> {
    if (this.#frozen !== undefined) return;
    this.#frozen = { why, since: this.options.clock.now() };
    await this.options.store.transact((tx) => tx.put(keys.ledgerFrozen, this.#frozen));
    this.options.onChange?.(this.status());
  }

  /** Ends the freeze, by the word of a person; what does not stand by now never will. */
  async thaw(): Promise<void> {
    const { store, ledger, memory } = this.options;
    await memory.forget((await missingOf(ledger, memory.all())).map(({ told }) => told));
    await store.transact((tx) => tx.remove(keys.ledgerFrozen));
    this.#lost = [];
    if (this.#frozen === undefined) return;
    this.#frozen = undefined;
    this.options.onChange?.(this.status());
  }

  close(): Promise<void> {
    return this.options.memory.close();
  }
}
