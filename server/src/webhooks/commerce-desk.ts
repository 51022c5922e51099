/**
 * What a shop reports back: that an entitlement was confirmed, fulfilled, bought or refunded. Each report is a message of Standard Webhooks,
 * signed with a secret of the event or of its workspace, and becomes one move of the ledger whose key is made of the message's id. So a
 * repeat gets the first answer, however late and whichever origin it asks, and the same id with another body is a conflict. An id is bound by
 * what it changed: a report that found the state as it wanted it, or was refused, is judged anew when it comes again.
 */
import { createHash } from 'node:crypto';
import { CrowdcueError } from '@crowdcue/protocol';
import type { Clock } from '../clock.js';
import type { Ledger } from '../ledger/index.js';
import type { LedgerMoves, MoveRequest, MoveType } from '../ledger/moves.js';
import type { RecordTable } from '../store/index.js';
import { type KeptSecret, Secrets } from './secrets.js';
import { TOLERANCE_S, verify } from './signature.js';

/** Whose reports a secret signs. */
export type CommerceScope = { readonly event: string } | { readonly workspace: string };

export interface CommerceSecretView {
  /** ms since 1970 */
  readonly since: number;
  readonly oldSecretUntil?: number;
}

export interface CommerceRecord {
  readonly secrets: readonly KeptSecret[];
  readonly since: number;
}

export interface CommerceReport {
  readonly type: 'confirmed' | 'fulfilled' | 'converted' | 'refunded';
  readonly entitlement: string;
  /** integer minor units */
  readonly amount?: number | undefined;
  readonly currency?: string | undefined;
  readonly order?: string | undefined;
}

export interface CommerceAnswer {
  readonly entitlement: string;
  readonly state: CommerceReport['type'];
  /** the entry that made it so */
  readonly seq: number;
}

const MOVES: Readonly<Record<CommerceReport['type'], MoveType>> = { confirmed: 'confirm', fulfilled: 'fulfil', converted: 'convert', refunded: 'refund' };

const nameOf = (scope: CommerceScope): string => ('event' in scope ? `event|${scope.event}` : `workspace|${scope.workspace}`);
const digest = (text: string | Buffer): string => createHash('sha256').update(text).digest('base64url');

export interface CommerceDeskOptions {
  readonly table: RecordTable<CommerceRecord>;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly ledger: Pick<Ledger, 'entries'> & Pick<LedgerMoves, 'move'>;
  /** Told of each report: `done`, or the code of its refusal. */
  reported(result: string): void;
}

export class CommerceDesk {
  readonly #records: Map<string, CommerceRecord>;

  constructor(private readonly options: CommerceDeskOptions) {
    this.#records = new Map(options.table.entries());
    options.table.watch((name, record) => (record === undefined ? this.#records.delete(name) : this.#records.set(name, record)));
  }

  /** undefined: there is none. */
  secret(scope: CommerceScope): CommerceSecretView | undefined {
    const record = this.#records.get(nameOf(scope));
    const ends = record?.secrets.flatMap(({ until = 0 }) => (until > this.options.clock.now() ? [until] : [])) ?? [];
    return record && { since: record.since, ...(ends.length === 0 ? {} : { oldSecretUntil: Math.max(...ends) }) };
  }

  /** Makes the first secret, or replaces it; the one before is good for `overlapMs` more. */
  async rotate(scope: CommerceScope, overlapMs: number): Promise<{ readonly secret: string }> {
    const { secrets, table, clock } = this.options;
    const name = nameOf(scope);
    const { secret, kept } = secrets.fresh(name);
    const first: CommerceRecord = { secrets: [kept], since: clock.now() };
    const added = await table.add(name, first);
    const record = added ? first : await table.change(name, (before) => ({ secrets: Secrets.rotated(before.secrets, kept, clock.now(), overlapMs), since: clock.now() }));
    if (record === undefined) throw new CrowdcueError('unavailable'); // taken back in between
    this.#records.set(name, record);
    return { secret };
  }

  /** Takes reports signed with it no more. */
  async remove(scope: CommerceScope): Promise<void> {
    await this.options.table.remove(nameOf(scope));
    this.#records.delete(nameOf(scope));
  }

  /** The message's id, once its signature is found good. Throws `commerce_forged`, `commerce_clock`. */
  authenticate(event: string, workspace: string, headers: Readonly<Record<string, string>>, body: Buffer): string {
    const now = this.options.clock.now();
    const secrets = [{ event }, { workspace }].map(nameOf).flatMap((name) => this.options.secrets.open(this.#records.get(name)?.secrets ?? [], name, now));
    const verdict = verify(secrets, headers, body, now);
    if (!verdict.signed) throw new CrowdcueError('commerce_forged');
    if (!verdict.inTime) {
      const { offS } = verdict;
      throw new CrowdcueError('commerce_clock', `It is ${Math.abs(offS)} s ${offS < 0 ? 'behind' : 'ahead of'} our clock; ${TOLERANCE_S} s are taken.`);
    }
    return verdict.id;
  }

  /** Throws the code of the move's refusal. `trace` goes into the entry. */
  async report(event: string, id: string, body: Buffer, report: CommerceReport, trace: string): Promise<CommerceAnswer> {
    try {
      const answer = await this.#move(event, id, body, report, trace);
      this.options.reported('done');
      return answer;
    } catch (error) {
      if (error instanceof CrowdcueError) this.options.reported(error.code);
      throw error;
    }
  }

  async #move(event: string, id: string, body: Buffer, { type, entitlement, amount, currency, order }: CommerceReport, trace: string): Promise<CommerceAnswer> {
    const { ledger } = this.options;
    const sent = { message: digest(id).slice(0, 22), digest: digest(body).slice(0, 22) };
    const request: MoveRequest = {
      event, id: entitlement, type: MOVES[type], key: `c-${digest(id)}`, trace, data: { ...(order === undefined ? {} : { order }), ...sent },
      ...(amount === undefined ? {} : { amount }), ...(currency === undefined ? {} : { currency }),
    };
    const answer = await ledger.move(request);
    if (answer.status === 'refused') throw new CrowdcueError(answer.code);
    if (answer.status === 'again') {
      const [entry] = await ledger.entries(event, answer.seq, 1);
      const { message, digest: before } = entry?.data ?? {};
      if (message === sent.message && before !== sent.digest) throw new CrowdcueError('move_conflict');
    }
    return { entitlement, state: type, seq: answer.seq };
  }
}
