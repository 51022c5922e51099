/**
 * `<crowdcue-game>`: everything a viewer sees of an event. It holds a session (session-keeper.ts), decides what fills it (stage.ts), shows
 * it (bars.ts, panels.ts, a game's own view and, once there is one, reward-desk.ts and sponsor-view.ts), and turns taps into actions that are answered in the same frame.
 *
 * Attributes: `event` (id or six-letter code), `origin` (the page's own by default), `relay`, `accent`, `lang`, `theme` (`light`, `dark`), `keys` (`off`: no
 * shortcuts, where the page around forbids them; pads are pressed like any button), `muted` (no sound), `for` (id of the video that shows the stream; other players by `attachPlayer`).
 * Events, bubbling out of shadow trees: `crowdcue-unlock` (detail `UnlockView`), `crowdcue-receipt` (detail `ReceiptView`), `crowdcue-delay` (detail
 * `DelayReading`, or null).
 * It imports games and the SDK; nothing of the SDK imports it.
 */
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { designTokens } from '@crowdcue/games/design-tokens';
import { defineRollingNumber, type TapEvent } from '@crowdcue/games/views';
import type { CrowdView } from '@crowdcue/protocol';
import { systemClock } from '../clock.js';
import { connect } from '../connect.js';
import { safeStorage } from '../storage.js';
import type { Player } from '../stream-clock/players.js';
import { awayCover, footerBar, headerBar, noticeBar } from './bars.js';
import { eventCard, NO_CARD, withFallback, type EventCard } from './event-card.js';
import { listenToKeys } from './game-keys.js';
import { Later } from './later.js';
import { OwnTaps } from './own-taps.js';
import type { PanelContext } from './panels.js';
import { PlayerSlot } from './player-slot.js';
import { QuestSlot } from './quest-slot.js';
import type { RewardDesk } from './reward-desk.js';
import { RewardGate } from './reward-gate.js';
import { ScrollReach } from './scroll-reach.js';
import { SessionKeeper } from './session-keeper.js';
import type { GameSession, OpenSession } from './session-port.js';
import { sameStage, stageOf, type Stage } from './stage.js';
import { stageView } from './stage-view.js';
import { elementStyles } from './styles.js';
import { ViewSlot } from './view-slot.js';
import { Voice } from './voice.js';
import { Wardrobe } from './wardrobe.js';
import { WordSlot } from './word-slot.js';

/** How often seconds are looked at, ms: late by no more than an eye notices. */
const LOOK_MS = 100;

export class CrowdcueGame extends LitElement {
  static override properties = {
    origin: {}, event: {}, relay: {}, accent: {}, lang: {}, htmlFor: { attribute: 'for' },
    card: { state: true },
  };
  static override styles = [designTokens, ...elementStyles];

  declare origin: string;
  declare event: string;
  declare relay: string;
  declare accent: string;
  declare lang: string;
  /** Id of the video that shows the stream, in the same tree. */
  declare htmlFor: string | null;
  /** Opens the session; the SDK's `connect` unless a page has its own. Set it before the element is connected. */
  open: OpenSession = connect;
  declare private card: EventCard | undefined;
  #stage: Stage = { kind: 'loading' };
  #looking: ReturnType<typeof setInterval> | undefined;
  #stopKeys: () => void = () => undefined;
  #wardrobe: Wardrobe | undefined;
  readonly #reach = new ScrollReach();
  /** Out of the page nothing is drawn, nor loaded again; whoever comes back is drawn anew. */
  readonly #changed = (): void => {
    if (this.isConnected) this.requestUpdate();
  };
  readonly #words = new WordSlot(this.#changed);
  readonly #slot = new ViewSlot(this.#changed, () => this.#base);
  readonly #players = new PlayerSlot(this, this.#changed, (reading) => this.#tell('crowdcue-delay', reading ?? null));
  readonly #name = new Later(async () => new (await import('./name-desk.js')).NameDesk(this.#changed), this.#changed);
  readonly #fallback = new Later(async () => new (await import('./fallback-view.js')).Fallback(this.#changed), this.#changed);
  readonly #sound = new Later(async () => new (await import('./sound.js')).Sound(this, this.#changed), this.#changed);
  readonly #gate = new RewardGate(this.#changed);
  readonly #voice = new Voice(() => this.renderRoot.querySelector('[aria-live]'), () => this.#words.text);
  readonly #kept = safeStorage(undefined, 'sessionStorage');
  readonly #local = safeStorage(undefined, 'localStorage');
  readonly #quests = new QuestSlot(this.#local, this.#changed, () => this.#keeper.refresh());
  readonly #sponsor = new Later(async () => new (await import('./sponsor-view.js')).SponsorStrip({
    storage: this.#kept, event: () => this.event,
    seen: () => this.#keeper.session?.seen() ?? Promise.reject(new Error('not in')),
  }, this.#changed), this.#changed);
  readonly #taps = new OwnTaps(this.#kept, () => `crowdcue.choice.${this.#keeper.session?.viewer.event ?? ''}`);
  readonly #keeper: SessionKeeper = new SessionKeeper({
    changed: this.#changed,
    confirmed: (handles) => this.#taps.settled(handles),
    refused: (handle) => {
      this.#taps.refused(handle, Object.keys(this.#slot.text?.choices ?? {}).length);
      if (handle.code !== undefined) this.#voice.say((text) => text.refused(handle.code!));
    },
    unlocked: (unlock) => {
      this.#tell('crowdcue-unlock', unlock);
      this.#voice.say((text) => `${text.unlocked}: ${unlock.drops.map(({ name }) => name).join(', ')}`);
    },
    told: (words, receipt) => {
      if (receipt !== undefined) this.#tell('crowdcue-receipt', receipt);
      this.#voice.say(() => words, true);
    },
    fallback: (view) => (this.card = withFallback(this.card ?? NO_CARD, view, this.#base, this.event, this.#local)),
    away: () => {
      this.#voice.say((text) => Object.values(this.#keeper.offline ? text.offline : text.away).join('. '), true);
      // Relays may be out of reach where the origin is not; whoever lost the same one asks in a moment of their own.
      setTimeout(() => this.isConnected && this.#readCard(), systemClock.random() * (1_000 + (this.#state?.viewers ?? 0) / 5));
    },
    back: (again) => {
      if (again) this.#voice.say((text) => text.back, true); // who comes in for the first time hears of the stage
      this.#readCard();
    },
  });

  constructor() {
    super();
    Object.assign(this, { origin: '', event: '', relay: '', accent: '', lang: '', htmlFor: '' });
    defineRollingNumber();
  }

  /** What shows the stream: a video, an hls.js instance, Twitch's player, or `Twitch.ext`. Rounds then come with its picture. */
  attachPlayer(player: Player | undefined): void {
    this.#players.attach(player);
    this.#changed();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#stopKeys = listenToKeys(this, () => (this.#stage.kind === 'live' && this.#openDesk === undefined && this.getAttribute('keys') !== 'off' ? this.#slot.view : undefined));
    this.#looking = setInterval(() => this.#look(), LOOK_MS);
    if (this.hasUpdated && !this.#keeper.started) this.#start();
    this.#changed();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stopKeys();
    clearInterval(this.#looking);
    this.#voice.stop();
    this.#sponsor.part?.stop();
    // Moving the element within the page takes it out for a moment; only one that stays out leaves.
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.#keeper.stop();
      this.#players.stop();
      this.#quests.stop();
    });
  }

  protected override createRenderRoot(): HTMLElement | DocumentFragment {
    const root = super.createRenderRoot() as ShadowRoot;
    this.#wardrobe = new Wardrobe(root);
    return root;
  }

  get #state(): CrowdView | undefined {
    return this.#keeper.session?.state;
  }

  /** Of the element, else of what it stands in, else of the page, else the browser's. */
  get #language(): string {
    return this.lang || this.closest('[lang]')?.getAttribute('lang') || document.documentElement.lang || navigator.language;
  }

  /** The desk whose sheet is to be seen now. */
  get #openDesk(): RewardDesk | undefined {
    return this.#gate.desk(this.#keeper.rewards);
  }

  #start(): void {
    if (!this.isConnected) return this.#keeper.stop(); // begins when it is back in a page
    const origin = this.#base;
    if (this.event === '' || !/^https?:/.test(origin) || !URL.canParse(origin)) return this.#keeper.misused();
    this.#keeper.start(this.open, { origin, event: this.event, ...(this.relay === '' ? {} : { relays: [this.relay] }) });
    this.#readCard();
    return undefined;
  }

  get #base(): string {
    return this.origin === '' ? location.origin : this.origin;
  }

  #readCard(): void {
    const { event } = this;
    void eventCard(this.#base, event, this.#local).then((card) => {
      if (this.event !== event) return;
      this.card = card;
      if (card !== undefined) this.#slot.ahead(card.game);
    });
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('origin') || changed.has('event') || changed.has('relay')) this.#start();
    this.#words.want(this.#language);
    if (changed.has('accent') || changed.has('card')) this.#wardrobe?.paint(this.accent === '' ? (this.card?.accent ?? '') : this.accent);
    const { text } = this.#words;
    if (text === undefined) return;
    const { session, ended, queue } = this.#keeper;
    const state = session?.state;
    this.#players.follow(this.htmlFor, session);
    this.#keeper.rewards.desk?.look(session, text);
    if (session !== undefined && state !== undefined) this.#taps.enter(state.round, session.pending);
    this.#quests.follow(`crowdcue.quests.${this.#base}.${this.event}`, (this.card?.quests ?? 0) > 0, session);
    this.#prepare(session);
    const before = this.#stage.kind;
    this.#stage = stageOf({ state, ended, queue, now: session?.eventTime(), streamNow: session?.streamTime() });
    if (before !== this.#stage.kind) this.#entered();
    if (state !== undefined && this.#stage.kind !== 'idle') this.#slot.want(state.game, this.#language);
    this.#feedView();
    this.#wardrobe?.dress([this.#slot.over.part?.overStyles, this.#keeper.rewards.desk?.styles, this.#sponsor.part?.styles, this.#players.styles, this.#sound.part?.styles, this.#fallback.part?.styles]);
    this.#sound.part?.hear(this.#stage, session?.me);
    this.#voice.follow(this.#stage, state, session?.me, this.#slot.text);
  }

  /** What the event's card asks for is loaded before it is needed. */
  #prepare(session: GameSession | undefined): void {
    if (this.card?.freeNames === true) this.#name.want()?.follow(session);
    const fallback = this.card?.fallback;
    (fallback ? this.#fallback.want() : this.#fallback.part)?.prepare(fallback);
  }

  protected override updated(): void {
    if (this.#stage.kind === 'idle' || this.#slot.view !== undefined) this.#sound.want(); // after the game; without it all goes on in silence
    // What lies under the sheet is not seen.
    this.#sponsor.part?.watch(this.#openDesk === undefined ? this.renderRoot.querySelector('.sponsor') : null);
    this.#reach.watch(this.renderRoot);
  }

  #entered(): void {
    const { kind } = this.#stage;
    this.#gate.entered(kind);
    if (kind !== 'armed' && kind !== 'live') return;
    this.#quests.desk?.shut();
    this.#name.part?.shut();
  }

  /** Counts down between the room's patches. */
  #look(): void {
    const { session } = this.#keeper;
    if (session?.state === undefined || (this.#stage.kind !== 'armed' && this.#stage.kind !== 'live')) return;
    if (!sameStage(this.#stage, stageOf({ state: session.state, ended: undefined, now: session.eventTime(), streamNow: session.streamTime() }))) this.requestUpdate();
  }

  #feedView(): void {
    const { session } = this.#keeper;
    const language = this.#language;
    const state = session?.state;
    const { text } = this.#slot;
    if (state === undefined || text === undefined) return;
    const { numbers, texts, round } = state;
    this.#slot.show({
      round, numbers, texts, text, language, open: this.#stage.kind === 'live' && this.#stage.open,
      me: session?.me?.round === round ? session.me : undefined, chosen: this.#taps.chosen, pending: this.#taps.pending,
    });
  }

  #tell(type: 'crowdcue-unlock' | 'crowdcue-receipt' | 'crowdcue-delay', detail: unknown): void {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }

  readonly #onTap = (event: Event): void => {
    const { choice, counted, value } = event as TapEvent;
    event.stopPropagation();
    const { session } = this.#keeper;
    if (session === undefined) return;
    this.#taps.tap(choice);
    // Where taps are counted they travel together; where one is all, it leaves at once.
    if (counted) session.tap(choice);
    else session.act({ choice, value });
    this.requestUpdate();
  };

  readonly #openSheet = (): void => {
    this.#gate.open(true);
    this.#keeper.rewards.retry();
    this.#focusLater('.shut');
  };

  /** The focus goes along into the sheet, and back to what opened it. */
  #focusLater(selector: string): void {
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>(selector)?.focus());
  }

  #sheet(context: PanelContext, desk: RewardDesk): TemplateResult {
    const close = (): void => {
      this.#gate.open(false);
      this.#focusLater('.gifts');
    };
    return desk.sheet({ ...context, boards: this.#state?.drops, session: this.#keeper.session, close });
  }

  protected override render(): TemplateResult {
    const { text } = this.#words;
    if (text === undefined) return html`<section class="frame" part="frame" data-stage="words"></section>`;
    const context = { text, language: this.#language };
    const { session, rewards, notice, away, offline, captions } = this.#keeper;
    const desk = this.#openDesk;
    const sponsor = this.card?.sponsor;
    const quests = this.#quests.desk;
    const naming = this.card?.freeNames === true ? this.#name.part : undefined;
    const fallback = (status: string): TemplateResult | undefined => this.#fallback.part?.show(text.lang, status);
    const name = session?.me?.name ?? session?.viewer.name ?? '';
    return html`<section class="frame" part="frame" lang=${text.lang} dir=${text.dir ?? 'ltr'} data-stage=${this.#stage.kind} @crowdcue-tap=${this.#onTap}>
      <div class="under" ?inert=${desk !== undefined || quests?.opened === true || naming?.opened === true}>${headerBar(context, this.#stage, this.card?.name ?? '', session?.state)}
      ${noticeBar(context, notice)}
      <div class="hall"><main part="stage" ?inert=${away}>${stageView(context, { stage: this.#stage, session, slot: this.#slot, offer: this.#gate.calm ? this.#players.offer(context.language) : undefined, again: () => this.#start(), fallback })}</main>${away ? awayCover(offline ? text.offline : text.away, fallback(offline ? text.offline.title : text.notices.reconnecting)) : nothing}</div>
      ${captions === undefined ? nothing : html`<crowdcue-captions exportparts="captions" .session=${session} .posted=${captions} .language=${context.language}></crowdcue-captions>`}
      ${sponsor === undefined ? nothing : this.#sponsor.want()?.show(sponsor, text)}
      ${footerBar(context, naming?.button(name, text.lang) ?? html`<span class="name" dir="auto">${name}</span>`, rewards, this.#openSheet, [session && this.#sound.part?.button(text.lang), quests?.button(text.lang)])}</div>
      ${quests?.sheet(text.lang)}${naming?.sheet(text.lang)}
      ${desk === undefined ? nothing : this.#sheet(context, desk)}
      <p class="said" aria-live="polite"></p>
    </section>`;
  }
}
