import type { JoinAnswer, PersonReceipt } from '@crowdcue/protocol';
import type { Session } from './session.js';

/** What these need of a session. */
type Asking = Pick<Session, 'ask'>;

/** The answer to who asked for a code. */
export interface CodeAsked {
  /** ms since 1970, until when the code is good. */
  readonly until: number;
  /** The code itself, where the installation is one for development that sends no mail. */
  readonly shown?: string;
}

/**
 * Has a code mailed to an address: the first step of proving who this viewer is, which claims of limited drops ask for (`claim_proof_needed`).
 * @param language of the mail, such as `de`; the browser's by default
 * @throws CrowdcueError `proof_bad_address`, `too_many_requests`, `mail_unconfigured`; `mail_unavailable` and `unavailable` are worth another try
 */
export const askForCode = async (session: Asking, email: string, language?: string): Promise<CodeAsked> =>
  (await session.ask('/proofs/email', { email, ...(language === undefined ? {} : { lang: language }) })) as CodeAsked;

/**
 * Says the code that was mailed. `first` is the number of the viewer whom this person was first: another one, where they come by another device.
 * @throws CrowdcueError `proof_code_wrong`, `proof_code_over` (ask for another), `too_many_requests`, `viewer_banned`
 */
export const confirmCode = async (session: Asking, email: string, code: string): Promise<{ readonly proof: 'email'; readonly first: number }> =>
  (await session.ask('/proofs/email/confirm', { email, code })) as { proof: 'email'; first: number };

/** The receipts of this viewer, and of every other that was proven to be the same person. */
export const receiptsOf = async (session: Asking): Promise<readonly PersonReceipt[]> => ((await session.ask('/receipts')) as { receipts: PersonReceipt[] }).receipts;

/**
 * Lets the person go on as another viewer that they were proven to be: `viewer`, or who they were first. `connect()` takes the answer's `token`;
 * where that viewer is connected elsewhere, it is taken over from there.
 * @throws CrowdcueError `proof_missing`, `viewer_banned`, `event_ended`, `event_off`
 */
export const resumeAs = async (session: Asking, viewer?: number): Promise<JoinAnswer> =>
  (await session.ask('/proofs/resume', viewer === undefined ? {} : { viewer })) as JoinAnswer;
