import { CrowdcueError } from '@crowdcue/protocol';
import { readAddress, type MailAddress } from './mail-address.js';
import { codeMail } from './mail-text.js';
import type { Mailer } from './mailer.js';
import type { Known, PeopleTable } from './people-table.js';
import type { ProofCodes } from './proof-codes.js';

export interface EmailProofsOptions {
  readonly people: PeopleTable;
  readonly codes: ProofCodes;
  /** Left out, no mail is sent. */
  readonly mailer: Mailer | undefined;
  /** Where no mail is sent, the code is told to who asks: for development, where it proves nothing. */
  readonly shown: boolean;
  /** Told how an asking ended. */
  asked(result: 'sent' | 'refused' | 'held' | 'shown' | 'failed'): void;
  /** Told what a code that was said came to. */
  said(result: 'proven' | 'wrong' | 'over'): void;
  readonly logger: { debug(fields: object, message: string): void };
}

export interface CodeAsked {
  readonly event: { readonly id: string; readonly name: string };
  readonly viewer: number;
  readonly email: string;
  readonly language: string;
  /** Whether this mailbox has had too many by now; asked where a mail would be sent. It must not be told to who asks. */
  flooded(person: string): boolean;
}

/** The answer to who asked for a code: the same whoever's address it is. */
export interface CodeAnswer {
  /** ms since 1970, until when the code is good. */
  readonly until: number;
  /** In development alone: nobody mailed it. */
  readonly shown?: string;
}

/** Proofs by a code that was mailed to an address. */
export class EmailProofs {
  constructor(private readonly options: EmailProofsOptions) {}

  /** Whether codes leave by mail. */
  get mails(): boolean {
    return this.options.mailer !== undefined;
  }

  /** Mails a code. Throws `mail_unconfigured`, `proof_bad_address`, `mail_unavailable`. */
  async ask({ event, viewer, email, language, flooded }: CodeAsked): Promise<CodeAnswer> {
    const { codes, mailer, shown, asked, logger } = this.options;
    if (mailer === undefined && !shown) throw new CrowdcueError('mail_unconfigured');
    const { to, person } = addressOf(email);
    const held = mailer !== undefined && flooded(person);
    const { code, until } = await codes.make(event.id, viewer, person, !held);
    if (mailer === undefined) {
      asked('shown');
      logger.debug({ event: event.id, viewer, code }, 'a code that no mail carries: MAIL_URL is not set');
      return { until, shown: code };
    }
    asked(held ? 'held' : await mailer.send({ to, ...codeMail(code, event.name, language) }).catch((error: unknown) => {
      asked('failed');
      throw error;
    }));
    return { until };
  }

  /** Whoever has the code has the mailbox. Said again it is answered again. Throws `proof_bad_address`, `proof_code_wrong`, `proof_code_over`. */
  async confirm(event: string, viewer: number, email: string, code: string): Promise<Known> {
    const { people, codes, said } = this.options;
    const { to, person } = addressOf(email);
    const known = people.find(event, 'email', person);
    if (known?.viewers.some(([each]) => each === viewer) === true && people.of(event, viewer)[0] === known) return known;
    await codes.check(event, viewer, person, code).catch((error: unknown) => {
      if (error instanceof CrowdcueError) said(error.code === 'proof_code_wrong' ? 'wrong' : 'over');
      throw error;
    });
    const proven = await people.prove(event, viewer, 'email', person, { email: to });
    await codes.spend(event, viewer, 'mailed');
    said('proven');
    return proven;
  }
}

const addressOf = (email: string): MailAddress => {
  const address = readAddress(email);
  if (address === undefined) throw new CrowdcueError('proof_bad_address');
  return address;
};
