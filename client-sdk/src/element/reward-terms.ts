/** What a viewer is told before they claim a drop, and what they are asked with it. */
import { html, nothing, type TemplateResult } from 'lit';
import type { ClaimWords, ViewerDrop } from '@crowdcue/protocol';
import { systemClock } from '../clock.js';
import type { RewardText } from './element-text.js';
import type { PanelContext } from './panels.js';

/** What these need of the sheet. */
export interface TermsContext extends PanelContext {
  readonly words: RewardText;
  /** What the viewer has said, of this drop or another. */
  readonly said: ClaimWords;
}

/** Of whoever lives in none of the countries that are named. ISO 3166 leaves it to its users. */
const ELSEWHERE = 'ZZ';
const MINUTE_MS = 60_000;

/** A day and time where the viewer is. */
export const whenText = (at: number, language: string): string => new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(at);

/** An address of the host's, where it leads to the web; in a tab of its own, which learns nothing of this one. */
export const webLink = (address: string | undefined, label: string, { text }: PanelContext, style = ''): TemplateResult | typeof nothing =>
  address === undefined || !/^https?:/i.test(address) ? nothing
    : html`<a class=${style} part="link" href=${address} target="_blank" rel="noopener noreferrer">${label}<span class="said">, ${text.newTab}</span></a>`;

/** When a lot is drawn, in words. */
export const drawText = ({ words, text }: TermsContext, about: ViewerDrop | undefined): string => {
  const closesAt = about?.byLot === 'lottery' ? about.terms?.closesAt : undefined;
  return closesAt === undefined ? words.drawnAfterAll : words.drawnAt(whenText(closesAt, text.lang));
};

/** The terms of a drop, one a line. */
export const termsPart = (context: TermsContext, about: ViewerDrop | undefined): TemplateResult | typeof nothing => {
  if (about === undefined) return nothing;
  const { words, text } = context;
  const { terms = {}, byLot, proof } = about;
  const { rules, sponsor, restockPolicy, refundPolicy, opensAt, closesAt, reserveMs } = terms;
  const lines: unknown[] = [
    byLot && `${words.byLot} ${drawText(context, about)}`,
    opensAt !== undefined && opensAt > systemClock.wall() && words.opens(whenText(opensAt, text.lang)),
    closesAt !== undefined && byLot !== 'lottery' && words.closes(whenText(closesAt, text.lang)),
    proof && words.proofs[proof],
    reserveMs !== undefined && reserveMs >= MINUTE_MS && words.held(Math.floor(reserveMs / MINUTE_MS)),
    sponsor !== undefined && html`${text.sponsor} <b dir="auto">${sponsor}</b>`,
    ...[restockPolicy, refundPolicy].map((policy) => policy !== undefined && html`<span dir="auto">${policy}</span>`),
    rules !== undefined && webLink(rules, words.rules, context),
  ];
  const told = lines.filter((line) => line !== undefined && line !== false);
  return told.length === 0 ? nothing : html`<ul class="terms" part="terms">${told.map((line) => html`<li>${line}</li>`)}</ul>`;
};

/** What is asked with the claim of a drop and was not said yet. */
const asked = ({ terms = {} }: Pick<ViewerDrop, 'terms'>, said: ClaimWords): { readonly countries: readonly string[] | undefined; readonly age: number | undefined } => ({
  countries: said.country === undefined ? terms.countries : undefined,
  age: terms.minAge !== undefined && (said.age ?? 0) < terms.minAge ? terms.minAge : undefined,
});

/** Names of countries in a language, sorted as it sorts. */
const countryNames = (codes: readonly string[], language: string): (readonly [string, string])[] => {
  const names = new Intl.DisplayNames([language], { type: 'region' });
  return codes.map((code) => [code, names.of(code) ?? code] as const).sort((a, b) => a[1].localeCompare(b[1], language));
};

/** What was pressed is about to go: the focus stays on its offer, where Escape and Tab go on. */
export const keepFocus = (event: Event): void => (event.currentTarget as HTMLElement).closest<HTMLElement>('article')?.focus();

const wordsOf = (form: HTMLFormElement, said: ClaimWords, age: number | undefined): ClaimWords => {
  const country = new FormData(form).get('country');
  return { ...said, ...(typeof country === 'string' && { country }), ...(age !== undefined && { age }) };
};

/** Asks where and how old the viewer is, and claims with the answer; undefined where there is nothing to ask. */
export const claimForm = (context: TermsContext, about: ViewerDrop | undefined, claim: (said: ClaimWords) => void): TemplateResult | undefined => {
  const { words, text, said } = context;
  const { countries, age } = about === undefined ? { countries: undefined, age: undefined } : asked(about, said);
  if (countries === undefined && age === undefined) return undefined;
  return html`<form class="ask" part="ask" @submit=${(event: SubmitEvent) => {
    event.preventDefault();
    keepFocus(event);
    claim(wordsOf(event.currentTarget as HTMLFormElement, said, age));
  }}>
    ${countries === undefined ? nothing : html`<label>${words.ask.country}<select name="country" required>
      <option value="">${words.ask.choose}</option>
      ${countryNames(countries, text.lang).map(([code, name]) => html`<option value=${code}>${name}</option>`)}
      <option value=${ELSEWHERE}>${words.ask.elsewhere}</option>
    </select></label>`}
    ${age === undefined ? nothing : html`<label class="check"><input type="checkbox" name="age" required>${words.ask.age(age)}</label>`}
    <button type="submit" class="button loud" part="button claim">${words.claim}</button>
  </form>`;
};
