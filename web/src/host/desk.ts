/**
 * The broadcast desk of one event: lays out the panels and turns what they raise into the store's commands. Every command has
 * an answer on the screen: what changed shows by itself, what failed is a toast with its code.
 */
import type { EventOverview, EventView, HostViewer, MemberView } from '@crowdcue/protocol';
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { asApiError } from '../shared/api.js';
import { controls } from '../shared/controls.js';
import { explain } from '../shared/explain.js';
import { setAccent } from '../shared/page.js';
import type { PollState } from '../shared/poller.js';
import './audit-panel.js';
import './cue-panel.js';
import type { CuePanel } from './cue-panel.js';
import { deskStyles } from './desk-styles.js';
import type { DeskStore } from './desk-store.js';
import './dialogs.js';
import type { ConfirmDialog } from './dialogs.js';
import type { DropTools } from './drop-panel.js';
import './drops-panel.js';
import './event-dialog.js';
import type { EventDialog } from './event-dialog.js';
import './help-dialog.js';
import type { HelpDialog } from './help-dialog.js';
import type { CueDraft, KeyKind, PackagerDraft } from './host-api.js';
import './join-card.js';
import { linkNews, roundNews } from './narration.js';
import './on-air-panel.js';
import './pictures-panel.js';
import './plan-panel.js';
import type { PlanCommand } from './plan-panel.js';
import './pulse-panel.js';
import './rehearsal-card.js';
import './relays-panel.js';
import './rounds-panel.js';
import './stream-card.js';
import type { StreamCard } from './stream-card.js';
import { shortcutOf } from './shortcuts.js';
import './team-panel.js';
import type { TeamPanel } from './team-panel.js';
import './toasts.js';
import type { Toasts } from './toasts.js';
import './top-bar.js';
import './viewers-panel.js';
import type { ViewersPanel } from './viewers-panel.js';

const UNDO_MS = 10_000;

export class Desk extends LitElement {
  static override properties = { store: { attribute: false }, busy: { state: true }, news: { state: true } };
  declare store: DeskStore;
  private declare busy: boolean;
  private declare news: string;
  #seen: EventOverview | undefined;
  #seenLink: PollState = { kind: 'starting' };

  static override styles = [controls, deskStyles];

  constructor() {
    super();
    this.busy = false;
    this.news = '';
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
      case 'stop': return void this.#stop();
      case 'help': return this.#part<HelpDialog>('cc-help')?.open();
      case undefined: return undefined;
    }
  };

  #part<T extends Element>(tag: string): T | null {
    return this.renderRoot.querySelector<T>(tag);
  }

  override render() {
    const { store } = this;
    return html`
      <cc-top-bar .events=${store.events} .eventId=${store.eventId} .link=${store.link} .me=${store.me} .air=${this.#mayStop()}
        @off-air=${this.#offAir}
        @switch-event=${(e: CustomEvent<string>) => store.show(e.detail)} @new-event=${this.#newEvent} @help=${() => this.#part<HelpDialog>('cc-help')?.open()}></cc-top-bar>
      ${this.#banner()}${this.#offBanner()}
      ${store.eventId === undefined ? this.#first() : this.#panels()}
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
      ${this.store.may('own') ? html`<button class="small" ?disabled=${this.busy} @click=${() => this.#command(() => this.store.air('on'))} data-test="on-air">Back on air</button>
        <button class="small" ?disabled=${this.busy} @click=${this.#end}>End event …</button>` : nothing}</div>`;
  }

  #first(): TemplateResult {
    if (!this.store.may('own')) return html`<main class="first"><h1>No event yet</h1><p class="muted">The host has made no event. It appears here when you reload.</p></main>`;
    return html`<main class="first"><h1>Your first event</h1>
      <p class="muted">An event is one show: its join code, its rounds, its drops. Give it a name, add a drop if something can be won, and you are ready to cue.</p>
      <button class="primary" @click=${this.#newEvent} data-test="first-event">Create an event</button></main>`;
  }

  #panels(): TemplateResult {
    const { store } = this;
    const { overview, event, games } = store;
    const game = games.find(({ id }) => id === overview?.game);
    return html`<main class="desk ${store.link.kind === 'unreachable' ? 'stale' : ''} ${store.may('show') ? '' : 'watching'}">
      <h1 class="hidden-text">${event?.name}</h1>
      <cc-on-air .overview=${overview} .game=${game} .eventNow=${() => store.eventNow()} ?busy=${this.busy} ?watching=${!store.may('show')} @stop-round=${this.#stop} @settle-round=${this.#settle}></cc-on-air>
      ${store.may('show') ? html`<cc-cue .games=${games} .overview=${overview} ?reachable=${store.link.kind === 'live'} ?busy=${this.busy} @cue=${this.#cue}></cc-cue>` : nothing}
      <cc-pulse .overview=${overview} .pulses=${store.pulses}></cc-pulse>
      <div class="side">
        ${event === undefined ? nothing : html`<cc-join-card .event=${event}></cc-join-card>`}
        ${event?.plan === undefined ? nothing : html`<cc-plan .plan=${event.plan} .games=${games} .now=${() => event.createdAt + store.eventNow()} ?busy=${this.busy} .may=${store.me?.may ?? []} @plan=${this.#plan}></cc-plan>`}
        ${store.may('own') ? html`<cc-stream-card .eventId=${store.eventId} .overview=${overview} .load=${() => store.api.keys(store.eventId ?? '')} @revoke-key=${(e: CustomEvent<KeyKind>) => this.#revokeKey(e.detail)}></cc-stream-card>` : nothing}
        <cc-drops ?fixed=${!store.may('own')} .drops=${overview?.drops ?? []} .tools=${event === undefined ? undefined : this.#dropTools(event)} @add-drop=${this.#addDrop}></cc-drops>
        <cc-viewers .eventId=${store.eventId} .find=${(query: string) => store.api.viewers(store.eventId ?? '', query)}
          @ban=${(e: CustomEvent<HostViewer>) => this.#ban(e.detail)} @unban=${(e: CustomEvent<HostViewer>) => this.#unban(e.detail)}
          @hold=${(e: CustomEvent<HostViewer>) => this.#hold(e.detail, true)} @approve=${(e: CustomEvent<HostViewer>) => this.#hold(e.detail, false)}></cc-viewers>
        ${store.may('show') ? html`<cc-pictures .overview=${overview} .eventNow=${() => store.eventNow()} ?busy=${this.busy} @flash=${() => this.#command(() => store.flash(true))}
          @end-flashes=${() => this.#command(() => store.flash(false))} @calibrate=${(e: CustomEvent<PackagerDraft>) => this.#command(() => store.calibrate(e.detail))}></cc-pictures>` : nothing}
        ${event === undefined || !store.may('own') ? nothing : html`<cc-rehearsal .event=${event} .prepare=${() => store.rehearse()} @show-event=${(e: CustomEvent<string>) => store.show(e.detail)}></cc-rehearsal>`}
        <cc-relays .relays=${overview?.relays ?? []}></cc-relays>
        ${store.may('own') ? html`<cc-team .api=${store.api} @ask-revoke=${(e: CustomEvent<MemberView>) => this.#revoke(e.detail)}></cc-team><cc-audit .api=${store.api}></cc-audit>` : nothing}
      </div>
      <cc-rounds .rounds=${overview?.rounds ?? []} .games=${games}></cc-rounds>
    </main>`;
  }

  /** What the parts of the drops, which are loaded when they are opened, get of the desk. */
  #dropTools(event: EventView): DropTools {
    const { store } = this;
    return {
      api: store.api, event, now: event.createdAt + store.eventNow(), may: (what) => store.may(what),
      ask: async (question) => (await this.#part<ConfirmDialog>('cc-confirm')?.ask(question)) === true,
      tell: (toast) => this.#part<Toasts>('cc-toasts')?.show(toast),
      refresh: () => store.refresh(),
    };
  }

  /** Runs a command; a failure is said, with its code. Resolves whether it worked. */
  async #command(run: () => Promise<unknown>): Promise<boolean> {
    this.busy = true;
    try {
      await run();
      return true;
    } catch (thrown) {
      const error = asApiError(thrown);
      this.#part<Toasts>('cc-toasts')?.show({ text: explain(error), tone: 'bad', code: error.code });
      return false;
    } finally {
      this.busy = false;
    }
  }

  #cue(e: CustomEvent<CueDraft>): void {
    void this.#command(() => this.store.cue(e.detail));
  }

  #plan(e: CustomEvent<PlanCommand>): void {
    const { detail } = e;
    void this.#command(() => ('auto' in detail ? this.store.planAuto(detail.auto) : this.store.planned(detail.cue, detail.verb)));
  }

  async #stop(): Promise<void> {
    const phase = this.store.overview?.phase;
    if ((phase !== 'armed' && phase !== 'live') || !this.store.may('show')) return;
    const yes = await this.#part<ConfirmDialog>('cc-confirm')?.ask({ title: 'Stop the round now?', text: 'It ends for everybody with the result as it stands. This cannot be undone.', yes: 'Stop round' });
    if (yes === true) await this.#command(() => this.store.stop());
  }

  async #settle(e: CustomEvent<{ outcome: number; name: string }>): Promise<void> {
    const { outcome, name } = e.detail;
    const yes = await this.#part<ConfirmDialog>('cc-confirm')?.ask({ title: `“${name}” it was?`, text: 'All stakes go to those who bet on it. This cannot be undone.', yes: 'Settle' });
    if (yes === true) await this.#command(() => this.store.settle(outcome));
  }

  #newEvent(): void {
    this.#part<EventDialog>('cc-event-dialog')?.openEvent((draft) => this.store.create(draft), () => this.store.api.templates());
  }

  #addDrop(): void {
    this.#part<EventDialog>('cc-event-dialog')?.openDrop((draft) => this.store.addDrop(draft));
  }

  async #revokeKey(kind: KeyKind): Promise<void> {
    const text = kind === 'overlay' ? 'Overlays that are open go blank at once, and need the new address.' : 'Whoever sends captions needs the new key.';
    const yes = await this.#part<ConfirmDialog>('cc-confirm')?.ask({ title: kind === 'overlay' ? 'Replace the overlay’s address?' : 'Replace the caption key?', text, yes: 'Replace' });
    if (yes !== true || !(await this.#command(() => this.store.revokeKey(kind)))) return;
    await this.#part<StreamCard>('cc-stream-card')?.refresh();
    this.#part<Toasts>('cc-toasts')?.show({ text: kind === 'overlay' ? 'The overlay has a new address.' : 'There is a new caption key.', tone: 'info' });
  }

  async #offAir(): Promise<void> {
    const yes = await this.#part<ConfirmDialog>('cc-confirm')?.ask({ title: 'Take the event off the air?', text: 'The round on air is gone, without winners. Viewers see that the show is back soon, and nobody new comes in, until you put it back.', yes: 'Off air' });
    if (yes === true) await this.#command(() => this.store.air('off'));
  }

  async #end(): Promise<void> {
    const yes = await this.#part<ConfirmDialog>('cc-confirm')?.ask({ title: 'End the event for good?', text: 'Everybody is sent away, and nobody comes in any more. This cannot be undone.', yes: 'End event' });
    if (yes === true) await this.#command(() => this.store.air('end'));
  }

  async #revoke({ id, name }: MemberView): Promise<void> {
    const yes = await this.#part<ConfirmDialog>('cc-confirm')?.ask({ title: `Revoke ${name}?`, text: 'They are signed out at once, on every device. To come back they need a new invitation.', yes: 'Revoke' });
    if (yes !== true || !(await this.#command(() => this.store.revoke(id)))) return;
    await this.#part<TeamPanel>('cc-team')?.refresh();
  }

  async #hold(viewer: HostViewer, held: boolean): Promise<void> {
    if (!(await this.#command(() => this.store.hold(viewer.viewer, held)))) return;
    this.#part<ViewersPanel>('cc-viewers')?.refresh();
    this.#part<Toasts>('cc-toasts')?.show({
      text: held ? `Others see a placeholder instead of ${viewer.name}.` : `${viewer.name} is shown again.`, tone: 'info', ms: UNDO_MS, action: { label: 'Undo', run: () => void this.#hold(viewer, !held) },
    });
  }

  async #ban(viewer: HostViewer): Promise<void> {
    const yes = await this.#part<ConfirmDialog>('cc-confirm')?.ask({ title: `Ban ${viewer.name}?`, text: 'The viewer is sent away at once, on every device, and cannot come back into this event.', yes: 'Ban viewer' });
    if (yes !== true || !(await this.#command(() => this.store.ban(viewer.viewer)))) return;
    this.#part<ViewersPanel>('cc-viewers')?.refresh();
    this.#part<Toasts>('cc-toasts')?.show({ text: `${viewer.name} is banned.`, tone: 'info', ms: UNDO_MS, action: { label: 'Undo', run: () => void this.#unban(viewer) } });
  }

  async #unban(viewer: HostViewer): Promise<void> {
    if (!(await this.#command(() => this.store.unban(viewer.viewer)))) return;
    this.#part<ViewersPanel>('cc-viewers')?.refresh();
    this.#part<Toasts>('cc-toasts')?.show({ text: `${viewer.name} may come back.`, tone: 'info' });
  }
}

customElements.define('cc-desk', Desk);
