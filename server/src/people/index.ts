/**
 * The people behind viewers: e-mail, account on Twitch, name, shipping address and consents of those who were proven in an event. They
 * stand here and nowhere else; ledger, journal, outbox and logs know numbers of one event.
 *
 * Life of a person: proven (a code that was mailed, or Twitch's word), perhaps on several devices; perhaps tells a name, an address;
 * erased by a host, or when the event's time is over. Then nothing tells any more that there was anybody.
 * Invariants: one person, one subject in an event, for as long as they are kept; what names anybody is sealed with AES-256-GCM under a key
 * of the event, bound to its record; records are found by keyed hashes alone; an address that was not confirmed is not kept at all, an account for the
 * minutes that its code is good.
 * Must not import ledger, drops, rooms, events or http.
 */
export { EmailProofs, type CodeAnswer, type CodeAsked } from './email-proofs.js';
export { readAddress, type MailAddress } from './mail-address.js';
export { codeMail, MAIL_LANGUAGES } from './mail-text.js';
export { SmtpMailer, type Mail, type Mailer } from './mailer.js';
export { MOST_VIEWERS, PeopleTable, type Known, type PersonRecord } from './people-table.js';
export { CODE_LIFE_MS, CODE_TRIES, ProofCodes, type CodeRecord } from './proof-codes.js';
export { TwitchProofs, type SignInAddress } from './twitch-proofs.js';
export { withTold, type PersonData, type PersonTold, type ProofKind, type ShippingAddress } from './person.js';
