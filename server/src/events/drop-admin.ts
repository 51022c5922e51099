/** What a host does with a drop after its definition, and what its numbers and money come to. Everything is the ledger's; nothing is kept here. */
import { CrowdcueError } from '@crowdcue/protocol';
import { parseCodes, type CodeVault } from '../drops/index.js';
import type { DropOverview, Entry, Ledger } from '../ledger/index.js';
import { DropHistories, type DropHistory, dropReport, Projector } from '../reports/index.js';
import { Books, csvOf, statementOf, type Statement } from '../settlement/index.js';

export interface DropAdminOptions {
  readonly ledger: Ledger;
  readonly vault: Pick<CodeVault, 'upload' | 'count'>;
  /** The event's drops changed: rooms are told. */
  changed(event: string): void;
  trace(): string;
}

/** One who has, or had, a unit. */
export interface Winner {
  readonly entitlement: string;
  /** 0 while it is only reserved */
  readonly serial: number;
  readonly variant: string;
  readonly viewer: number;
  /** ms since 1970 */
  readonly at: number;
  readonly state: string;
}

/** Tries to close a statement of an event that is written on meanwhile. */
const SETTLE_TRIES = 5;
const MOST_ENTRIES = 1_000;

export class DropAdmin {
  readonly #histories: Projector<DropHistories>;
  readonly #books: Projector<Books>;
  /** Reports as they are sent, up to which entry: anybody may ask for them, as often as they like, and a lot's has all its tickets. */
  readonly #reports = new WeakMap<DropHistory, { readonly last: number; readonly text: string }>();

  constructor(private readonly options: DropAdminOptions) {
    this.#histories = new Projector(options.ledger, () => new DropHistories());
    this.#books = new Projector(options.ledger, () => new Books());
  }

  /**
   * Takes codes up, and the supply with them. Answers each variant's supply.
   * @throws `not_found`, `drop_bad_request` for a drop of another kind, `codes_bad_request`, `codes_repeated`, `codes_busy`
   */
  async uploadCodes(event: string, id: string, csv: string): Promise<Record<string, number>> {
    const { vault } = this.options;
    const { terms } = await this.#drop(event, id);
    if (terms.coded !== true) throw new CrowdcueError('drop_bad_request', 'Only a drop of kind code has codes.');
    const variants = Object.keys(terms.variants);
    await vault.upload(event, id, variants, parseCodes(csv, variants));
    return this.countCodes(event, id);
  }

  /** Makes the supply what was uploaded; also what an upload left undone that broke off. */
  async countCodes(event: string, id: string): Promise<Record<string, number>> {
    const { ledger, vault, trace } = this.options;
    const { variants } = await this.#drop(event, id);
    const counted: Record<string, number> = {};
    for (const [variant, { supply }] of Object.entries(variants)) {
      const codes = vault.count(event, id, variant);
      let stands = supply ?? 0;
      while (stands < codes) stands = await ledger.restock({ event, drop: id, variant, add: codes - stands, from: stands, reason: 'codes uploaded', trace: trace() });
      counted[variant] = stands;
    }
    this.options.changed(event);
    return counted;
  }

  /** Adds units; answers the variant's new supply. Codes are added by uploading them. */
  async restock(event: string, id: string, { variant = 'default', add, reason }: { variant?: string | undefined; add: number; reason: string }): Promise<number> {
    const { terms } = await this.#drop(event, id);
    if (terms.coded === true) throw new CrowdcueError('drop_bad_request', 'The supply of a drop of kind code is the codes that were uploaded.');
    const supply = await this.options.ledger.restock({ event, drop: id, variant, add, reason, trace: this.options.trace() });
    this.options.changed(event);
    return supply;
  }

  async open(event: string, id: string, open: boolean, reason: string): Promise<void> {
    await this.#drop(event, id);
    await this.options.ledger.setDropOpen(event, id, open, this.options.trace(), reason);
    this.options.changed(event);
  }

  /** Ends what a viewer has of a drop. @throws `not_found` when there is nothing */
  async revoke(event: string, drop: string, viewer: number, reason: string): Promise<void> {
    if (!(await this.options.ledger.revoke({ event, drop, viewer, reason, trace: this.options.trace() }))) throw new CrowdcueError('not_found', 'This viewer has nothing of this drop that can be taken back.');
    this.options.changed(event);
  }

  /** A drop's public report, a `DropReport` as JSON. @throws `not_found` */
  async reportText(event: string, id: string): Promise<string> {
    const history = (await this.#histories.of(event)).drops.get(id);
    if (history === undefined) throw new CrowdcueError('not_found');
    const { last } = history;
    const made = this.#reports.get(history);
    if (made?.last === last) return made.text;
    const text = JSON.stringify(dropReport(event, history));
    this.#reports.set(history, { last, text });
    return text;
  }

  async winners(event: string, id: string): Promise<Winner[]> {
    const history = (await this.#histories.of(event)).drops.get(id);
    if (history === undefined) throw new CrowdcueError('not_found');
    return [...history.holdings].map(([seq, { serial = 0, variant, viewer, at, state }]) => ({ entitlement: `${event}:${seq}`, serial, variant, viewer, at, state }))
      .sort((a, b) => (a.serial || Infinity) - (b.serial || Infinity) || a.at - b.at);
  }

  /** What was owed and moved since the last closed statement, or in all. */
  async statement(event: string, all = false): Promise<Statement & { readonly closed: Books['statements']; readonly faults: Books['faults'] }> {
    const books = await this.#books.of(event);
    const from = all ? 1 : (books.statements.at(-1)?.to ?? 0) + 1;
    return { ...statementOf(event, books, from, books.seq), closed: [...books.statements], faults: [...books.faults, ...books.unbalanced()] };
  }

  /** Closes the statement that is open: what it says stands for good. @throws `settlement_unbalanced`, `settlement_empty`, `unavailable` */
  async closeStatement(event: string): Promise<Statement> {
    for (let tries = SETTLE_TRIES; tries > 0; tries--) {
      const { closed, faults, ...statement } = await this.statement(event);
      if (faults.length > 0) throw new CrowdcueError('settlement_unbalanced', `Entry ${faults[0]!.seq}: ${faults[0]!.what}.`);
      if (statement.postings.length === 0) throw new CrowdcueError('settlement_empty');
      const { balances } = await this.#books.of(event);
      const data = { statement: (closed.at(-1)?.number ?? 0) + 1, to: statement.to, ...balances };
      if (await this.options.ledger.settle({ event, to: statement.to, data, trace: this.options.trace() })) return statement;
    }
    throw new CrowdcueError('unavailable', 'The event is being written on; close its statement when it is quieter.');
  }

  /** Entries from a position on: whoever reads the ledger keeps the last seq it has and asks for what follows. */
  entries(event: string, from: number, limit = MOST_ENTRIES): Promise<Entry[]> {
    return this.options.ledger.entries(event, from, Math.min(limit, MOST_ENTRIES));
  }

  async #drop(event: string, id: string): Promise<DropOverview> {
    const drop = (await this.options.ledger.drops(event)).find(({ terms }) => terms.id === id);
    if (drop === undefined) throw new CrowdcueError('not_found', 'The event has no such drop.');
    return drop;
  }
}

export const winnersCsv = (winners: readonly Winner[]): string =>
  csvOf(['serial', 'entitlement', 'variant', 'viewer', 'at', 'state'], winners.map(({ serial, entitlement, variant, viewer, at, state }) => [serial || '', entitlement, variant, viewer, new Date(at).toISOString(), state]));

