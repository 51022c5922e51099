/**
 * Everything that only a viewer of an event with quests needs: how they stand, the words on their way, and the sheet that shows them.
 * The element loads it where the event has quests, or this device remembers some. What was seen last is kept on the device, so that cards open, and untimed steps are done, without a network; when
 * there is a session again what waits is said, and what stands is asked.
 */
import { html, nothing, type TemplateResult } from 'lit';
import { textIn } from '@crowdcue/games/texts';
import { CrowdcueError, type DATA_TYPE, type QuestProgress, type QuestView } from '@crowdcue/protocol';
import { QuestQueue } from '../quest-queue.js';
import { readJson, safeStorage } from '../storage.js';
import { defineQuestSheet, type QuestSight } from './quest-sheet.js';
import { questTexts } from './quest-text.js';
import type { GameSession } from './session-port.js';

/** What is kept: whose quests, and how they stood. */
interface Kept {
  readonly event: string;
  readonly viewer: number;
  readonly quests: readonly QuestView[];
}

/** Spelt out: a table that this shares with the element would be cut out of it into a chunk of its own, 1 kB more for everybody. */
const QUEST = '__quest' satisfies (typeof DATA_TYPE)['quest'];
/** What waits is said again this often, ms, for an origin that is away tells nobody when it is back. */
const AGAIN_MS = 10_000;

const isKept = (value: unknown): value is Kept => {
  const kept = value as Partial<Kept> | null | undefined;
  return typeof kept === 'object' && kept !== null && typeof kept.event === 'string' && typeof kept.viewer === 'number' && Array.isArray(kept.quests)
    && kept.quests.every((quest) => typeof quest?.id === 'string' && Array.isArray(quest.steps) && Array.isArray(quest.drops));
};

export class QuestDesk {
  readonly #storage = safeStorage(undefined, 'localStorage');
  #kept: Kept | undefined;
  #queue: QuestQueue | undefined;
  #session: GameSession | undefined;
  /** What ends with the session. */
  #off: (() => void)[] = [];
  #opened = false;
  /** Steps whose words are on their way. Kept here, for the storage is too slow for each drawing. */
  #waiting: ReadonlySet<string> = new Set();
  readonly #wrong = new Set<string>();

  constructor(readonly item: string, readonly changed: () => void, readonly finished: () => void) {
    defineQuestSheet();
    const stored = readJson(this.#storage, item);
    if (isKept(stored)) this.#keep(stored);
  }

  /** Follows the element's session, whichever it is by now; with none nothing is listened to. */
  follow(session: GameSession | undefined): void {
    if (session === this.#session) return;
    this.#session = session;
    for (const off of this.#off.splice(0)) off();
    if (session === undefined) return;
    const page = new AbortController();
    const { signal } = page;
    const again = setInterval(() => this.#flush(), AGAIN_MS);
    addEventListener('online', () => this.#flush(), { signal });
    addEventListener('storage', ({ key }) => { if (key === this.#queue?.item) this.#look(); }, { signal });
    this.#off = [
      session.onMessage(QUEST, (progress) => this.#progressed(progress as QuestProgress)),
      session.on('connected', ({ resumed }) => { if (resumed) void this.#ask(session); }),
      () => clearInterval(again),
      () => page.abort(),
    ];
    void this.#ask(session);
  }

  /** The button in the element's footer. */
  button(language: string): TemplateResult | typeof nothing {
    const quests = this.#kept?.quests ?? [];
    if (quests.length === 0) return nothing;
    const said = (quest: QuestView, step: QuestView['steps'][number]): boolean => step.done || this.#waiting.has(`${quest.id}/${step.id}`);
    const left = quests.some((quest) => quest.steps.some((step) => !said(quest, step) && (step.visit ?? step.answer) !== undefined));
    const steps = quests.flatMap((quest) => quest.steps.map((step) => said(quest, step)));
    return html`<button type="button" class="gifts ${left ? 'new' : ''}" part="quests" @click=${() => this.#open(true)}>${textIn(questTexts, language).quests(steps.filter(Boolean).length, steps.length)}</button>`;
  }

  /** The cards, while they are open. */
  sheet(language: string): TemplateResult | typeof nothing {
    if (!this.#opened || this.#kept === undefined) return nothing;
    const sight: QuestSight = {
      quests: this.#kept.quests, waiting: this.#waiting, wrong: this.#wrong, text: textIn(questTexts, language),
      say: (quest, step, answer) => this.#say(quest, step, answer), close: () => this.#open(false),
    };
    return html`<crowdcue-quests exportparts="quest, close" .sight=${sight}></crowdcue-quests>`;
  }

  get opened(): boolean {
    return this.#opened;
  }

  /** A round begins: the cards make room. */
  shut(): void {
    if (this.#opened) this.#open(false);
  }

  /** Reads anew what waits: something was said here, or by another tab, which has the same storage. */
  #look(): void {
    this.#waiting = new Set(this.#queue?.waiting.map(({ quest, step }) => `${quest}/${step}`));
    this.changed();
  }

  #open(opened: boolean): void {
    this.#opened = opened;
    this.#look();
  }

  #keep(kept: Kept): void {
    if (kept.viewer !== this.#kept?.viewer || kept.event !== this.#kept.event) {
      this.#queue = new QuestQueue(this.#storage, `crowdcue.questwords.${kept.event}.${kept.viewer}`, {
        ask: (path, body) => (this.#session === undefined ? Promise.reject(new CrowdcueError('unavailable')) : this.#session.ask(path, body)),
        settled: ({ quest, step }, outcome) => this.#settled(quest, step, outcome),
      });
    }
    this.#kept = kept;
    this.#look();
  }

  async #ask(session: GameSession): Promise<void> {
    try {
      const { quests } = (await session.ask('/quests')) as { quests: readonly QuestView[] };
      if (session !== this.#session) return;
      const { event, viewer } = session.viewer;
      const kept = { event, viewer, quests };
      if (!isKept(kept)) return;
      this.#storage.setItem(this.item, JSON.stringify(kept));
      this.#keep(kept);
    } catch {
      // what is kept stands; the next connection asks again
    }
    this.#flush();
  }

  #say(quest: string, step: string, answer?: number): void {
    this.#wrong.delete(`${quest}/${step}`);
    this.#queue?.say({ quest, step, ...(answer === undefined ? {} : { answer }) });
    this.#look();
    this.#flush();
  }

  #flush(): void {
    if (this.#session !== undefined) void this.#queue?.flush();
  }

  #settled(quest: string, step: string, outcome: { readonly done?: boolean } | CrowdcueError): void {
    if (outcome instanceof CrowdcueError) {
      if (outcome.code === 'quest_answer_wrong') this.#wrong.add(`${quest}/${step}`);
      return this.#look();
    }
    this.#done(quest, (id) => id === step);
    if (outcome.done === true) this.finished();
    return undefined;
  }

  #progressed({ quest, done }: QuestProgress): void {
    this.#done(quest, (id) => done.includes(id));
  }

  #done(questId: string, isDone: (step: string) => boolean): void {
    if (this.#kept === undefined) return;
    const quests = this.#kept.quests.map((quest) => {
      if (quest.id !== questId) return quest;
      const steps = quest.steps.map((step) => (isDone(step.id) ? { ...step, done: true } : step));
      return { ...quest, steps, done: steps.every(({ done }) => done) };
    });
    const kept = { ...this.#kept, quests };
    this.#storage.setItem(this.item, JSON.stringify(kept));
    this.#keep(kept);
  }
}
