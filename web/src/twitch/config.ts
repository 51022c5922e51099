/** The broadcaster's page of the extension: which event is on, and the key with which a host links the channel. */
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { CrowdcueError } from '@crowdcue/client';
import { controls } from '../shared/controls.js';
import { icons, mark } from '../shared/icons.js';
import { preparePage } from '../shared/page.js';
import { TwitchGate, type ChannelKey } from './gate.js';
import { languageOfAddress, originOfPage, twitchHelper } from './helper.js';
import { configStyles } from './styles.js';
import { twitchText } from './text.js';

type View =
  | { readonly kind: 'finding' }
  | { readonly kind: 'forbidden' }
  | { readonly kind: 'failed' }
  | { readonly kind: 'key'; readonly given: ChannelKey; readonly copied: boolean };

export class TwitchConfig extends LitElement {
  static override properties = { state: { state: true } };
  static override styles = [controls, configStyles];
  private declare state: View;
  readonly #gate = new TwitchGate(originOfPage());
  #first = true;

  constructor() {
    super();
    this.state = { kind: 'finding' };
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const helper = twitchHelper();
    if (helper === undefined) {
      this.state = { kind: 'failed' };
      return;
    }
    helper.onContext(({ theme }) => {
      if (theme !== undefined) document.documentElement.dataset['theme'] = theme;
    });
    helper.onAuthorized((auth) => {
      this.#gate.authorized(auth);
      if (this.#first) void this.#ask();
      this.#first = false;
    });
  }

  readonly #ask = async (): Promise<void> => {
    try {
      this.state = { kind: 'key', given: await this.#gate.key(), copied: false };
    } catch (error) {
      this.state = { kind: error instanceof CrowdcueError && error.code === 'twitch_role' ? 'forbidden' : 'failed' };
    }
  };

  async #copy(given: ChannelKey): Promise<void> {
    try {
      await navigator.clipboard.writeText(given.key);
      this.state = { kind: 'key', given, copied: true };
    } catch {
      this.renderRoot.querySelector('output')?.focus(); // Twitch's frame may forbid it: the text is selected with one press
    }
  }

  protected override render(): TemplateResult {
    const text = twitchText(languageOfAddress());
    this.dir = text.dir ?? 'ltr';
    return html`<main><div class="brand">${mark} Crowdcue</div>${this.#body(text)}</main>`;
  }

  #body(text: ReturnType<typeof twitchText>): TemplateResult {
    switch (this.state.kind) {
      case 'finding': return html`<p class="muted" role="status">${text.finding}</p>`;
      case 'forbidden': return html`<p role="status">${text.notYours}</p>`;
      case 'failed': return html`<h1>${text.failed.title}</h1><button class="primary" @click=${this.#ask}>${text.renew}</button>`;
      case 'key': {
        const { given, copied } = this.state;
        return html`<p role="status">${given.event === undefined ? text.notShowing : text.showing(given.event)}</p>
          <section class="card"><p class="caps">${text.channel}</p><output class="code" tabindex="0">${given.channel}</output>
            <p class="caps">${text.key}</p><output class="code" tabindex="0" data-test="key">${given.key}</output><p class="small muted">${text.keyHint}</p>
            <div class="row"><button class="primary" @click=${() => this.#copy(given)}>${copied ? icons.done : icons.copy}${copied ? text.copied : text.copy}</button>
              <button @click=${this.#ask}>${text.renew}</button></div>${copied ? html`<span class="hidden-text" role="status">${text.copied}</span>` : nothing}</section>`;
      }
    }
  }
}

preparePage();
customElements.define('cc-twitch-config', TwitchConfig);
