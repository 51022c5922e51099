/**
 * Asks a viewer who they are: the address, then the code that was mailed to it; and shows who has a drop already, as another viewer, the way
 * there. An element of its own, loaded with the first claim that needs it, so that its styles come with it and under no page's policy.
 */
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { textIn } from '@crowdcue/games/texts';
import { CrowdcueError, type JoinAnswer, type PersonReceipt, type ViewerDrop } from '@crowdcue/protocol';
import { askForCode, confirmCode, receiptsOf, resumeAs } from '../proofs.js';
import { proofTexts, type ProofFault, type ProofText } from './proof-text.js';
import type { GameSession } from './session-port.js';

/** What the card needs, and whom it tells. */
export interface ProofSight {
  readonly session: GameSession | undefined;
  readonly drop: string;
  readonly language: string;
  /** This person has the drop as another viewer. */
  readonly taken: boolean;
  readonly serial: (serial: number, supply: number) => string;
  /** Who the viewer is, is proven: the claim can be made again. */
  proven(): void;
  /** The viewer goes on as another one, who has this token. */
  moved(answer: JoinAnswer): void;
}

const FAULTS: Readonly<Record<string, ProofFault>> = {
  proof_bad_address: 'address', bad_request: 'address', proof_code_wrong: 'wrong', proof_code_over: 'over', too_many_requests: 'slow', mail_unconfigured: 'off',
};

export class ProofCard extends LitElement {
  static override properties = { sight: { attribute: false }, step: { state: true }, busy: { state: true }, fault: { state: true }, drop: { state: true }, receipt: { state: true } };
  declare sight: ProofSight | undefined;
  declare private step: 'email' | 'code';
  declare private busy: boolean;
  declare private fault: ProofFault | undefined;
  /** What is claimed, once it is known. */
  declare private drop: ViewerDrop | undefined;
  /** Of the viewer who has it. */
  declare private receipt: PersonReceipt | undefined;
  #email = '';
  #shown: string | undefined;

  static override styles = css`
    :host { display: block; inline-size: 100%; text-align: start; text-wrap: wrap; }
    * { box-sizing: border-box; margin: 0; }
    form, .taken { display: grid; gap: var(--cc-space-3); }
    h3 { font-size: var(--cc-size-4); font-weight: var(--cc-weight-loud); }
    p { color: var(--cc-text-muted); overflow-wrap: anywhere; }
    label { display: grid; gap: var(--cc-space-1); font-weight: var(--cc-weight-strong); }
    input { inline-size: 100%; min-block-size: 3rem; padding: 0 var(--cc-space-3); border: 2px solid var(--cc-text-muted); border-radius: var(--cc-radius-m); background: var(--cc-surface); color: var(--cc-text); font: inherit; font-size: max(1rem, 16px); }
    input[inputmode=numeric] { font-size: var(--cc-size-5); font-variant-numeric: tabular-nums; letter-spacing: .2em; text-align: center; }
    input[aria-invalid=true] { border-color: var(--cc-bad); }
    button { min-block-size: 3rem; padding: 0 var(--cc-space-4); border: 0; border-radius: var(--cc-radius-m); background: transparent; color: var(--cc-text); font: inherit; font-weight: var(--cc-weight-strong); cursor: pointer; touch-action: manipulation; }
    button.loud { min-block-size: 3.5rem; background: var(--cc-accent-fill); color: var(--cc-accent-ink); font-size: var(--cc-size-4); font-weight: var(--cc-weight-loud); }
    button[aria-disabled=true] { cursor: progress; opacity: .85; }
    .fault { color: var(--cc-bad); font-weight: var(--cc-weight-strong); }
    .serial { color: var(--cc-text); font-size: var(--cc-size-5); font-weight: var(--cc-weight-loud); }
    :focus-visible { outline: 3px solid var(--cc-focus); outline-offset: 2px; }
  `;

  constructor() {
    super();
    Object.assign(this, { step: 'email', busy: false });
  }

  get #text(): ProofText {
    return textIn(proofTexts, this.sight?.language ?? 'en');
  }

  protected override firstUpdated(): void {
    const { session, drop, taken } = this.sight!;
    this.#focus();
    if (session === undefined) return;
    void session.drops().then((drops) => (this.drop = drops.find(({ id }) => id === drop)), () => undefined);
    if (taken) void receiptsOf(session).then((all) => (this.receipt = all.find((each) => each.drop === drop && each.viewer !== session.viewer.viewer)), () => undefined);
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.get('step') !== undefined) this.#focus();
  }

  /** To where the next thing is done: whatever had the focus is gone. */
  #focus(): void {
    this.renderRoot.querySelector<HTMLElement>('input, .loud')?.focus();
  }

  readonly #submit = (event: Event): void => {
    event.preventDefault();
    const said = this.renderRoot.querySelector('input')!.value;
    void this.#work(async (session) => {
      if (this.step === 'email') {
        this.#email = said.trim();
        this.#shown = (await askForCode(session, this.#email, this.sight!.language)).shown;
        this.step = 'code';
      } else {
        await confirmCode(session, this.#email, said);
        this.sight!.proven();
      }
    });
  };

  readonly #resume = (): void => void this.#work(async (session) => this.sight!.moved(await resumeAs(session, this.receipt?.viewer)));

  readonly #again = (): void => {
    this.fault = undefined;
    this.step = 'email';
  };

  async #work(work: (session: GameSession) => Promise<void>): Promise<void> {
    const session = this.sight?.session;
    if (this.busy) return;
    this.busy = true;
    this.fault = undefined;
    try {
      if (session === undefined) throw new CrowdcueError('unavailable');
      await work(session);
    } catch (error) {
      this.fault = FAULTS[error instanceof CrowdcueError ? error.code : ''] ?? 'failed';
      if (this.fault === 'over') this.step = 'email';
      else this.#focus();
    }
    this.busy = false;
  }

  protected override render(): TemplateResult | typeof nothing {
    if (this.sight === undefined) return nothing;
    if (this.sight.taken) return this.#taken(this.sight);
    return this.drop?.proof === 'twitch' ? html`<p>${this.#text.twitch}</p>` : this.#form();
  }

  #taken({ serial }: ProofSight): TemplateResult {
    const { taken, takenWhy, resume } = this.#text;
    return html`<div class="taken"><h3>${taken}</h3><p>${takenWhy}</p>
      ${this.receipt?.serial === undefined ? nothing : html`<p class="serial">${serial(this.receipt.serial, this.receipt.supply)}</p>`}
      <button type="button" class="loud" part="button" aria-disabled=${this.busy} @click=${this.#resume}>${resume}</button>${this.#fault()}</div>`;
  }

  #form(): TemplateResult {
    const text = this.#text;
    const mail = this.step === 'email';
    const invalid = this.fault === (mail ? 'address' : 'wrong');
    return html`<form novalidate @submit=${this.#submit}>
      ${mail ? html`<h3>${text.title}</h3><p id="why">${text.why}</p>` : html`<p id="why" role="status">${text.sent(this.#email)}</p>${this.#shown === undefined ? nothing : html`<p><b>${text.shown(this.#shown)}</b></p>`}`}
      ${mail
        ? html`<label>${text.email}<input type="email" name="email" autocomplete="email" inputmode="email" enterkeyhint="send" maxlength="254" dir="ltr" required .value=${this.#email} aria-invalid=${invalid} aria-describedby="why fault"></label>`
        : html`<label>${text.code}<input type="text" name="code" autocomplete="one-time-code" inputmode="numeric" enterkeyhint="done" maxlength="9" dir="ltr" required aria-invalid=${invalid} aria-describedby="why fault"></label>`}
      ${this.#fault()}
      <button type="submit" class="loud" part="button" aria-disabled=${this.busy}>${mail ? text.send : text.confirm}</button>
      ${mail ? nothing : html`<button type="button" part="button" @click=${this.#again}>${text.other}</button>`}
    </form>`;
  }

  #fault(): TemplateResult {
    return html`<p id="fault" class="fault" role="alert">${this.fault === undefined ? '' : this.#text.faults[this.fault]}</p>`;
  }
}

/** Makes the card known, once. */
export const defineProofCard = (): void => {
  if (customElements.get('crowdcue-proof') === undefined) customElements.define('crowdcue-proof', ProofCard);
};
