import { css, html, nothing, type TemplateResult } from 'lit';
import type { HostApi } from './host-api.js';
import { setupApi, type TwitchChannels } from './setup-api.js';
import { textField, unplaced, type FieldWords } from './setup-fields.js';
import { SetupPanel } from './setup-panel.js';

/** A channel's number begins its key. */
export const channelOf = (key: string): string | undefined => /^(\d{1,32})\.\d+\.[\w-]+$/.exec(key.trim())?.[1];

const NO_KEY = { path: 'key', code: 'twitch_key_needed', text: 'This is no key of a channel. The broadcaster copies it in the extension’s configuration: digits, a dot, digits, a dot, letters.' };
const LOOK_MS = 5_000; // another host's desk links channels too

/** Which Twitch channels show this event. */
export class TwitchPanel extends SetupPanel {
  static override properties = { known: { state: true }, key: { state: true }, failed: { state: true } };
  private declare known: TwitchChannels | undefined;
  private declare key: string;
  private declare failed: boolean;
  #timer: ReturnType<typeof setInterval> | undefined;

  static override styles = [...SetupPanel.styles, css`
    li.channel { display: grid; gap: var(--cc-space-2); padding: var(--cc-space-2) 0; border-top: 1px solid var(--cc-line); }
    li b { overflow-wrap: anywhere; }
    ol { display: grid; gap: var(--cc-space-1); padding-left: 1.2em; list-style: decimal; font-size: var(--cc-size-2); }
    .on::before { content: '● '; color: var(--cc-good); }
  `];

  protected override readonly words: FieldWords = {
    twitch_key_needed: 'This key does not open the channel: it is mistyped, or older than 15 minutes. Have the broadcaster copy a new one.',
    not_found: 'This channel is not linked any more.',
  };

  protected override reset(): void {
    this.key = '';
    void this.#look();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#timer = setInterval(() => { if (!this.busy && this.closest('details')?.open !== false) void this.#look(); }, LOOK_MS);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    try {
      this.known = await setupApi.channels(this.desk.api);
      this.failed = false;
    } catch {
      this.failed = this.known === undefined; // what was known stands; the desk itself says that nobody answers
    }
  }

  override render() {
    const { known } = this;
    if (known === undefined) return this.failed ? html`<p class="small" role="alert">The channels cannot be read now. <button class="small" @click=${this.#look}>Try again</button></p>` : html`<p class="muted small">Loading …</p>`;
    const here = known.channels.filter(({ event }) => event === this.desk.event.id);
    const elsewhere = known.channels.filter(({ event }) => event !== this.desk.event.id);
    return html`<div class="stack">${this.lockedNote()}
      ${known.on ? nothing : html`<p class="locked small" data-test="twitch-off">This installation has no secret of a Twitch extension, so nobody comes from Twitch. Whoever runs it sets TWITCH_EXTENSION_SECRET. <span class="code">twitch_off</span></p>`}
      <p class="small ${here.length > 0 && known.on ? 'on' : ''}" role="status" data-test="twitch-standing">${here.length === 0 ? 'No channel shows this event.' : 'Linked. Who opens the extension there is in this event.'}</p>
      ${known.channels.length === 0 ? nothing : html`<ul>${here.map(({ channel }) => this.#linked(channel))}${elsewhere.map(({ channel, event }) => this.#other(channel, event))}</ul>`}
      ${unplaced(this.problem, ['key'])}
      ${this.#form(here.length > 0)}</div>`;
  }

  #linked(channel: string): TemplateResult {
    return html`<li class="channel" data-test="channel"><span><b>Channel ${channel}</b> <span class="muted small">shows this event</span></span>
      <div class="buttons"><button class="small danger" ?disabled=${this.locked || this.busy} @click=${() => this.#unlink(channel)} aria-label="Unlink channel ${channel}" data-test="unlink">Unlink</button></div></li>`;
  }

  #other(channel: string, event: string): TemplateResult {
    return html`<li class="channel" data-test="channel"><span><b>Channel ${channel}</b> <span class="muted small">shows ${this.desk.events.find(({ id }) => id === event)?.name ?? event}</span></span>
      <div class="buttons"><button class="small" ?disabled=${this.locked || this.busy} @click=${() => this.#move(channel, event)} aria-label="Show this event there: channel ${channel}" data-test="move">Show this event there</button></div></li>`;
  }

  #form(linked: boolean): TemplateResult {
    return html`<form class="stack" novalidate @submit=${this.#link}>
      <ol class="muted">${linked ? html`<li>Open the channel in another browser: the panel shows this event.</li><li>Cue a round; it comes with each viewer’s own picture.</li>`
        : html`<li>The broadcaster installs the extension and opens its configuration on Twitch.</li><li>It shows a key, good for 15 minutes. Have it sent to you.</li><li>Paste it here. For the next show no key is needed.</li>`}</ol>
      <fieldset ?disabled=${this.locked || this.busy} aria-describedby=${this.locked ? 'locked' : nothing}>
        ${textField({ label: linked ? 'Key of another channel' : 'Key of the channel', name: 'twitch-key', path: 'key', value: this.key, mode: 'url', placeholder: '44322889.…', most: 200, problem: this.problem, input: (value) => { this.key = value; } })}
        <div class="buttons"><button class=${linked || this.locked ? '' : 'primary'} data-test="link">Link</button></div></fieldset></form>`;
  }

  /** A key is the only field: what is wrong with linking is wrong with it, unless nobody answered. */
  readonly #link = async (e: Event): Promise<void> => {
    e.preventDefault();
    const { api, event } = this.desk;
    const channel = channelOf(this.key);
    if (channel === undefined) {
      this.problem = NO_KEY;
      await this.updateComplete;
      this.renderRoot.querySelector<HTMLElement>('[name=twitch-key]')?.focus();
      return;
    }
    const before = this.known?.channels.find((each) => each.channel === channel)?.event;
    const linked = await this.run(() => setupApi.link(api, channel, event.id, this.key.trim()));
    if (this.problem?.code === 'twitch_key_needed') await this.#atKey();
    if (!linked) return;
    this.key = '';
    await this.#look();
    this.done(`Channel ${channel} shows this event.`, before === undefined || before === event.id ? undefined : () => this.#back(api, channel, before));
  };

  async #atKey(): Promise<void> {
    this.problem = { ...this.problem!, path: 'key' };
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>('[name=twitch-key]')?.focus();
  }

  async #move(channel: string, before: string): Promise<void> {
    const { api, event } = this.desk;
    const moved = await this.run(() => setupApi.link(api, channel, event.id));
    await this.#look();
    if (moved) this.done(`Channel ${channel} shows this event.`, () => this.#back(api, channel, before));
  }

  async #back(api: HostApi, channel: string, event: string): Promise<void> {
    await setupApi.link(api, channel, event);
    await this.#look();
  }

  async #unlink(channel: string): Promise<void> {
    const { api, ask } = this.desk;
    if (!(await ask({ title: `Unlink channel ${channel}?`, text: 'Its viewers see that no show is on. To link it again you need a new key of its broadcaster.', yes: 'Unlink' }))) return;
    const gone = await this.run(() => setupApi.unlink(api, channel));
    await this.#look();
    if (gone) this.done(`Channel ${channel} is not linked any more.`);
  }
}

customElements.define('cc-twitch', TwitchPanel);
