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

/** Where a viewer signs in. */
export interface SignIn {
  /** At Twitch, for this viewer alone: to be opened in a tab of its own, whose last page shows six digits. */
  readonly url: string;
  /** ms since 1970, until when the way back from there is open. */
  readonly until: number;
}

/**
 * An address at Twitch, where this viewer signs in: the first step of a proof by account.
 * @throws CrowdcueError `twitch_off` where nobody can, `too_many_requests`
 */
export const signInWithTwitch = async (session: Asking): Promise<SignIn> => (await session.ask('/proofs/twitch', {})) as SignIn;

/**
 * Says the digits that were shown to who signed in. `first` is as of {@link confirmCode}.
 * @throws CrowdcueError `proof_code_wrong`, `proof_code_over` (sign in again), `too_many_requests`, `viewer_banned`
 */
export const confirmSignIn = async (session: Asking, digits: string): Promise<{ readonly proof: 'twitch'; readonly first: number }> =>
  (await session.ask('/proofs/twitch/confirm', { code: digits })) as { proof: 'twitch'; first: number };

/** Name of the `BroadcastChannel` on which the page that Twitch sends to tells its {@link SignInDigits} to our own pages in the same browser. */
export const SIGN_IN_CHANNEL = 'crowdcue.sign-in';

export interface SignInDigits {
  /** The event's id. */
  readonly event: string;
  readonly digits: string;
}

/** The receipts of this viewer, and of every other that was proven to be the same person. */
export const receiptsOf = async (session: Asking): Promise<readonly PersonReceipt[]> => ((await session.ask('/receipts')) as { receipts: PersonReceipt[] }).receipts;

/**
 * Lets the person go on as another viewer that they were proven to be: `viewer`, or who they were first. `connect()` takes the answer's `token`;
 * where that viewer is connected elsewhere, it is taken over from there.
 * @throws CrowdcueError `proof_missing`, `viewer_banned`, `event_ended`, `event_off`
 */
export const resumeAs = async (session: Asking, viewer?: number): Promise<JoinAnswer> =>
  (await session.ask('/proofs/resume', viewer === undefined ? {} : { viewer })) as JoinAnswer;
