/**
 * `<crowdcue-game>`: everything a viewer sees of an event. It holds a session (session-keeper.ts), decides what fills it (stage.ts), shows
 * it (bars.ts, panels.ts, a game's own view and, once there is a reward, reward-desk.ts), and turns taps into actions that are answered in the same frame.
 *
 * Attributes: `event` (id or six-letter code), `origin` (the page's own by default), `relay`, `accent`, `lang`, `theme` (`light`, `dark`), `for` (id of
 * the video that shows the stream; other players by `attachPlayer`).
 * Events, bubbling out of shadow trees: `crowdcue-unlock` (detail `UnlockView`), `crowdcue-receipt` (detail `ReceiptView`), `crowdcue-delay` (detail
 * `DelayReading`, or null).
 * It imports games and the SDK; nothing of the SDK imports it.
 */
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { designTokens } from '@crowdcue/games/design-tokens';
import { textIn } from '@crowdcue/games/texts';
import { defineRollingNumber, type TapEvent } from '@crowdcue/games/views';
import type { CrowdView } from '@crowdcue/protocol';
import { connect } from '../connect.js';
import { safeStorage } from '../storage.js';
import type { Player } from '../stream-clock/players.js';
import { Announcer } from './announcer.js';
import { footerBar, headerBar, noticeBar } from './bars.js';
import { ClockSlot } from './clock-slot.js';
import { eventCard, type EventCard } from './event-card.js';
import { listenToKeys } from './game-keys.js';
import { OwnTaps } from './own-taps.js';
import { armedPanel, endedPanel, idlePanel, loadingPanel, overPanel, queuedPanel, timeBar, unknownGamePanel, type PanelContext } from './panels.js';
import type { RewardDesk } from './reward-desk.js';
import { SessionKeeper } from './session-keeper.js';
import type { OpenSession } from './session-port.js';
import { speechOf } from './speech.js';
import { sameStage, stageOf, type Stage } from './stage.js';
import { elementStyles } from './styles.js';
import { elementTexts } from './text.js';
import { ViewSlot } from './view-slot.js';

/** How often seconds are looked at, ms: late by no more than an eye notices. */
const LOOK_MS = 100;
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
  #looking: ReturnType<typeof setInterval> | undefined;
  #settling: ReturnType<typeof setTimeout> | undefined;
  #stopKeys: () => void = () => undefined;
  readonly #paint = new CSSStyleSheet();
  readonly #slot = new ViewSlot(() => this.requestUpdate());
  readonly #clock = new ClockSlot(() => this.requestUpdate(), (reading) => this.#tell('crowdcue-delay', reading ?? null));
  readonly #announcer = new Announcer((text) => {
    const live = this.renderRoot.querySelector('[aria-live]');
    if (live !== null) live.textContent = text;
  });
  readonly #taps = new OwnTaps(safeStorage(undefined, 'sessionStorage'), () => `crowdcue.choice.${this.#keeper.session?.viewer.event ?? ''}`);
  readonly #keeper: SessionKeeper = new SessionKeeper({
    changed: () => this.requestUpdate(),
    confirmed: (handles) => this.#taps.settled(handles),
    refused: (handle) => {
      this.#taps.refused(handle, Object.keys(this.#slot.text?.choices ?? {}).length);
      if (handle.code !== undefined) this.#announcer.announce(this.#context.text.refused(handle.code));
    },
    unlocked: (unlock) => {
      this.#tell('crowdcue-unlock', unlock);
      this.#announcer.announce(`${this.#context.text.unlocked}: ${unlock.drops.map(({ name }) => name).join(', ')}`);
    },
    granted: (receipt) => {
      this.#tell('crowdcue-receipt', receipt);
      this.#announcer.announce(`${this.#context.text.yours}. ${this.#context.text.serial(receipt.serial ?? 0, receipt.supply)}`, true);
    },
  });

  constructor() {
    super();
    Object.assign(this, { origin: '', event: '', relay: '', accent: '', lang: '', htmlFor: '', opened: false, settled: true });
    defineRollingNumber();
  }

  /** What shows the stream: a video, an hls.js instance, Twitch's player, or `Twitch.ext`. Rounds then come with its picture. */
  attachPlayer(player: Player | undefined): void {
    this.#clock.attach(player);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#stopKeys = listenToKeys(this, () => (this.#stage.kind === 'live' && this.#openDesk === undefined ? this.#slot.view : undefined));
    this.#looking = setInterval(() => this.#look(), LOOK_MS);
    if (this.hasUpdated && !this.#keeper.started) this.#start();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stopKeys();
    clearInterval(this.#looking);
    clearTimeout(this.#settling);
    this.#announcer.stop();
    // Moving the element within the page takes it out for a moment; only one that stays out leaves.
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.#keeper.stop();
      this.#clock.follow(undefined);
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

  get #context(): PanelContext {
    const language = this.lang === '' ? document.documentElement.lang || navigator.language : this.lang;
    return { text: textIn(elementTexts, language), language };
  }

  /** The desk whose sheet is to be seen now. */
  get #openDesk(): RewardDesk | undefined {
    const { desk, list } = this.#keeper.rewards;
    const calm = this.#stage.kind === 'idle' || this.#stage.kind === 'over';
    return list.length > 0 && (this.opened || (desk?.rewards.wanted === true && calm && this.settled)) ? desk : undefined;
  }

  #start(): void {
    const origin = this.origin === '' ? location.origin : this.origin;
    if (this.event === '') return this.#keeper.misused();
    this.#keeper.start(this.open, { origin, event: this.event, ...(this.relay === '' ? {} : { relays: [this.relay] }) });
    const { event } = this;
    void eventCard(origin, event).then((card) => {
      if (this.event === event) this.card = card;
    });
    return undefined;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('origin') || changed.has('event') || changed.has('relay')) this.#start();
    const { session, ended, queue } = this.#keeper;
    const state = session?.state;
    this.#follow();
    if (session !== undefined && state !== undefined) this.#taps.enter(state.round, session.pending);
    const before = this.#stage.kind;
    this.#stage = stageOf({ state, ended, queue, now: session?.eventTime() });
    if (before !== this.#stage.kind) this.#entered();
    if (state !== undefined && this.#stage.kind !== 'idle') this.#slot.want(state.game, this.#context.language);
    this.#feedView();
    this.#dress();
    const { text } = this.#context;
    const speech = speechOf({ stage: this.#stage, before, state, me: session?.me, game: this.#slot.text, text });
    if (speech !== undefined) this.#announcer.announce(speech.said, speech.urgent);
    const accent = this.accent === '' ? (this.card?.accent ?? '') : this.accent;
    if (changed.has('accent') || changed.has('card')) this.#paint.replaceSync(CSS.supports('color', accent) ? `:host{--cc-accent:${accent}}` : '');
  }

  #follow(): void {
    const named = this.htmlFor === '' || this.#clock.player !== undefined ? null : (this.getRootNode() as Document).getElementById(this.htmlFor);
    if (named !== null) this.#clock.attach(named as HTMLVideoElement);
    this.#clock.follow(this.#keeper.session);
  }

  /** Styles of what is loaded later come with it, and are there before it shows. */
  #dress(): void {
    const root = this.renderRoot as ShadowRoot;
    for (const sheet of [this.#keeper.rewards.desk?.styles.styleSheet, this.#clock.desk?.styles.styleSheet]) {
      if (sheet !== undefined && !root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    }
  }

  #entered(): void {
    clearTimeout(this.#settling);
    const { kind } = this.#stage;
    this.opened &&= kind !== 'armed' && kind !== 'live';
    this.settled = kind !== 'over';
    if (!this.settled) this.#settling = setTimeout(() => (this.settled = true), OUTCOME_MS);
  }

  /** Counts down between the room's patches. */
  #look(): void {
    const { session } = this.#keeper;
    if (session?.state === undefined || (this.#stage.kind !== 'armed' && this.#stage.kind !== 'live')) return;
    if (!sameStage(this.#stage, stageOf({ state: session.state, ended: undefined, now: session.eventTime() }))) this.requestUpdate();
  }

  #feedView(): void {
    const { session } = this.#keeper;
    const { language } = this.#context;
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
  };

  #sheet(desk: RewardDesk): TemplateResult {
    const close = (): void => {
      this.opened = false;
      this.requestUpdate();
    };
    return desk.sheet({ ...this.#context, boards: this.#state?.drops, session: this.#keeper.session, close });
  }

  #stageView(): unknown {
    const context = this.#context;
    const stage = this.#stage;
    const { session } = this.#keeper;
    if (stage.kind === 'ended') return endedPanel(context, stage.ending, () => this.#start());
    if (stage.kind === 'queued') return queuedPanel(context, stage);
    if (stage.kind === 'loading' || session?.state === undefined) return loadingPanel(context);
    const { state } = session;
    const calm = stage.kind === 'idle' || (stage.kind === 'over' && this.settled);
    const offer = calm ? this.#clock.desk?.offer(context.language) : undefined;
    if (offer !== undefined) return offer;
    if (stage.kind === 'idle') return idlePanel(context, state.viewers);
    const { text, view, broken } = this.#slot;
    if (broken) return unknownGamePanel(context);
    if (text === undefined || view === undefined) return loadingPanel(context);
    switch (stage.kind) {
      case 'armed': return armedPanel(context, text, stage.seconds);
      case 'over': return overPanel(context, text, state, session.me, view.recap());
      case 'live': return html`${timeBar(context, state, stage.secondsLeft)}
        <div class="game" part="game">${view}</div>`;
    }
  }

  protected override render(): TemplateResult {
    const context = this.#context;
    const { session, rewards, notice } = this.#keeper;
    const desk = this.#openDesk;
    return html`<section class="frame" part="frame" data-stage=${this.#stage.kind} @crowdcue-tap=${this.#onTap}>
      ${headerBar(context, this.#stage, this.card?.name ?? '', session?.state)}
      ${noticeBar(context, notice)}
      <main part="stage" ?inert=${desk !== undefined}>${this.#stageView()}</main>
      ${footerBar(context, session?.me, session?.viewer.name ?? '', rewards, this.#openSheet)}
      ${desk === undefined ? nothing : this.#sheet(desk)}
      <p class="said" aria-live="polite"></p>
    </section>`;
  }
}
