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
import { connect } from '../connect.js';
import { safeStorage } from '../storage.js';
import type { Player } from '../stream-clock/players.js';
import { Announcer } from './announcer.js';
import { awayCover, footerBar, headerBar, noticeBar } from './bars.js';
import type { ElementText } from './element-text.js';
import { eventCard, NO_CARD, withFallback, type EventCard } from './event-card.js';
import { listenToKeys } from './game-keys.js';
import { Later } from './later.js';
import { OwnTaps } from './own-taps.js';
import type { PanelContext } from './panels.js';
import type { RewardDesk } from './reward-desk.js';
import { SessionKeeper } from './session-keeper.js';
import type { GameSession, OpenSession } from './session-port.js';
import { speechOf } from './speech.js';
import { sameStage, stageOf, type Stage } from './stage.js';
import { stageView } from './stage-view.js';
import { elementStyles } from './styles.js';
import { ViewSlot } from './view-slot.js';
import { WordSlot } from './word-slot.js';

/** How often seconds are looked at, ms: late by no more than an eye notices. */
const LOOK_MS = 100;
const SPOKEN_BY_GAMES: ReadonlySet<Stage['kind']> = new Set(['armed', 'live', 'over']);
/** ms that an outcome stands before rewards come over it. */
const OUTCOME_MS = 2_000;

export class CrowdcueGame extends LitElement {
  static override properties = {
    origin: {}, event: {}, relay: {}, accent: {}, lang: {}, htmlFor: { attribute: 'for' },
    card: { state: true }, opened: { state: true }, settled: { state: true },
  };
  static override styles = [designTokens, ...elementStyles];

  declare origin: string;
  declare event: string;
  declare relay: string;
  declare accent: string;
  declare lang: string;
  /** Id of the video that shows the stream, in the same tree. */
  declare htmlFor: string;
  /** Opens the session; the SDK's `connect` unless a page has its own. Set it before the element is connected. */
  open: OpenSession = connect;
  declare private card: EventCard | undefined;
  /** The viewer opened the rewards. */
  declare private opened: boolean;
  /** The stage has stood long enough for rewards to come over it. */
  declare private settled: boolean;
  #stage: Stage = { kind: 'loading' };
  /** The stage that was last said. */
  #heard: Stage['kind'] = 'loading';
  #looking: ReturnType<typeof setInterval> | undefined;
  #settling: ReturnType<typeof setTimeout> | undefined;
  #stopKeys: () => void = () => undefined;
  #panel: Element | null = null;
  readonly #fit = new ResizeObserver(([entry]) => {
    const main = entry?.target.parentElement;
    if (main?.localName === 'main' && main.scrollHeight > main.clientHeight + 1) main.tabIndex = 0;
    else main?.removeAttribute('tabindex');
  });
  readonly #paint = new CSSStyleSheet();
  readonly #changed = (): void => this.requestUpdate();
  readonly #words = new WordSlot(this.#changed);
  readonly #slot = new ViewSlot(this.#changed, () => this.#base);
  readonly #quests = new Later(async () => new (await import('./quest-desk.js')).Quests(this.#changed, () => this.#keeper.refresh()), this.#changed);
  readonly #name = new Later(async () => new (await import('./name-desk.js')).NameDesk(this.#changed), this.#changed);
  readonly #fallback = new Later(async () => new (await import('./fallback-view.js')).Fallback(this.#changed), this.#changed);
  #player: Player | undefined;
  readonly #clock = new Later(async () => new (await import('./clock-desk.js')).ClockDesk({
    player: () => this.#player, changed: this.#changed, told: (reading) => this.#tell('crowdcue-delay', reading ?? null),
  }), this.#changed);
  readonly #sound = new Later(async () => new (await import('./sound.js')).Sound(this, this.#changed), this.#changed);
  readonly #announcer = new Announcer((text) => {
    const live = this.renderRoot.querySelector('[aria-live]');
    if (live !== null) live.textContent = text;
  });
  readonly #kept = safeStorage(undefined, 'sessionStorage');
  readonly #local = safeStorage(undefined, 'localStorage');
  readonly #sponsor = new Later(async () => new (await import('./sponsor-view.js')).SponsorStrip({
    storage: this.#kept, event: () => this.event,
    seen: () => this.#keeper.session?.seen('element') ?? Promise.reject(new Error('not in')),
  }, this.#changed), this.#changed);
  readonly #taps = new OwnTaps(this.#kept, () => `crowdcue.choice.${this.#keeper.session?.viewer.event ?? ''}`);
  readonly #keeper: SessionKeeper = new SessionKeeper({
    changed: this.#changed,
    confirmed: (handles) => this.#taps.settled(handles),
    refused: (handle) => {
      this.#taps.refused(handle, Object.keys(this.#slot.text?.choices ?? {}).length);
      if (handle.code !== undefined) this.#say((text) => text.refused(handle.code!));
    },
    unlocked: (unlock) => {
      this.#tell('crowdcue-unlock', unlock);
      this.#say((text) => `${text.unlocked}: ${unlock.drops.map(({ name }) => name).join(', ')}`);
    },
    granted: (receipt) => {
      this.#tell('crowdcue-receipt', receipt);
      this.#say((text) => `${text.yours}. ${text.serial(receipt.serial ?? 0, receipt.supply)}`, true);
    },
    fallback: (view) => (this.card = withFallback(this.card ?? NO_CARD, view, this.#base, this.event, this.#local)),
    away: (on) => {
      this.#say((text) => (on ? Object.values(this.#keeper.offline ? text.offline : text.away).join('. ') : text.back), true);
      this.#readCard(); // relays may be out of reach where the origin is not
    },
  });

  constructor() {
    super();
    Object.assign(this, { origin: '', event: '', relay: '', accent: '', lang: '', htmlFor: '', opened: false, settled: true });
    defineRollingNumber();
  }

  /** What shows the stream: a video, an hls.js instance, Twitch's player, or `Twitch.ext`. Rounds then come with its picture. */
  attachPlayer(player: Player | undefined): void {
    this.#player = player;
    this.#clock.part?.attach(player);
    this.requestUpdate();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#stopKeys = listenToKeys(this, () => (this.#stage.kind === 'live' && this.#openDesk === undefined && this.getAttribute('keys') !== 'off' ? this.#slot.view : undefined));
    this.#looking = setInterval(() => this.#look(), LOOK_MS);
    if (this.hasUpdated && !this.#keeper.started) this.#start();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stopKeys();
    clearInterval(this.#looking);
    clearTimeout(this.#settling);
    this.#announcer.stop();
    this.#sponsor.part?.stop();
    // Moving the element within the page takes it out for a moment; only one that stays out leaves.
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.#keeper.stop();
      this.#clock.part?.follow(undefined);
    });
  }

  protected override createRenderRoot(): HTMLElement | DocumentFragment {
    const root = super.createRenderRoot() as ShadowRoot;
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, this.#paint];
    return root;
  }

  get #state(): CrowdView | undefined {
    return this.#keeper.session?.state;
  }

  /** Of the element, else of what it stands in, else of the page, else the browser's. */
  get #language(): string {
    return this.lang || this.closest('[lang]')?.getAttribute('lang') || document.documentElement.lang || navigator.language;
  }

  #say(words: (text: ElementText) => string, urgent = false): void {
    if (this.#words.text !== undefined) this.#announcer.announce(words(this.#words.text), urgent);
  }

  /** The desk whose sheet is to be seen now. */
  get #openDesk(): RewardDesk | undefined {
    const { desk, list } = this.#keeper.rewards;
    const calm = this.#stage.kind === 'idle' || this.#stage.kind === 'over';
    return list.length > 0 && (this.opened || (desk?.rewards.wanted === true && calm && this.settled)) ? desk : undefined;
  }

  #start(): void {
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
      if (this.event === event) this.card = card;
    });
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('origin') || changed.has('event') || changed.has('relay')) this.#start();
    this.#words.want(this.#language);
    this.#paintIn(changed);
    const { text } = this.#words;
    if (text === undefined) return;
    const { session, ended, queue } = this.#keeper;
    const state = session?.state;
    this.#follow();
    if (session !== undefined && state !== undefined) this.#taps.enter(state.round, session.pending);
    this.#followQuests(session);
    const before = this.#stage.kind;
    this.#stage = stageOf({ state, ended, queue, now: session?.eventTime(), streamNow: session?.streamTime() });
    if (before !== this.#stage.kind) this.#entered();
    if (state !== undefined && this.#stage.kind !== 'idle') this.#slot.want(state.game, this.#language);
    this.#feedView();
    this.#dress();
    this.#sound.part?.hear(this.#stage, session?.me);
    const speech = speechOf({ stage: this.#stage, before: this.#heard, state, me: session?.me, game: this.#slot.text, text });
    if (speech !== undefined) this.#announcer.announce(speech.said, speech.urgent);
    // What a game has to say of a stage waits for its words.
    if (this.#slot.text !== undefined || !SPOKEN_BY_GAMES.has(this.#stage.kind)) this.#heard = this.#stage.kind;
  }

  #paintIn(changed: PropertyValues): void {
    const accent = this.accent === '' ? (this.card?.accent ?? '') : this.accent;
    if (changed.has('accent') || changed.has('card')) this.#paint.replaceSync(CSS.supports('color', accent) ? `:host{--cc-accent:${accent}}` : '');
  }

  #follow(): void {
    const named = this.htmlFor === '' || this.#player !== undefined ? null : (this.getRootNode() as Document).getElementById(this.htmlFor);
    if (named !== null) this.attachPlayer(named as HTMLVideoElement);
    const { session } = this.#keeper;
    if (session !== undefined && (this.#player !== undefined || (session.state?.flashFrom ?? 0) > 0)) this.#clock.want();
    this.#clock.part?.follow(session);
  }

  /** Quests are there when the event has some, or when this device remembers some of it. */
  #followQuests(session: GameSession | undefined): void {
    const item = `crowdcue.quests.${this.#base}.${this.event}`;
    if (this.#quests.part !== undefined || (this.card?.quests ?? 0) > 0 || this.#local.getItem(item) !== null) this.#quests.want()?.follow(item, session);
  }

  /** Styles of what is loaded later come with it, and are there before it shows. */
  #dress(): void {
    const root = this.renderRoot as ShadowRoot;
    for (const sheet of [this.#slot.over.part?.overStyles.styleSheet, this.#keeper.rewards.desk?.styles.styleSheet, this.#sponsor.part?.styles.styleSheet, this.#clock.part?.styles.styleSheet, this.#sound.part?.styles.styleSheet, this.#fallback.part?.styles.styleSheet]) {
      if (sheet !== undefined && !root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    }
  }

  /** After the first picture; without it all goes on in silence. */
  protected override firstUpdated(): void {
    this.#sound.want();
  }

  protected override updated(): void {
    // What lies under the sheet is not seen.
    this.#sponsor.part?.watch(this.#openDesk === undefined ? this.renderRoot.querySelector('.sponsor') : null);
    // What has to be scrolled must be reached by keyboard, where nothing in it can be.
    const panel = this.renderRoot.querySelector('main > .panel');
    if (panel === this.#panel) return;
    this.#panel = panel;
    this.#fit.disconnect();
    if (panel === null) this.renderRoot.querySelector('main')?.removeAttribute('tabindex'); // the keys are the game's
    else this.#fit.observe(panel);
  }

  #entered(): void {
    clearTimeout(this.#settling);
    const { kind } = this.#stage;
    this.opened &&= kind !== 'armed' && kind !== 'live';
    if (kind === 'off') this.#readCard();
    if (kind === 'armed' || kind === 'live') {
      this.#quests.part?.desk?.shut();
      this.#name.part?.shut();
    }
    this.settled = kind !== 'over';
    if (!this.settled) this.#settling = setTimeout(() => (this.settled = true), OUTCOME_MS);
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
    this.opened = true;
    this.#keeper.rewards.retry();
    this.#focusLater('.shut');
  };

  /** The focus goes along into the sheet, and back to what opened it. */
  #focusLater(selector: string): void {
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>(selector)?.focus());
  }

  /** The card that asks for taps on flashes, where it interrupts nothing. */
  #offer({ language }: PanelContext): TemplateResult | undefined {
    const calm = this.#stage.kind === 'idle' || (this.#stage.kind === 'over' && this.settled);
    return calm ? this.#clock.part?.offer(language) : undefined;
  }

  #sheet(context: PanelContext, desk: RewardDesk): TemplateResult {
    const close = (): void => {
      this.opened = false;
      this.requestUpdate();
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
    const quests = this.#quests.part?.desk;
    const naming = this.card?.freeNames === true ? this.#name.want()?.follow(session) : undefined;
    const shown = this.#fallback.part?.ready(this.card?.fallback);
    if (this.card?.fallback) this.#fallback.want();
    const fallback = (status: string): TemplateResult | undefined => (shown && this.#fallback.part?.show(shown, text.lang, status));
    const name = session?.me?.name ?? session?.viewer.name ?? '';
    return html`<section class="frame" part="frame" lang=${text.lang} dir=${text.dir ?? 'ltr'} data-stage=${this.#stage.kind} @crowdcue-tap=${this.#onTap}>
      <div class="under" ?inert=${desk !== undefined || quests?.opened === true || naming?.opened === true}>${headerBar(context, this.#stage, this.card?.name ?? '', session?.state)}
      ${noticeBar(context, notice)}
      <div class="hall"><main part="stage" ?inert=${away}>${stageView(context, { stage: this.#stage, session, slot: this.#slot, offer: this.#offer(context), again: () => this.#start(), fallback })}</main>${away ? awayCover(offline ? text.offline : text.away, fallback(offline ? text.offline.title : text.notices.reconnecting)) : nothing}</div>
      ${captions === undefined ? nothing : html`<crowdcue-captions exportparts="captions" .session=${session} .posted=${captions} .language=${context.language}></crowdcue-captions>`}
      ${sponsor === undefined ? nothing : this.#sponsor.want()?.show(sponsor, text)}
      ${footerBar(context, naming?.button(name, text.lang) ?? html`<span class="name" dir="auto">${name}</span>`, rewards, this.#openSheet, [session && this.#sound.part?.button(text.lang), quests?.button(text.lang)])}</div>
      ${quests?.sheet(text.lang)}${naming?.sheet(text.lang)}
      ${desk === undefined ? nothing : this.#sheet(context, desk)}
      <p class="said" aria-live="polite"></p>
    </section>`;
  }
}
