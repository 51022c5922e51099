import { domainToASCII } from 'node:url';

/** An address of mail that somebody wrote. */
export interface MailAddress {
  /** Where mail goes: as it was written, its domain in ASCII. */
  readonly to: string;
  /** Whose it is: every spelling of one mailbox that is known to be one gives the same. */
  readonly person: string;
}

// RFC 5321, 4.5.3.1. Quoted and international local parts are refused: hardly anybody has one, and each is a way into a header.
const MOST_LOCAL = 64;
const MOST_LETTERS = 254;
const LOCAL = /^[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*$/;
const DOMAIN = /^(?=.{4,253}$)([a-z\d]([a-z\d-]{0,61}[a-z\d])?\.)+([a-z]{2,63}|xn--[a-z\d-]{1,59})$/;
/** Providers that give one mailbox with and without dots, under several domains. */
const DOTLESS: Readonly<Record<string, string>> = { 'gmail.com': 'gmail.com', 'googlemail.com': 'gmail.com' };

/**
 * Reads an address; undefined where it is none that mail can be sent to. Spaces around it are left out, nothing else: a line end in it
 * would become a header of the mail.
 */
export const readAddress = (text: string): MailAddress | undefined => {
  const written = text.replace(/^ +| +$/g, '');
  const at = written.lastIndexOf('@');
  const local = written.slice(0, Math.max(0, at));
  const raw = written.slice(at + 1);
  // Of a domain only letters, digits, dashes and dots are looked at: what an URL would make of other characters is nobody's domain.
  if (written.length > MOST_LETTERS || local.length > MOST_LOCAL || !LOCAL.test(local) || !/^[\p{L}\p{M}\p{N}.-]+$/u.test(raw)) return undefined;
  const domain = domainToASCII(raw).toLowerCase();
  if (!DOMAIN.test(domain)) return undefined;
  return { to: `${local}@${domain}`, person: `${mailboxOf(local.toLowerCase(), domain)}@${DOTLESS[domain] ?? domain}` };
};

/** Without the tag behind a plus, which one person may write as many of as they like. */
const mailboxOf = (local: string, domain: string): string => {
  const plus = local.indexOf('+');
  const box = plus > 0 ? local.slice(0, plus) : local;
  return domain in DOTLESS ? box.replaceAll('.', '') : box;
};
