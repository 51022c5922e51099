/**
 * The broadcast desk of one event: what stands around the panels (`desk-panels.ts`), which turn what they raise into commands
 * (`desk-commands.ts`), and what a screen reader and the keyboard get of it.
 */
import type { EventOverview, EventView } from '@crowdcue/protocol';
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { controls } from '../shared/controls.js';
import { explain } from '../shared/explain.js';
import { setAccent } from '../shared/page.js';
import type { PollState } from '../shared/poller.js';
import type { CuePanel } from './cue-panel.js';
import { DeskCommands } from './desk-commands.js';
import { deskPanels } from './desk-panels.js';
import { deskStyles } from './desk-styles.js';
import type { DeskStore } from './desk-store.js';
import './dialogs.js';
import type { DropTools } from './drop-panel.js';
import './event-dialog.js';
import './help-dialog.js';
import type { HelpDialog } from './help-dialog.js';
import { linkNews, roundNews } from './narration.js';
import type { SetupDesk } from './setup-panel.js';
import { shortcutOf } from './shortcuts.js';
import { ROLE_TEXT } from './team-panel.js';
import './toasts.js';
import './top-bar.js';
import type { TopBar } from './top-bar.js';
import { placeAfter, type Workplace } from './workplaces.js';

export class Desk extends LitElement {
  static override properties = { store: { attribute: false }, places: { attribute: false }, enter: { attribute: false }, busy: { state: true }, news: { state: true } };
  declare store: DeskStore;
  declare places: readonly Workplace[];
  /** Puts another workspace on the desk: this one is gone then. */
  declare enter: (place: Workplace, by: 'list' | 'key') => Promise<void>;
  private declare busy: boolean;
  private declare news: string;
  #seen: EventOverview | undefined;
  #seenLink: PollState = { kind: 'starting' };
  readonly #commands = this.#commandsOf();

  static override styles = [controls, deskStyles];

  constructor() {
    super();
    this.busy = false;
    this.news = '';
    this.places = [];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.store.addEventListener('change', this.#changed);
    window.addEventListener('keydown', this.#keydown);
    window.addEventListener('online', this.#online);
    this.#changed();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.store.removeEventListener('change', this.#changed);
    window.removeEventListener('keydown', this.#keydown);
    window.removeEventListener('online', this.#online);
    setAccent(undefined);
  }

  readonly #online = (): void => this.store.refresh();

  readonly #changed = (): void => {
    const { overview, link, event } = this.store;
    setAccent(event?.accent);
    const title = this.store.games.find(({ id }) => id === overview?.game)?.title ?? '';
    const sameEvent = this.#seen?.event.id === overview?.event.id;
    const news = linkNews(this.#seenLink, link) ?? (overview && sameEvent ? roundNews(this.#seen, overview, title) : undefined);
    if (news !== undefined) this.news = news;
    this.#seen = overview;
    this.#seenLink = link;
    document.title = event === undefined ? 'Host console · Crowdcue' : `${overview?.phase === 'live' ? '● ' : ''}${event.name} · Crowdcue`;
    this.requestUpdate();
  };

  readonly #keydown = (e: KeyboardEvent): void => {
    switch (shortcutOf(e)) {
      case 'cue': return this.#part<CuePanel>('cc-cue')?.cue();
      case 'stop': return void this.#commands.stop();
      case 'workspace': return this.#switch(placeAfter(this.places, this.store.me?.workspace.id), 'key');
      case 'help': return this.#part<HelpDialog>('cc-help')?.open();
      case undefined: return undefined;
    }
  };

  #switch(place: Workplace | undefined, by: 'list' | 'key'): void {
    if (!this.busy && place !== undefined && place.id !== this.store.me?.workspace.id) void this.#commands.run(() => this.enter(place, by));
  }

  /** Another workspace is on the desk since a moment: a screen reader hears which, the keyboard goes on where it was. */
  arrive(by: 'list' | 'key'): void {
    const { me } = this.store;
    this.news = me === undefined ? '' : `Workspace ${me.workspace.name}. You are here as ${ROLE_TEXT[me.role].name}.`;
    void this.#part<TopBar>('cc-top-bar')?.updateComplete.then(() => (by === 'list' ? this.#part<TopBar>('cc-top-bar')?.focusPlace() : this.#part<HTMLElement>('h1')?.focus()));
  }

  #commandsOf(): DeskCommands {
    const store = (): DeskStore => this.store;
    return new DeskCommands({
      get store() { return store(); },
      part: (tag) => this.#part(tag),
      busy: (on) => { this.busy = on; },
    });
  }

  #part<T extends Element>(tag: string): T | null {
    return this.renderRoot.querySelector<T>(tag);
  }

  override render() {
    const { store } = this;
    const commands = this.#commands;
    return html`
      <cc-top-bar .events=${store.events} .eventId=${store.eventId} .link=${store.link} .me=${store.me} .places=${this.places} .air=${this.#mayStop()}
        @off-air=${() => commands.offAir()} @switch-workspace=${(e: CustomEvent<Workplace>) => this.#switch(e.detail, 'list')}
        @switch-event=${(e: CustomEvent<string>) => store.show(e.detail)} @new-event=${() => commands.newEvent()} @help=${() => this.#part<HelpDialog>('cc-help')?.open()}></cc-top-bar>
      ${this.#banner()}${this.#offBanner()}
      ${store.eventId === undefined ? this.#first() : deskPanels({ store, commands, busy: this.busy, setup: store.event && this.#setup(store.event), drops: store.event && this.#dropTools(store.event) })}
      <p class="hidden-text" aria-live="polite" data-test="news">${this.news}</p>
      <cc-toasts></cc-toasts><cc-confirm></cc-confirm><cc-event-dialog></cc-event-dialog><cc-help></cc-help>`;
  }

  #banner(): TemplateResult | typeof nothing {
    const { link } = this.store;
    if (link.kind !== 'unreachable' && link.kind !== 'refused') return nothing;
    const text = link.kind === 'refused' ? explain(link.error)
      : 'The server does not answer; the desk keeps trying. What is on air goes on where it can, and the figures below are from before.';
    return html`<div class="banner" data-test="offline"><span>${text} <span class="code">${link.error.code}</span></span>
      ${link.kind === 'unreachable' ? html`<button class="small" @click=${() => this.store.refresh()}>Try now</button>` : nothing}</div>`;
  }

  /** Also while only half of it is done: joins are shut, and the room was out of reach. */
  #mayStop(): boolean {
    const { event, overview } = this.store;
    const off = event?.off === true && (overview === undefined || overview.phase === 'off');
    return this.store.may('own') && event !== undefined && event.endedAt === undefined && !off;
  }

  #offBanner(): TemplateResult | typeof nothing {
    const { event } = this.store;
    if (event?.endedAt !== undefined) return html`<div class="banner" data-test="ended"><span>This event is over for good.</span></div>`;
    if (event?.off !== true) return nothing;
    return html`<div class="banner" role="status" data-test="off-banner"><span>Off the air: viewers see that the show is back soon, nobody new comes in, no round starts.</span>
      ${this.store.may('own') ? html`<button class="small" ?disabled=${this.busy} @click=${() => this.#commands.onAir()} data-test="on-air">Back on air</button>
        <button class="small" ?disabled=${this.busy} @click=${() => this.#commands.end()}>End event …</button>` : nothing}</div>`;
  }

  #first(): TemplateResult {
    if (!this.store.may('own')) return html`<main class="first"><h1>No event yet</h1><p class="muted">The host has made no event. It appears here when you reload.</p></main>`;
    return html`<main class="first"><h1>Your first event</h1>
      <p class="muted">An event is one show: its join code, its rounds, its drops. Give it a name, add a drop if something can be won, and you are ready to cue.</p>
      <button class="primary" @click=${() => this.#commands.newEvent()} data-test="first-event">Create an event</button></main>`;
  }

  /** What the parts of the drops, which are loaded when they are opened, get of the desk. */
  #dropTools(event: EventView): DropTools {
    const { store } = this;
    const { ask, tell } = this.#commands;
    return { api: store.api, event, now: event.createdAt + store.eventNow(), may: (what) => store.may(what), ask, tell, refresh: () => store.refresh() };
  }

  /** What the panels of the set-up, which are loaded when they are opened, get of the desk. */
  #setup(event: EventView): SetupDesk {
    const { store } = this;
    const { ask, tell } = this.#commands;
    return {
      api: store.api, event, events: store.events, games: store.games, me: store.me, mayOwn: store.may('own'), places: this.places, ended: event.endedAt !== undefined,
      ask, tell,
      refresh: () => store.refresh(),
      enter: (place) => this.#switch(place, 'list'),
      addDrop: (unlockedBy) => this.#commands.addDrop(unlockedBy),
      lookAround: () => void this.dispatchEvent(new Event('places-changed')),
    };
  }
}

customElements.define('cc-desk', Desk);
