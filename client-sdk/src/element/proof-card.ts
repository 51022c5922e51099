/**
 * Asks a viewer who they are: the address, then the code that was mailed to it; or that they sign in with Twitch, in another tab, whose last
 * page shows a code. Shows who has a drop already, as another viewer, the way there. An element of its own, loaded with the first claim that
 * needs it, so that its styles come with it and under no page's policy.
 */
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { textIn } from '@crowdcue/games/texts';
import { CrowdcueError, type JoinAnswer, type PersonReceipt, type ViewerDrop } from '@crowdcue/protocol';
import { systemClock } from '../clock.js';
import { askForCode, confirmCode, confirmSignIn, receiptsOf, resumeAs, SIGN_IN_CHANNEL, signInWithTwitch, type SignIn, type SignInDigits } from '../proofs.js';
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
  static override properties = { sight: { attribute: false }, step: { state: true }, busy: { state: true }, fault: { state: true }, drop: { state: true }, receipt: { state: true }, signIn: { state: true } };
  declare sight: ProofSight | undefined;
  /** `code`: that was mailed is asked for; `digits`: those that are shown to who signed in. */
  declare private step: 'begin' | 'code' | 'digits';
  declare private busy: boolean;
  declare private fault: ProofFault | undefined;
  /** What is claimed, once it is known. */
  declare private drop: ViewerDrop | undefined;
  /** Of the viewer who has it. */
  declare private receipt: PersonReceipt | undefined;
  /** The way to Twitch; null where nobody can sign in, undefined while that is not known. */
  declare private signIn: SignIn | null | undefined;
  #email = '';
  #shown: string | undefined;
  #channel: BroadcastChannel | undefined;

  static override styles = css`
    :host { display: block; inline-size: 100%; text-align: start; text-wrap: wrap; }
    * { box-sizing: border-box; margin: 0; }
    form, .part { display: grid; gap: var(--cc-space-3); }
    h3 { font-size: var(--cc-size-4); font-weight: var(--cc-weight-loud); }
    p { color: var(--cc-text-muted); overflow-wrap: anywhere; }
    label { display: grid; gap: var(--cc-space-1); font-weight: var(--cc-weight-strong); }
    input { inline-size: 100%; min-block-size: 3rem; padding: 0 var(--cc-space-3); border: 2px solid var(--cc-text-muted); border-radius: var(--cc-radius-m); background: var(--cc-surface); color: var(--cc-text); font: inherit; font-size: max(1rem, 16px); }
    input[inputmode=numeric] { font-size: var(--cc-size-5); font-variant-numeric: tabular-nums; letter-spacing: .2em; text-align: center; }
    input[aria-invalid=true] { border-color: var(--cc-bad); }
    button, a { display: grid; place-content: center; min-block-size: 3rem; padding: 0 var(--cc-space-4); border: 0; border-radius: var(--cc-radius-m); background: transparent; color: var(--cc-text); font: inherit; font-weight: var(--cc-weight-strong); text-align: center; cursor: pointer; touch-action: manipulation; }
    .loud { min-block-size: 3.5rem; background: var(--cc-accent-fill); color: var(--cc-accent-ink); font-size: var(--cc-size-4); font-weight: var(--cc-weight-loud); text-decoration: none; }
    button[aria-disabled=true] { cursor: progress; opacity: .85; }
    .fault { color: var(--cc-bad); font-weight: var(--cc-weight-strong); }
    .serial { color: var(--cc-text); font-size: var(--cc-size-5); font-weight: var(--cc-weight-loud); }
    :focus-visible { outline: 3px solid var(--cc-focus); outline-offset: 2px; }
  `;

  constructor() {
    super();
    Object.assign(this, { step: 'begin', busy: false });
  }

  get #text(): ProofText {
    return textIn(proofTexts, this.sight?.language ?? 'en');
  }

  protected override firstUpdated(): void {
    const { session, drop, taken } = this.sight!;
    this.#focus();
    if (session === undefined) return;
    void session.drops().then((drops) => {
      this.drop = drops.find(({ id }) => id === drop);
      if (!taken && (this.drop?.proof === 'twitch' || this.drop?.proof === 'any')) void this.#offer(session);
    }, () => undefined);
    if (taken) void receiptsOf(session).then((all) => (this.receipt = all.find((each) => each.drop === drop && each.viewer !== session.viewer.viewer)), () => undefined);
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('step')) this.#listen();
    if (changed.get('step') !== undefined || (changed.has('signIn') && this.drop?.proof === 'twitch')) this.#focus();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#channel?.close();
  }

  /** To where the next thing is done: whatever had the focus is gone. */
  #focus(): void {
    this.renderRoot.querySelector<HTMLElement>('input, .loud')?.focus();
  }

  /** Asks for the way to Twitch; where there is none, nothing is offered. */
  async #offer(session: GameSession): Promise<void> {
    this.signIn = undefined;
    this.signIn = await signInWithTwitch(session).catch(() => null);
  }

  /** While digits are waited for, they may come by themselves, from a page of the same origin. */
  #listen(): void {
    this.#channel?.close();
    this.#channel = undefined;
    if (this.step !== 'digits') return;
    try {
      this.#channel = new BroadcastChannel(SIGN_IN_CHANNEL);
      this.#channel.onmessage = ({ data }: MessageEvent<Partial<SignInDigits> | null>) => {
        if (typeof data?.digits === 'string' && data.event === this.sight?.session?.viewer.event) this.#say(data.digits);
      };
    } catch {
      // A browser that has no channels, or gives a page in a foreign frame none: the digits are typed.
    }
  }

  readonly #submit = (event: Event): void => {
    event.preventDefault();
    this.#say(this.renderRoot.querySelector('input')!.value);
  };

  #say(said: string): void {
    void this.#work(async (session) => {
      switch (this.step) {
        case 'begin':
          this.#email = said.trim();
          this.#shown = (await askForCode(session, this.#email, this.sight!.language)).shown;
          this.step = 'code';
          return;
        case 'code': await confirmCode(session, this.#email, said); break;
        case 'digits': await confirmSignIn(session, said); break;
      }
      this.sight!.proven();
    });
  }

  readonly #resume = (): void => void this.#work(async (session) => this.sight!.moved(await resumeAs(session, this.receipt?.viewer)));

  readonly #again = (): void => {
    const session = this.sight?.session;
    if (session !== undefined && this.signIn && this.signIn.until <= systemClock.wall()) void this.#offer(session);
    this.fault = undefined;
    this.step = 'begin';
  };

  readonly #leave = (): void => {
    this.fault = undefined;
    this.step = 'digits';
  };

  #faultOf(error: unknown): ProofFault {
    const fault = FAULTS[error instanceof CrowdcueError ? error.code : ''] ?? 'failed';
    if (this.step !== 'begin' && fault === 'address') return 'wrong'; // nothing was typed, or nothing like a code
    return this.step === 'digits' && fault === 'over' ? 'expired' : fault;
  }

  async #work(work: (session: GameSession) => Promise<void>): Promise<void> {
    const session = this.sight?.session;
    if (this.busy) return;
    this.busy = true;
    this.fault = undefined;
    try {
      if (session === undefined) throw new CrowdcueError('unavailable');
      await work(session);
    } catch (error) {
      this.fault = this.#faultOf(error);
      if (this.fault === 'expired') void this.#offer(session!);
      if (this.fault === 'over' || this.fault === 'expired') this.step = 'begin';
      else this.#focus();
    }
    this.busy = false;
  }

  protected override render(): TemplateResult | typeof nothing {
    if (this.sight === undefined) return nothing;
    if (this.sight.taken) return this.#taken(this.sight);
    switch (this.step) {
      case 'begin': return this.drop?.proof === 'twitch' ? this.#account() : this.#mail();
      case 'code': return this.#mailed();
      case 'digits': return this.#away();
    }
  }

  #taken({ serial }: ProofSight): TemplateResult {
    const { taken, takenWhy, resume } = this.#text;
    return html`<div class="part"><h3>${taken}</h3><p>${takenWhy}</p>
      ${this.receipt?.serial === undefined ? nothing : html`<p class="serial">${serial(this.receipt.serial, this.receipt.supply)}</p>`}
      <button type="button" class="loud" part="button" aria-disabled=${this.busy} @click=${this.#resume}>${resume}</button>${this.#fault()}</div>`;
  }

  #account(): TemplateResult {
    const { title, twitch, signIn } = this.#text;
    if (this.signIn === null) return html`<p>${twitch}</p>`;
    return html`<div class="part">${this.signIn === undefined ? nothing : html`<h3>${title}</h3><p>${signIn.why}</p>`}${this.#fault()}${this.#link(signIn.button, 'loud')}</div>`;
  }

  #mail(): TemplateResult {
    const text = this.#text;
    return html`<form novalidate @submit=${this.#submit}>
      <h3>${text.title}</h3><p id="why">${text.why}</p>
      <label>${text.email}<input type="email" name="email" autocomplete="email" inputmode="email" enterkeyhint="send" maxlength="254" dir="ltr" required .value=${this.#email} aria-invalid=${this.fault === 'address'} aria-describedby="why fault"></label>
      ${this.#fault()}
      <button type="submit" class="loud" part="button" aria-disabled=${this.busy}>${text.send}</button>
      ${this.#link(text.signIn.instead)}
    </form>`;
  }

  #mailed(): TemplateResult {
    const text = this.#text;
    const shown = this.#shown === undefined ? nothing : html`<p><b>${text.shown(this.#shown)}</b></p>`;
    return this.#code(html`<p id="why" role="status">${text.sent(this.#email)}</p>${shown}`, text.code, html`<button type="button" part="button" @click=${this.#again}>${text.other}</button>`);
  }

  #away(): TemplateResult {
    const { away, digits, reopen, back } = this.#text.signIn;
    return this.#code(html`<p id="why" role="status">${away}</p>`, digits, html`${this.#link(reopen)}<button type="button" part="button" @click=${this.#again}>${back}</button>`);
  }

  #code(why: TemplateResult, label: string, ways: TemplateResult): TemplateResult {
    return html`<form novalidate @submit=${this.#submit}>
      ${why}
      <label>${label}<input type="text" name="code" autocomplete="one-time-code" inputmode="numeric" enterkeyhint="done" maxlength="9" dir="ltr" required aria-invalid=${this.fault === 'wrong'} aria-describedby="why fault"></label>
      ${this.#fault()}
      <button type="submit" class="loud" part="button" aria-disabled=${this.busy}>${this.#text.confirm}</button>
      ${ways}
    </form>`;
  }

  /** To Twitch, where there is a way. */
  #link(label: string, style = ''): TemplateResult | typeof nothing {
    if (!this.signIn) return nothing;
    return html`<a class=${style} part="button" href=${this.signIn.url} target="_blank" rel="noopener" @click=${this.#leave}>${label}</a>`;
  }

  #fault(): TemplateResult {
    return html`<p id="fault" class="fault" role="alert">${this.fault === undefined ? '' : this.#text.faults[this.fault]}</p>`;
  }
}

/** Makes the card known, once. */
export const defineProofCard = (): void => {
  if (customElements.get('crowdcue-proof') === undefined) customElements.define('crowdcue-proof', ProofCard);
};
