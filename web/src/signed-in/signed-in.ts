/**
 * Where Twitch sends who signed in for a reward: trades what the address holds for six digits and shows them. They are typed where the reward
 * waits, so that who was lured here by somebody else's link would have to hand them over. Our own pages in this browser are told them.
 */
import { SIGN_IN_CHANNEL, type SignInDigits } from '@crowdcue/client';
import { textIn } from '@crowdcue/games/texts';
import type { ErrorCode } from '@crowdcue/protocol';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { asApiError, request, type ApiErrorCode } from '../shared/api.js';
import { wallClock } from '../shared/clock.js';
import { controls } from '../shared/controls.js';
import { mark } from '../shared/icons.js';
import { siteUrl } from '../shared/site.js';
import { signedInTexts, type SignedInText } from './text.js';

/** What `POST /api/proofs/twitch` answers. */
interface SignedIn {
  readonly event: { readonly id: string; readonly name: string };
  readonly digits: string;
  /** ms since 1970 */
  readonly until: number;
}

type View = { readonly kind: 'working' | 'denied' | 'over' | 'failed' } | { readonly kind: 'digits'; readonly answer: SignedIn };

/** Errors that no later try mends. */
const OVER: ReadonlySet<ApiErrorCode> = new Set<ErrorCode>(['sign_in_over', 'bad_request', 'event_unknown']);

export class SignedInPage extends LitElement {
  static override properties = { view: { state: true }, busy: { state: true } };
  private declare view: View;
  /** It is tried again. */
  private declare busy: boolean;
  readonly #asked = new URLSearchParams(location.search);
  readonly #text: SignedInText = textIn(signedInTexts, this.#asked.get('lang') ?? navigator.language);

  static override styles = [controls, css`
    :host { display: block; }
    main { width: min(30rem, 100%); margin: 0 auto; padding: var(--cc-space-6) var(--cc-space-4); }
    .brand { display: flex; align-items: center; gap: var(--cc-space-2); margin-bottom: var(--cc-space-6); font-weight: var(--cc-weight-loud); }
    [role] { display: grid; gap: var(--cc-space-4); }
    h1 { font-size: var(--cc-size-6); letter-spacing: var(--cc-tracking-loud); overflow-wrap: anywhere; }
    .lead { font-size: var(--cc-size-4); line-height: 1.35; }
    .digits { padding: var(--cc-space-4) 0; border-radius: var(--cc-radius-m); background: var(--cc-accent-soft); font-size: clamp(2.5rem, 14vw, 4rem); font-weight: var(--cc-weight-loud); letter-spacing: .06em; text-align: center; user-select: all; }
    .digits span + span { margin-inline-start: .3em; }
    button { margin-top: var(--cc-space-5); }
    button[aria-disabled=true] { cursor: progress; opacity: .75; }
  `];

  constructor() {
    super();
    this.view = { kind: 'working' };
    this.busy = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const kept = history.state as SignedIn | null; // a phone that threw the tab away has the digits still
    history.replaceState(kept, '', location.pathname); // a page that is shared, shown or kept takes nothing along
    const { lang, dir, title } = this.#text;
    document.documentElement.lang = lang;
    document.documentElement.dir = dir ?? 'ltr';
    document.title = `${title} · Crowdcue`;
    if (kept === null) void this.#trade();
    else this.view = kept.until > wallClock() ? { kind: 'digits', answer: kept } : { kind: 'over' };
  }

  readonly #trade = async (): Promise<void> => {
    const [code, state] = [this.#asked.get('code'), this.#asked.get('state')];
    if (this.#asked.get('error') === 'access_denied') this.view = { kind: 'denied' };
    else if (!code || !state) this.view = { kind: 'over' };
    else if (!this.busy) {
      this.busy = true;
      this.view = await this.#ask(code, state);
      this.busy = false;
    }
  };

  async #ask(code: string, state: string): Promise<View> {
    try {
      const answer = await request<SignedIn>(siteUrl('api/proofs/twitch'), { method: 'POST', body: { code, state } });
      history.replaceState(answer, '');
      tell({ event: answer.event.id, digits: answer.digits });
      return { kind: 'digits', answer };
    } catch (error) {
      return { kind: OVER.has(asApiError(error).code) ? 'over' : 'failed' };
    }
  }

  /** Both regions stay, so that what comes into them is read out. */
  override render(): TemplateResult {
    return html`<main aria-busy=${this.busy}>
      <div class="brand">${mark} Crowdcue</div>
      <div role="status">${this.#status()}</div>
      <div role="alert">${this.#alert()}</div>
      ${this.view.kind === 'failed' ? html`<button class="primary" aria-disabled=${this.busy} @click=${this.#trade}>${this.#text.again}</button>` : nothing}
    </main>`;
  }

  #status(): TemplateResult | typeof nothing {
    const { working } = this.#text;
    if (this.view.kind === 'digits') return this.#digits(this.view.answer);
    return this.view.kind === 'working' || this.busy ? html`<p class="lead muted">${working}</p>` : nothing;
  }

  #digits({ event: { name }, digits, until }: SignedIn): TemplateResult {
    const { lang, signedIn, how, good, done } = this.#text;
    const when = new Intl.DateTimeFormat(lang, { timeStyle: 'short' }).format(until);
    return html`<p class="muted"><bdi>${name}</bdi></p><h1>${signedIn}</h1>
      <p class="lead">${how}</p>
      <p class="digits num" dir="ltr" aria-hidden="true" data-test="digits"><span>${digits.slice(0, 3)}</span><span>${digits.slice(3)}</span></p>
      <p class="hidden-text">${[...digits].join(' ')}</p>
      <p>${good(when)}</p><p class="muted">${done}</p>`;
  }

  #alert(): TemplateResult | typeof nothing {
    const { kind } = this.view;
    if (kind === 'working' || kind === 'digits' || this.busy) return nothing;
    const { title, body } = this.#text[kind];
    return html`<h1 data-test=${kind}>${title}</h1><p class="lead">${body}</p>`;
  }
}

/** Where nobody hears it the digits are typed. */
const tell = (digits: SignInDigits): void => {
  try {
    const channel = new BroadcastChannel(SIGN_IN_CHANNEL);
    channel.postMessage(digits);
    channel.close();
  } catch {
    // a browser that has no channels, or gives this page none
  }
};

customElements.define('cc-signed-in', SignedInPage);
