/**
 * The quests of events as hosts give them and viewers do them. The ledger keeps who has done what; here steps become quests. A quest is
 * finished by the step that completes it; where a process dies between the two, whoever next asks for the viewer's quests or drops, or claims,
 * finds all steps done and finishes it.
 */
import { CrowdcueError, type QuestProgress, type QuestStepReceipt, type QuestView } from '@crowdcue/protocol';
import { questAchievement, questRules, stepAchievement, type AchievementRule, type Quest, type QuestStep, type ScarceGates, type Unlock } from '../achievements/index.js';
import type { RandomSource } from '../identity/index.js';
import type { Ledger } from '../ledger/index.js';
import type { RoomHost } from '../rooms/room-control.js';
import type { RecordTable } from '../store/index.js';
import { isLimited } from './drop-board.js';

export interface QuestDeskOptions {
  readonly table: RecordTable<readonly Quest[]>;
  readonly ledger: Pick<Ledger, 'openGates' | 'unlock' | 'drops'>;
  /** Those that are there anyway. */
  readonly rules: readonly AchievementRule[];
  /** Left out, every quest may unlock limited drops. */
  readonly scarce?: ScarceGates;
  readonly rooms: Pick<RoomHost, 'local'>;
  readonly random: RandomSource;
}

/** Viewers whose steps are looked at together: some ms of the store. */
const AT_ONCE = 256;
const KEY = /^[\w-]{8,64}$/;
const NONE: readonly Quest[] = [];

const gateOf = (achievement: string): string => `a:${achievement}`;
const gatesOf = (quest: Quest): string[] => quest.steps.map((step) => gateOf(stepAchievement(quest.id, step)));

export class QuestDesk {
  readonly #quests: Map<string, readonly Quest[]>;
  readonly #rules = new Map<string, readonly AchievementRule[]>();

  constructor(private readonly options: QuestDeskOptions) {
    this.#quests = new Map(options.table.entries());
    options.table.watch((event, quests) => this.#set(event, quests ?? NONE));
  }

  of(event: string): readonly Quest[] {
    return this.#quests.get(event) ?? NONE;
  }

  /** Replaces the quests of an event. What viewers have done of a step stays with its id. Throws `quest_bad_request`, `drop_unfair_gate`. */
  async put(event: string, quests: readonly Quest[]): Promise<void> {
    for (const quest of quests) {
      for (const step of quest.steps) {
        if ('achievement' in step && !this.options.rules.some((rule) => rule.id === step.achievement)) throw new CrowdcueError('quest_bad_request', `${quest.id}.${step.id}: no achievement ${step.achievement}`);
      }
    }
    const limited = new Set((await this.options.ledger.drops(event)).filter(({ terms }) => isLimited(terms)).map(({ terms }) => terms.unlockedBy));
    const unfair = quests.find((quest) => limited.has(questAchievement(quest.id)) && !this.#isFair(quest));
    if (unfair !== undefined) throw new CrowdcueError('drop_unfair_gate', `A drop of limited supply is unlocked by ${unfair.id}; it may have no step that is won in a game in which lying about time can win.`);
    await this.options.table.put(event, quests);
    this.#set(event, quests);
  }

  /** The rules of an event's steps, beside those of every event. */
  rulesOf(event: string): readonly AchievementRule[] {
    let rules = this.#rules.get(event);
    if (rules === undefined) this.#rules.set(event, (rules = questRules(this.of(event))));
    return rules;
  }

  /** The achievements that finished quests of an event are, with their titles. */
  titlesOf(event: string): ReadonlyMap<string, string> {
    return new Map(this.of(event).map(({ id, title }) => [questAchievement(id), title]));
  }

  /** What a limited drop behind an achievement of the event's own is unlocked by; undefined where a liar could be. */
  scarceGateOf(event: string, achievement: string): string | undefined {
    const quest = this.of(event).find(({ id }) => questAchievement(id) === achievement);
    return quest === undefined || this.#isFair(quest) ? achievement : undefined;
  }

  /** The quests as one viewer stands in them. */
  async forViewer(event: string, viewer: number): Promise<QuestView[]> {
    const quests = this.of(event);
    if (quests.length === 0) return [];
    const [open, drops] = await Promise.all([this.#settled(event, viewer), this.options.ledger.drops(event)]);
    return quests.map((quest) => ({
      id: quest.id, title: quest.title, done: open.has(gateOf(questAchievement(quest.id))),
      drops: drops.filter(({ terms }) => terms.unlockedBy === questAchievement(quest.id)).map(({ terms: { id, name } }) => ({ id, name })),
      steps: quest.steps.map((step) => ({ id: step.id, title: step.title, done: open.has(gateOf(stepAchievement(quest.id, step))), ...shownOf(step) })),
    }));
  }

  /** Finishes what a process left unfinished that died between a step and its quest. */
  async settle(event: string, viewer: number): Promise<void> {
    if (this.of(event).length > 0) await this.#settled(event, viewer);
  }

  /**
   * A step by the viewer's word. Said again it is the same step, whatever the key; the key stands in the entry.
   * Throws `quest_unknown`, `quest_step_timed`, `quest_answer_wrong`, `quest_bad_request`.
   */
  async step(event: string, viewer: number, at: { readonly quest: string; readonly step: string }, said: { readonly key: string; readonly answer?: number | undefined }): Promise<QuestStepReceipt> {
    const quest = this.of(event).find(({ id }) => id === at.quest);
    const step = quest?.steps.find(({ id }) => id === at.step);
    if (quest === undefined || step === undefined) throw new CrowdcueError('quest_unknown');
    if (!('untimed' in step)) throw new CrowdcueError('quest_step_timed');
    if (!KEY.test(said.key)) throw new CrowdcueError('quest_bad_request', 'key: 8 to 64 letters, digits, "_" and "-".');
    if ('answer' in step && said.answer !== step.answer.right) throw new CrowdcueError('quest_answer_wrong');
    const achievement = stepAchievement(quest.id, step);
    const { viewers } = await this.options.ledger.unlock({ event, target: { achievement }, viewers: [viewer], trace: this.#trace(), reason: `QuestStepDone ${said.key}` });
    const open = await this.#settled(event, viewer);
    return { quest: quest.id, step: step.id, first: viewers.length > 0, done: open.has(gateOf(questAchievement(quest.id))) };
  }

  /** Takes unlocks further: says progress to viewers who are here, and gives the quests that were finished, as unlocks. May be called again. */
  async progressed(event: string, unlocks: readonly Unlock[]): Promise<Unlock[]> {
    const finished: Unlock[] = [];
    for (const quest of this.of(event)) {
      const steps = new Set(quest.steps.map((step) => stepAchievement(quest.id, step)));
      const viewers = [...new Set(unlocks.filter(({ achievement }) => steps.has(achievement)).flatMap((unlock) => unlock.viewers))];
      if (viewers.length > 0) finished.push(...(await this.#advance(event, quest, viewers)));
    }
    return finished;
  }

  async #advance(event: string, quest: Quest, viewers: readonly number[]): Promise<Unlock[]> {
    const gates = gatesOf(quest);
    const room = this.options.rooms.local(event);
    const complete: number[] = [];
    for (let from = 0; from < viewers.length; from += AT_ONCE) {
      await Promise.all(viewers.slice(from, from + AT_ONCE).map(async (viewer) => {
        const open = await this.options.ledger.openGates(event, viewer, gates);
        if (open.size === new Set(gates).size) complete.push(viewer);
        const done = quest.steps.filter((step) => open.has(gateOf(stepAchievement(quest.id, step)))).map(({ id }) => id);
        room?.progressed(viewer, { quest: quest.id, title: quest.title, done, steps: quest.steps.length } satisfies QuestProgress);
      }));
    }
    const opened = await this.#finish(event, quest, complete);
    if (opened.length === 0) return [];
    const achievement = questAchievement(quest.id);
    const drops = (await this.options.ledger.drops(event)).filter(({ terms }) => terms.unlockedBy === achievement).map(({ terms }) => terms.id);
    return [{ event, achievement, drops, viewers: opened }];
  }

  /** The gates of all quests that are open for a viewer, after those of quests whose steps are all done were opened. */
  async #settled(event: string, viewer: number): Promise<ReadonlySet<string>> {
    const quests = this.of(event);
    const open = new Set(await this.options.ledger.openGates(event, viewer, [...new Set(quests.flatMap((quest) => [...gatesOf(quest), gateOf(questAchievement(quest.id))]))]));
    for (const quest of quests) {
      const gate = gateOf(questAchievement(quest.id));
      if (open.has(gate) || !gatesOf(quest).every((each) => open.has(each))) continue;
      await this.#finish(event, quest, [viewer]);
      open.add(gate);
    }
    return open;
  }

  async #finish(event: string, quest: Quest, viewers: readonly number[]): Promise<number[]> {
    if (viewers.length === 0) return [];
    const target = { achievement: questAchievement(quest.id) };
    return (await this.options.ledger.unlock({ event, target, viewers, trace: this.#trace(), reason: 'QuestDone' })).viewers;
  }

  #isFair(quest: Quest): boolean {
    return this.options.scarce?.isFair(quest) ?? true;
  }

  #set(event: string, quests: readonly Quest[]): void {
    this.#quests.set(event, quests);
    this.#rules.delete(event);
  }

  #trace(): string {
    return this.options.random.bytes(16).toString('hex');
  }
}

/** What a viewer is shown of an untimed step; which answer is right stays here. */
const shownOf = (step: QuestStep): Partial<Pick<QuestView['steps'][number], 'visit' | 'answer'>> => {
  if (!('untimed' in step)) return {};
  if ('visit' in step) return { visit: step.visit };
  return { answer: { question: step.answer.question, choices: step.answer.choices } };
};
