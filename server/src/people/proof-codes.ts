/**
 * Codes that were told and not said yet: mailed, or shown to who signed in. An address is not kept for that: who confirms says it again, and
 * its keyed hash tells. An account is, sealed, for nobody says it.
 */
import { timingSafeEqual } from 'node:crypto';
import { CrowdcueError } from '@crowdcue/protocol';
import type { Clock } from '../clock.js';
import type { Keys, RandomSource, Sealer } from '../identity/index.js';
import type { RecordTable } from '../store/index.js';
import { LIFE_MINUTES } from './code-life.js';

/** A code as it is kept: what it is made of, not itself. */
export interface CodeRecord {
  /** Keyed hash of the normalised address, or of the account. */
  readonly mailbox: string;
  /** Of a sign-in: the account, sealed. */
  readonly account?: string;
  /** "" of a code that was never sent, which nothing confirms. */
  readonly nonce: string;
  /** ms since 1970. */
  readonly until: number;
  /** Times that it was tried. */
  readonly tries: number;
}

/** A code as it is told. */
export interface ToldCode {
  readonly code: string;
  /** ms since 1970 */
  readonly until: number;
}

export interface ProofCodesOptions {
  readonly table: RecordTable<CodeRecord>;
  readonly keys: Pick<Keys, 'blind' | 'sealer'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: RandomSource;
}

export const CODE_LIFE_MS = LIFE_MINUTES * 60_000;
/** While a code lasts this long still, who asks again is told the same: mails overtake each other. */
const SAME_MS = CODE_LIFE_MS / 2;
/** Tries of one code: with six digits, five in a million. */
export const CODE_TRIES = 5;
const DIGITS = 6;

export class ProofCodes {
  readonly #sealer: Sealer;

  constructor(private readonly options: ProofCodesOptions) {
    this.#sealer = options.keys.sealer('sign-ins', options.random);
  }

  /** A code for a viewer and a normalised address. `sent: false`: it looks like any other from outside, and nothing confirms it. */
  make(event: string, viewer: number, person: string, sent: boolean): Promise<ToldCode> {
    return this.#make(mailedKey(event, viewer), event, person, sent, {});
  }

  /** A code for a viewer and an account that somebody signed in to. */
  makeFor(event: string, viewer: number, account: string): Promise<ToldCode> {
    const key = shownKey(event, viewer);
    return this.#make(key, event, accountOf(account), true, { account: this.#sealer.seal(account, key) });
  }

  async #make(key: string, event: string, person: string, sent: boolean, more: Pick<CodeRecord, 'account'>): Promise<ToldCode> {
    const { table, clock, random } = this.options;
    const now = clock.now();
    const fresh: CodeRecord = { ...more, mailbox: this.#mailbox(event, person), nonce: sent ? random.bytes(16).toString('base64url') : '', until: now + CODE_LIFE_MS, tries: 0 };
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

  /** Takes a try of a mailed code. Throws `proof_code_wrong`, or `proof_code_over` where there is none that can be tried. */
  async check(event: string, viewer: number, person: string, code: string): Promise<void> {
    const key = mailedKey(event, viewer);
    this.#mustBe(key, await this.#take(key), event, person, code);
  }

  /** The account whose code this is; takes a try, and throws, as `check` does. */
  async checkAccount(event: string, viewer: number, code: string): Promise<string> {
    const key = shownKey(event, viewer);
    const record = await this.#take(key);
    const account = this.#sealer.open(record.account!, key);
    this.#mustBe(key, record, event, accountOf(account), code);
    return account;
  }

  async #take(key: string): Promise<CodeRecord> {
    const { table, clock } = this.options;
    let tried: CodeRecord | undefined;
    await table.change(key, (before) => {
      tried = before;
      return before.tries < CODE_TRIES ? { ...before, tries: before.tries + 1 } : before;
    });
    if (tried === undefined || tried.until <= clock.now() || tried.tries >= CODE_TRIES) throw new CrowdcueError('proof_code_over');
    return tried;
  }

  #mustBe(key: string, record: CodeRecord, event: string, person: string, code: string): void {
    const right = equal(this.#codeOf(key, record), code.replaceAll(/[\s-]/g, '')) && record.mailbox === this.#mailbox(event, person) && record.nonce !== '';
    if (!right) throw new CrowdcueError('proof_code_wrong');
  }

  /** What `check` took, or `checkAccount`, has proven something: it is not said twice. */
  spend(event: string, viewer: number, kind: 'mailed' | 'shown'): Promise<void> {
    return this.options.table.remove((kind === 'mailed' ? mailedKey : shownKey)(event, viewer));
  }

  /** The viewer needs none any more. */
  async forget(event: string, viewer: number): Promise<void> {
    await Promise.all([mailedKey(event, viewer), shownKey(event, viewer)].map((key) => this.options.table.remove(key)));
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

/** A viewer may have one of each: who waits for a mail and signs in meanwhile voids neither. */
const mailedKey = (event: string, viewer: number): string => `${event}|${viewer}`;
const shownKey = (event: string, viewer: number): string => `${event}|${viewer}|twitch`;

/** No address begins like this: it has no @ before the bar. */
const accountOf = (account: string): string => `twitch|${account}`;

const equal = (a: string, b: string): boolean => a.length === b.length && Buffer.byteLength(b) === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
