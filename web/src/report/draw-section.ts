import { numbersWith, numberText } from '@crowdcue/games/texts';
import type { LotFault, LotReport } from '@crowdcue/protocol';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { controls } from '../shared/controls.js';
import { canRedraw, redraw, type Redrawn } from './redraw.js';
import { reportStyles } from './report-styles.js';
import type { ReportText } from './text.js';

/** What can be shown of winners at once; a lot of thousands would only make the page long. */
const SHOWN_TICKETS = 200;
const FAULTS: readonly LotFault[] = ['commitment', 'list', 'winners'];

const percent = numbersWith({ style: 'percent', maximumFractionDigits: 0 });

type Again =
  | { readonly kind: 'not' }
  | { readonly kind: 'drawing'; readonly share: number }
  | { readonly kind: 'done'; readonly redrawn: Redrawn };

/** A lot, step by step, with the draw done again by whoever reads it. */
export class DrawSection extends LitElement {
  static override properties = { lot: { attribute: false }, text: { attribute: false }, again: { state: true }, mine: { state: true } };
  declare lot: LotReport;
  declare text: ReportText;
  private declare again: Again;
  /** As typed. */
  private declare mine: string;

  static override styles = [controls, reportStyles];

  constructor() {
    super();
    this.again = { kind: 'not' };
    this.mine = '';
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    // What was drawn again is of the proof that was shown then.
    if (changed.has('lot') && JSON.stringify(changed.get('lot')?.proof) !== JSON.stringify(this.lot.proof)) this.again = { kind: 'not' };
  }

  override render() {
    const { lot: { state, proof, commitment, tickets, listHash, source }, text: t } = this;
    const facts = (...rows: (readonly [string, unknown] | undefined)[]): TemplateResult =>
      html`<dl class="facts">${rows.map((row) => (row === undefined ? nothing : html`<dt>${row[0]}</dt><dd>${row[1] ?? html`<span class="muted">${t.later}</span>`}</dd>`))}</dl>`;
    const code = (value: string | null | undefined): TemplateResult | undefined => (value === null || value === undefined ? undefined : html`<span class="code">${value}</span>`);
    const step = (name: keyof ReportText['steps'], number: number, what: TemplateResult): TemplateResult =>
      html`<li><span class="n" aria-hidden="true">${this.#number(number)}</span><h3>${t.stepTitles[name]}</h3><p>${t.steps[name]}</p>${what}</li>`;
    return html`<section aria-labelledby="lot"><h2 id="lot">${t.lot}</h2><p class="sub" data-test="lot-state">${t.lotStates[state]}</p>
      <ol class="steps" style="margin-top: var(--cc-space-4)">
        ${step('promise', 1, facts([t.facts.commitment, code(commitment)], [t.facts.seed, code(proof?.seed)]))}
        ${step('list', 2, facts([t.facts.tickets, this.#number(tickets)], [t.facts.hash, code(listHash)]))}
        ${step('entropy', 3, facts([t.facts.entropy, code(proof?.entropy)], [t.facts.source, source ?? undefined]))}
        ${step('draw', 4, facts([t.facts.winners, proof === null ? undefined : this.#tickets(proof.winners)], proof === null || proof.withdrawn.length === 0 ? undefined : [t.facts.withdrawn, this.#tickets(proof.withdrawn)]))}
      </ol>
      ${proof === null ? nothing : html`<div class="again">${this.#redrawing()}</div>${this.#ownTicket()}`}</section>`;
  }

  #number(value: number): string {
    return numberText(value, this.text.lang);
  }

  #tickets(tickets: readonly number[]): TemplateResult {
    const more = tickets.length - SHOWN_TICKETS;
    return html`<span class="num">${this.#number(tickets.length)}${tickets.length === 0 ? nothing : html`: ${tickets.slice(0, SHOWN_TICKETS).join(', ')}${more > 0 ? ` … +${this.#number(more)}` : ''}`}</span>`;
  }

  #redrawing(): TemplateResult {
    const { again, text: t } = this;
    if (!canRedraw()) return html`<p class="sub" data-test="no-crypto">${t.noCrypto}</p>`;
    const drawing = again.kind === 'drawing';
    const faults = again.kind === 'done' ? again.redrawn.faults : undefined;
    return html`<button class="primary" ?disabled=${drawing} @click=${() => this.#draw()} data-test="again">${t.again}</button>
      ${drawing ? html`<label class="small">${t.drawing(percent(again.share, t.lang))}<br><progress max="1" .value=${again.share}></progress></label>` : nothing}
      <div role="status" data-test="verdict">${faults === undefined ? nothing : html`<p class="verdict ${faults.length === 0 ? 'right' : 'wrong'}">${faults.length === 0 ? t.right(this.#number(this.lot.tickets)) : t.wrong}</p>
        <ul>${FAULTS.map((fault) => html`<li class=${faults.includes(fault) ? 'wrong' : 'right'} data-test=${`check-${fault}`}>${faults.includes(fault) ? `✗ ${t.faults[fault]}` : `✓ ${t.checks[fault]}`}</li>`)}</ul>`}</div>`;
  }

  async #draw(): Promise<void> {
    const { proof } = this.lot;
    if (proof === null || this.again.kind === 'drawing') return;
    this.again = { kind: 'drawing', share: 0 };
    const redrawn = await redraw(proof, (share) => { this.again = { kind: 'drawing', share }; });
    if (this.lot.proof === proof) this.again = { kind: 'done', redrawn };
  }

  #ownTicket(): TemplateResult {
    const { text: t } = this;
    return html`<div class="mine"><label class="field">${t.ticket}<input type="text" inputmode="numeric" autocomplete="off" maxlength="20" .value=${this.mine} @input=${(e: Event) => { this.mine = (e.target as HTMLInputElement).value; }} data-test="ticket"><span class="hint">${t.ticketHint}</span></label>
      <p role="status" data-test="ticket-is">${this.#ticketText()}</p></div>`;
  }

  #ticketText(): string {
    const { text: { ticketIs: is }, lot: { proof }, again } = this;
    const typed = this.mine.trim().replace(/^.*:/, ''); // an entitlement's id ends with its ticket
    if (proof === null || typed === '') return '';
    const ticket = /^\d{1,16}$/.test(typed) ? Number(typed) : Number.NaN;
    if (!proof.tickets.some((each) => each.ticket === ticket)) return is.none(typed.slice(0, 20));
    const what = proof.winners.includes(ticket) ? is.won : proof.withdrawn.includes(ticket) ? is.withdrawn : is.lost;
    const place = again.kind === 'done' ? again.redrawn.places.get(ticket) : undefined;
    return place === undefined ? what(String(ticket)) : `${what(String(ticket))} ${is.place(this.#number(place), this.#number(proof.tickets.length))}`;
  }
}

customElements.define('cc-draw', DrawSection);
