/** Codes that were mailed and not said yet. An address is not kept for that: who confirms says it again, and its keyed hash tells. */
import { timingSafeEqual } from 'node:crypto';
import { CrowdcueError } from '@crowdcue/protocol';
import type { Clock } from '../clock.js';
import type { Keys, RandomSource } from '../identity/index.js';
import type { RecordTable } from '../store/index.js';
import { LIFE_MINUTES } from './code-life.js';

/** A code as it is kept: what it is made of, not itself. */
export interface CodeRecord {
  /** Keyed hash of the normalised address. */
  readonly mailbox: string;
  /** "" of a code that was never sent, which nothing confirms. */
  readonly nonce: string;
  /** ms since 1970. */
  readonly until: number;
  /** Times that it was tried. */
  readonly tries: number;
}

export interface EmailCodesOptions {
  readonly table: RecordTable<CodeRecord>;
  readonly keys: Pick<Keys, 'blind'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: RandomSource;
}

export const CODE_LIFE_MS = LIFE_MINUTES * 60_000;
/** While a code lasts this long still, who asks again is told the same: mails overtake each other. */
const SAME_MS = CODE_LIFE_MS / 2;
/** Tries of one code: with six digits, five in a million. */
export const CODE_TRIES = 5;
const DIGITS = 6;

export class EmailCodes {
  constructor(private readonly options: EmailCodesOptions) {}

  /** A code for a viewer and a normalised address. `sent: false`: it looks like any other from outside, and nothing confirms it. */
  async make(event: string, viewer: number, person: string, sent: boolean): Promise<{ readonly code: string; readonly until: number }> {
    const { table, clock, random } = this.options;
    const key = `${event}|${viewer}`;
    const now = clock.now();
    const fresh: CodeRecord = { mailbox: this.#mailbox(event, person), nonce: sent ? random.bytes(16).toString('base64url') : '', until: now + CODE_LIFE_MS, tries: 0 };
    const stands = ({ mailbox, nonce, until, tries }: CodeRecord): boolean =>
      mailbox === fresh.mailbox && until - now >= SAME_MS && tries < CODE_TRIES && (nonce !== '' || !sent);
    let record: CodeRecord | undefined = fresh;
    while (!(await table.add(key, fresh))) {
      record = await table.change(key, (before) => (stands(before) ? before : fresh));
      if (record !== undefined) break;
      record = fresh;
    }
    return { code: this.#codeOf(key, record), until: record.until };
  }

  /** Takes a try of a code. Throws `proof_code_wrong`, or `proof_code_over` where there is none that can be tried. */
  async check(event: string, viewer: number, person: string, code: string): Promise<void> {
    const { table, clock } = this.options;
    const key = `${event}|${viewer}`;
    let tried: CodeRecord | undefined;
    await table.change(key, (before) => {
      tried = before;
      return before.tries < CODE_TRIES ? { ...before, tries: before.tries + 1 } : before;
    });
    if (tried === undefined || tried.until <= clock.now() || tried.tries >= CODE_TRIES) throw new CrowdcueError('proof_code_over');
    const right = equal(this.#codeOf(key, tried), code.replaceAll(/[\s-]/g, '')) && tried.mailbox === this.#mailbox(event, person) && tried.nonce !== '';
    if (!right) throw new CrowdcueError('proof_code_wrong');
  }

  /** The viewer needs none any more. */
  forget(event: string, viewer: number): Promise<void> {
    return this.options.table.remove(`${event}|${viewer}`);
  }

  /** Takes out what is over. */
  async sweep(): Promise<void> {
    const { table, clock } = this.options;
    const over = [...table.entries()].filter(([, { until }]) => until <= clock.now());
    await Promise.all(over.map(([key]) => table.remove(key)));
  }

  #mailbox(event: string, person: string): string {
    return this.options.keys.blind('mailbox', event, person).toString('base64url');
  }

  #codeOf(key: string, { mailbox, nonce }: CodeRecord): string {
    return String(this.options.keys.blind('code', key, mailbox, nonce).readUIntBE(0, 6) % 10 ** DIGITS).padStart(DIGITS, '0');
  }
}

const equal = (a: string, b: string): boolean => a.length === b.length && Buffer.byteLength(b) === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
