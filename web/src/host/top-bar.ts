import type { EventView, HostPersonView } from '@crowdcue/protocol';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { controls } from '../shared/controls.js';
import { icons, mark } from '../shared/icons.js';
import { currentTheme, setTheme, type Theme } from '../shared/page.js';
import type { PollState } from '../shared/poller.js';
import { ROLE_TEXT } from './team-panel.js';
import type { Workplace } from './workplaces.js';

const NEXT_THEME: Record<Theme, Theme> = { system: 'light', light: 'dark', dark: 'system' };
const THEME_NAME: Record<Theme, string> = { system: 'as the device', light: 'light', dark: 'dark' };

/** Which event is on the desk, how the server answers, theme and help. Raises `switch-event`, `switch-workspace`, `new-event`, `off-air`, `help`. */
export class TopBar extends LitElement {
  static override properties = { events: { attribute: false }, eventId: { attribute: false }, link: { attribute: false }, me: { attribute: false }, places: { attribute: false }, air: { attribute: false }, theme: { state: true } };
  declare events: readonly EventView[];
  declare eventId: string | undefined;
  declare link: PollState;
  /** Who is signed in. */
  declare me: HostPersonView | undefined;
  /** Where who is signed in works besides. */
  declare places: readonly Workplace[];
  /** Whether the event on the desk may be taken off the air. */
  declare air: boolean;
  private declare theme: Theme;

  static override styles = [controls, css`
    :host { display: flex; flex-wrap: wrap; align-items: center; gap: var(--cc-space-2) var(--cc-space-3); padding: var(--cc-space-2) var(--cc-space-4); background: var(--cc-surface); border-bottom: 1px solid var(--cc-line);
      padding-left: max(var(--cc-space-4), env(safe-area-inset-left)); padding-right: max(var(--cc-space-4), env(safe-area-inset-right)); }
    .brand { display: flex; align-items: center; gap: var(--cc-space-2); font-weight: var(--cc-weight-loud); letter-spacing: -.01em; }
    select { width: auto; max-width: min(320px, 46vw); font-weight: var(--cc-weight-strong); text-overflow: ellipsis; }
    span.place { font-weight: var(--cc-weight-strong); overflow-wrap: anywhere; }
    .link { display: inline-flex; align-items: center; gap: var(--cc-space-2); margin-left: auto; font-size: var(--cc-size-2); color: var(--cc-text-muted); }
    .link::before { content: ''; width: 8px; height: 8px; border-radius: 50%; background: var(--cc-text-muted); }
    .link.live::before { background: var(--cc-good); }
    .link.unreachable, .link.refused { color: var(--cc-bad); } .link.unreachable::before, .link.refused::before { background: var(--cc-bad); }
    @media (max-width: 719px) { .brand span, .new span, .off span { display: none; } .new, .off { width: 44px; padding: 0; } select { flex: 1; min-width: 0; max-width: none; } :host { column-gap: var(--cc-space-2); } .picker { flex: 1; display: flex; min-width: 88px; } .place { flex: 1 1 calc(100% - 37px); } .link { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; } }
    @media (max-width: 359px) { .picker { flex-basis: calc(100% - 37px); } }
  `];

  constructor() {
    super();
    this.events = [];
    this.places = [];
    this.link = { kind: 'starting' };
    this.theme = currentTheme();
  }

  override render() {
    return html`<span class="brand">${mark}<span>Crowdcue</span></span>
      ${this.#place()}
      ${this.events.length === 0 ? '' : html`<label class="picker"><span class="hidden-text">Event on the desk</span><select data-test="event" @change=${(e: Event) => this.#raise('switch-event', (e.target as HTMLSelectElement).value)}>
        ${this.events.map(({ id, name }) => html`<option value=${id} ?selected=${id === this.eventId}>${name}</option>`)}</select></label>`}
      ${this.me?.may.includes('own') ? html`<button class="new" @click=${() => this.#raise('new-event')} aria-label="New event" data-test="new-event">${icons.plus}<span>New event</span></button>` : nothing}
      ${this.air ? html`<button class="off danger" @click=${() => this.#raise('off-air')} aria-label="Off air: take the event off the air" title="Kill switch: take the event off the air" data-test="off-air">${icons.off}<span>Off air</span></button>` : nothing}
      ${this.me === undefined || this.me.role === 'host' ? nothing : html`<span class="small muted" data-test="me">${this.me.name} · ${ROLE_TEXT[this.me.role].name}</span>`}
      ${this.#linkState()}
      <button class="icon quiet" @click=${this.#nextTheme} aria-label="Colours: ${THEME_NAME[this.theme]}. Change" title="Colours: ${THEME_NAME[this.theme]}" data-test="theme">${this.theme === 'dark' ? icons.moon : this.theme === 'light' ? icons.sun : icons.auto}</button>
      <button class="icon quiet" @click=${() => this.#raise('help')} aria-label="Keys and help" title="Keys and help (?)">${icons.help}</button>`;
  }

  /** Which workspace the console is in; the choice of another, where there is one. An installation with one workspace says nothing of it. */
  #place(): TemplateResult | typeof nothing {
    const { me, places } = this;
    if (me === undefined || (places.length < 2 && me.workspace.id === 'own')) return nothing;
    if (places.length < 2) return html`<span class="place small" data-test="workspace-name">${me.workspace.name}</span>`;
    return html`<label class="picker place"><span class="hidden-text">Workspace</span><select data-test="workspace" title="Workspace (W: the next one)" @change=${this.#switchPlace}>
      ${places.map(({ id, name, role }) => html`<option value=${id} .selected=${id === me.workspace.id}>${name} · ${ROLE_TEXT[role].name}</option>`)}</select></label>`;
  }

  /** The choice shows what is on the desk, until the desk is another's. */
  readonly #switchPlace = (e: Event): void => {
    const select = e.target as HTMLSelectElement;
    const place = this.places.find(({ id }) => id === select.value);
    select.value = this.me?.workspace.id ?? '';
    if (place !== undefined) this.dispatchEvent(new CustomEvent<Workplace>('switch-workspace', { detail: place }));
  };

  /** After a switch by the list, so that the keyboard goes on there. */
  focusPlace(): void {
    this.renderRoot.querySelector<HTMLElement>('[data-test=workspace]')?.focus();
  }

  #linkState(): TemplateResult | string {
    if (this.eventId === undefined) return html`<span style="margin-left: auto"></span>`;
    const text = { starting: 'Connecting …', live: 'Live', unreachable: 'No answer', refused: 'Refused' }[this.link.kind];
    return html`<span class="link ${this.link.kind}" data-test="link">${text}</span>`;
  }

  #nextTheme(): void {
    this.theme = NEXT_THEME[this.theme];
    setTheme(this.theme);
  }

  #raise(type: string, detail?: string): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

customElements.define('cc-top-bar', TopBar);
