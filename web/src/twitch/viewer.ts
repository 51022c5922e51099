/**
 * What viewers on Twitch see: `<crowdcue-game>` of the event that is on in the channel, and a calm card while none is. One module for panel,
 * component and mobile. Life: Twitch says who is there → the origin's answer names the event → the game runs; each renewal of the
 * JWT is a look whether another event is on by now.
 */
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { ref } from 'lit/directives/ref.js';
import { connect, CrowdcueError, type JoinAnswer } from '@crowdcue/client';
import type { CrowdcueGame } from '@crowdcue/client/element';
import '@crowdcue/client/element';
import { readToken } from '@crowdcue/protocol';
import { controls } from '../shared/controls.js';
import { mark } from '../shared/icons.js';
import { preparePage, setAccent } from '../shared/page.js';
import { backoffMs } from '../shared/poller.js';
import { TwitchGate } from './gate.js';
import { languageOfAddress, originOfPage, twitchHelper, type TwitchContext } from './helper.js';
import { viewerStyles } from './styles.js';
import { twitchText } from './text.js';

type View =
  | { readonly kind: 'finding' }
  | { readonly kind: 'off' }
  | { readonly kind: 'failed' }
  | { readonly kind: 'playing'; readonly event: string; readonly accent: string; readonly guest: boolean };

/** ms between two looks whether a show has begun; each viewer's own phase spreads a channel's audience. */
const OFF_MS = 15_000;
/** The origin's word for who is logged out. */
const GUEST = 'guest';

export class TwitchViewer extends LitElement {
  static override properties = { view: { reflect: true }, state: { state: true }, language: { state: true }, theme: { state: true } };
  static override styles = [controls, viewerStyles];

  private declare state: View;
  private declare language: string;
  private declare theme: string;
  readonly #gate = new TwitchGate(originOfPage());
  /** The answer that found the event: the game's first way in, so that nobody is let in twice. */
  #fresh: JoinAnswer | undefined;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    Object.assign(this, { state: { kind: 'finding' }, language: languageOfAddress(), theme: '' });
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const helper = twitchHelper();
    if (helper === undefined) {
      this.state = { kind: 'failed' };
      return;
    }
    helper.onContext((context) => this.#context(context));
    helper.onAuthorized((auth) => {
      this.#gate.authorized(auth);
      void this.#find();
    });
  }

  #context(context: TwitchContext): void {
    if (context.language !== undefined) this.language = context.language;
    if (context.theme === undefined || context.theme === this.theme) return;
    this.theme = context.theme;
    document.documentElement.dataset['theme'] = context.theme;
  }

  async #find(): Promise<void> {
    clearTimeout(this.#timer);
    try {
      const answer = await this.#gate.enter();
      this.#failures = 0;
      this.#show(answer);
    } catch (error) {
      const code = error instanceof CrowdcueError ? error.code : 'internal';
      if (this.state.kind === 'playing') return; // the game itself says what is wrong
      this.state = { kind: code === 'twitch_channel_unlinked' ? 'off' : 'failed' };
      if (this.state.kind === 'off' || (error instanceof CrowdcueError && error.retryable)) {
        this.#timer = setTimeout(() => void this.#find(), this.state.kind === 'off' ? OFF_MS : backoffMs(++this.#failures));
      }
    }
  }

  #show(answer: JoinAnswer): void {
    const { id: event, accent } = answer.event;
    if (this.state.kind === 'playing' && this.state.event === event) return;
    this.#fresh = answer;
    setAccent(accent);
    this.state = { kind: 'playing', event, accent, guest: readToken(answer.token).tier === GUEST };
  }

  readonly #enter = async (): Promise<JoinAnswer> => {
    const fresh = this.#fresh;
    this.#fresh = undefined;
    return fresh ?? this.#gate.enter();
  };

  readonly #open = (options: Parameters<typeof connect>[0]): ReturnType<typeof connect> => connect({ ...options, enter: this.#enter });

  /** Twitch's helper knows how late the picture is; the game follows it. */
  readonly #attach = (game?: Element): void => (game as CrowdcueGame | undefined)?.attachPlayer(twitchHelper());

  protected override render(): TemplateResult {
    const text = twitchText(this.language);
    this.dir = text.dir ?? 'ltr';
    switch (this.state.kind) {
      case 'finding': return html`<main class="note" aria-busy="true">${mark}<p class="muted" role="status">${text.finding}</p></main>`;
      case 'off':
      case 'failed': {
        const { title, body } = text[this.state.kind];
        return html`<main class="note">${mark}<h1>${title}</h1><p class="muted" role="status">${body}</p></main>`;
      }
      case 'playing': return html`${this.state.guest ? html`<p class="guest">${text.guest}</p>` : nothing}
        <crowdcue-game ${ref(this.#attach)} keys="off" muted lang=${this.language} theme=${this.theme} .open=${this.#open} .origin=${originOfPage()} .event=${this.state.event}></crowdcue-game>`;
    }
  }
}

preparePage();
customElements.define('cc-twitch-viewer', TwitchViewer);
