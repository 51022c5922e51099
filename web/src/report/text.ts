/** The words of the report page. English is here, every other language is loaded for those who read it. */
import type { Texts } from '@crowdcue/games/texts';
import type { DropReport, LotFault } from '@crowdcue/protocol';

type By<K extends string> = Readonly<Record<K, string>>;

export interface ReportText {
  /** BCP 47 tag of these words. */
  readonly lang: string;
  readonly dir?: 'rtl';
  readonly title: string;
  readonly loading: string;
  readonly unknown: { readonly title: string; readonly body: string };
  readonly failed: { readonly title: string; readonly body: string };
  readonly test: string;
  readonly kind: Readonly<Record<string, string>>;
  readonly sponsor: (name: string) => string;
  readonly print: string;
  /** The line that says how it stands. */
  readonly state: { readonly soldOut: (when: string) => string; readonly left: (left: string, supply: string) => string; readonly unlimited: (granted: string) => string };
  readonly supply: string;
  readonly columns: By<'variant' | 'defined' | 'supply' | 'left' | 'granted' | 'reserved' | 'converted' | 'revoked' | 'refunded' | 'expired' | 'refused'>;
  readonly unlimitedUnits: string;
  readonly when: string;
  readonly opens: string;
  readonly closes: string;
  readonly fromStart: string;
  readonly byHost: string;
  readonly early: (tier: string) => string;
  readonly first: string;
  readonly last: string;
  readonly soldOut: string;
  readonly notYet: string;
  readonly who: string;
  readonly everybody: string;
  readonly tiers: string;
  readonly countries: string;
  readonly age: (years: string) => string;
  readonly ageLabel: string;
  readonly proof: string;
  readonly proofs: By<DropReport['proof']>;
  readonly allocation: string;
  readonly allocations: By<DropReport['allocation']>;
  readonly lasts: string;
  readonly forGood: string;
  readonly hours: (hours: string) => string;
  readonly policies: string;
  readonly restockPolicy: string;
  readonly refundPolicy: string;
  readonly nothingSaid: string;
  readonly takenBack: string;
  readonly returns: string;
  readonly burns: string;
  readonly restocks: string;
  readonly noRestocks: string;
  readonly restock: (units: string, variant: string, reason: string) => string;
  readonly rules: string;
  readonly lot: string;
  readonly lotStates: By<'collecting' | 'frozen' | 'listed' | 'drawn' | 'settled'>;
  /** What happened in each step, in one sentence. */
  readonly steps: By<'promise' | 'list' | 'entropy' | 'draw'>;
  readonly stepTitles: By<'promise' | 'list' | 'entropy' | 'draw'>;
  readonly facts: By<'commitment' | 'seed' | 'tickets' | 'hash' | 'entropy' | 'source' | 'winners' | 'withdrawn'>;
  readonly later: string;
  readonly again: string;
  readonly drawing: (percent: string) => string;
  readonly noCrypto: string;
  readonly right: (tickets: string) => string;
  readonly wrong: string;
  readonly checks: By<LotFault>;
  readonly faults: By<LotFault>;
  readonly ticket: string;
  readonly ticketHint: string;
  readonly ticketIs: { readonly none: (ticket: string) => string; readonly won: (ticket: string) => string; readonly lost: (ticket: string) => string; readonly withdrawn: (ticket: string) => string; readonly place: (place: string, of: string) => string };
  readonly times: (zone: string) => string;
  readonly source: string;
}

const en: ReportText = {
  lang: 'en', title: 'Drop report', loading: 'Reading the report …',
  unknown: { title: 'There is no such drop', body: 'The address may be mistyped, or the event is gone.' },
  failed: { title: 'The server does not answer', body: 'The page tries again by itself.' },
  test: 'Test: nothing of this was real', kind: { badge: 'Badge', code: 'Code', link: 'Checkout', host: 'Handed over by the host' }, sponsor: (name) => `Sponsored by ${name}`, print: 'Print',
  state: { soldOut: (when) => `Nothing left since ${when}.`, left: (left, supply) => `${left} of ${supply} left.`, unlimited: (granted) => `Unlimited; ${granted} given out.` },
  supply: 'Supply',
  columns: { variant: 'Variant', defined: 'At first', supply: 'Supply', left: 'Left', granted: 'Given out', reserved: 'Held', converted: 'Sold', revoked: 'Taken back', refunded: 'Refunded', expired: 'Expired', refused: 'Turned away' },
  unlimitedUnits: 'unlimited',
  when: 'When', opens: 'Opens', closes: 'Closes', fromStart: 'with the event', byHost: 'when the host closes it', early: (tier) => `Opens for ${tier}`, first: 'First given out', last: 'Last given out', soldOut: 'Sold out', notYet: 'not yet',
  who: 'Who may claim', everybody: 'Everybody who unlocked it', tiers: 'Tiers', countries: 'Countries', ageLabel: 'Age', age: (years) => `${years} or older, as viewers say`,
  proof: 'Proof of person', proofs: { none: 'None: one for each viewer', email: 'E-mail code: one for each address', twitch: 'Twitch sign-in: one for each account', any: 'E-mail code or Twitch sign-in' },
  allocation: 'Given out', allocations: { 'first-come': 'in the order in which claims reached the ledger', 'fair-window': 'by lot, among all who claimed before the slowest stream had its time', lottery: 'by lot, among all who claimed before it closed' },
  lasts: 'Good for', forGood: 'for good', hours: (hours) => `${hours} hours`,
  policies: 'Policies', restockPolicy: 'Restock', refundPolicy: 'Refunds', nothingSaid: 'The host has said nothing about it.', takenBack: 'Units taken back', returns: 'go back on the shelf', burns: 'are gone',
  restocks: 'Restocked', noRestocks: 'never', restock: (units, variant, reason) => `${units} more${variant === '' ? '' : ` of ${variant}`}${reason === '' ? '' : `: ${reason}`}`, rules: 'Rules',
  lot: 'The draw',
  lotStates: { collecting: 'Tickets are being collected.', frozen: 'The list is closed.', listed: 'The list is published; the draw comes next.', drawn: 'It is drawn; units are being given out.', settled: 'It is drawn and settled.' },
  stepTitles: { promise: 'The promise', list: 'The list', entropy: 'The entropy', draw: 'The draw' },
  steps: {
    promise: 'Before anybody could claim, a secret seed was chosen and its fingerprint (SHA-256) published, so that the seed could not be changed later.',
    list: 'When claims closed, the list of all tickets was frozen and its fingerprint published before the draw, so that no ticket could be added or removed.',
    entropy: 'Only then was a random value read that nobody knew before, so that whoever knew the seed could not have foreseen the result.',
    draw: 'Seed, value and list together give every ticket its rank (SHA-256); in that order each ticket takes a unit while one is left.',
  },
  facts: { commitment: 'Fingerprint of the seed', seed: 'Seed', tickets: 'Tickets', hash: 'Fingerprint of the list', entropy: 'Value', source: 'Read from', winners: 'Tickets that won', withdrawn: 'Taken back by the host after the list was closed' },
  later: 'published later', again: 'Draw it again', drawing: (percent) => `Drawing again: ${percent}`,
  noCrypto: 'This browser can’t compute fingerprints on a page without HTTPS. Open the report by its https address to draw again.',
  right: (tickets) => `Drawn again here, with ${tickets} tickets: everything is as published.`, wrong: 'Drawn again here: something is not as published.',
  checks: { commitment: 'The seed is the one that was promised.', list: 'The list is the one that was published.', winners: 'The winners are those of the draw.' },
  faults: { commitment: 'The seed is not the one that was promised.', list: 'The list is not the one that was published.', winners: 'The winners are not those of the draw.' },
  ticket: 'Your ticket', ticketHint: 'Its number stands on your receipt.',
  ticketIs: { none: (ticket) => `Ticket ${ticket} is not in the list.`, won: (ticket) => `Ticket ${ticket} won a unit.`, lost: (ticket) => `Ticket ${ticket} did not win.`, withdrawn: (ticket) => `Ticket ${ticket} was taken back by the host.`, place: (place, of) => `Place ${place} of ${of} in the draw.` },
  times: (zone) => `Times are in your time zone, ${zone}.`, source: 'Computed from the ledger’s entries alone. It names no viewer.',
};

export const reportTexts: Texts<ReportText> = {
  en,
  others: {
    es: () => import('./text/es.js'), de: () => import('./text/de.js'), ja: () => import('./text/ja.js'), 'pt-br': () => import('./text/pt-br.js'), ar: () => import('./text/ar.js'),
  },
};
