/**
 * A plan changed by hand: another game or other options for a round, two rounds of a show in each other's place, one taken out. Times stay
 * with the places of the show, so that what the host announced holds. Pure: a plan in, a plan out, or a refusal and nothing is changed.
 */
import type { GameDefinition } from '@crowdcue/games';
import { CrowdcueError } from '@crowdcue/protocol';
import { checkRound, COUNTDOWN_MS, type EventPlan, type PlannedCue } from './plan.js';

/** What a planned round may be changed to. */
export interface RoundChange {
  readonly game: string;
  readonly params?: Readonly<Record<string, number | string>> | undefined;
  /** The game's own when left out. */
  readonly durationMs?: number | undefined;
}

/** Rounds that are still the host's to change. */
export const OPEN: readonly PlannedCue['state'][] = ['planned', 'skipped', 'missed'];

const showOf = ({ id }: PlannedCue): string => id.split('-')[0]!;

/** The cue of an id. Throws `plan_cue_unknown`, and `plan_cue_done` of one that was cued. */
const openCue = ({ cues }: EventPlan, id: string): PlannedCue => {
  const cue = cues.find((each) => each.id === id);
  if (cue === undefined || cue.state === 'removed') throw new CrowdcueError('plan_cue_unknown');
  if (!OPEN.includes(cue.state)) throw new CrowdcueError('plan_cue_done');
  return cue;
};

/** Throws `plan_overlap` when a round of a show begins before the last window of the one before it is closed. */
export const checkOverlaps = (plan: EventPlan, maxDelay: number): EventPlan => {
  const cues = plan.cues.filter(({ state }) => state !== 'removed').toSorted((a, b) => a.at - b.at);
  cues.forEach((cue, i) => {
    const before = cues[i - 1];
    if (before === undefined || showOf(before) !== showOf(cue)) return;
    if (cue.at < before.at + before.durationMs + maxDelay + COUNTDOWN_MS) throw new CrowdcueError('plan_overlap', `The round at ${cue.id} begins before the last window of the one at ${before.id} is closed.`);
  });
  return plan;
};

const withCues = (plan: EventPlan, change: (cue: PlannedCue) => PlannedCue): EventPlan => ({ ...plan, cues: plan.cues.map(change) });

/** Throws `game_unknown`, `plan_bad_request`, `plan_overlap`, and what `openCue` throws. */
export const editCue = (plan: EventPlan, id: string, round: RoundChange, games: ReadonlyMap<string, GameDefinition>, maxDelay: number): EventPlan => {
  const { state } = openCue(plan, id);
  const checked = checkRound(round, games, id);
  return checkOverlaps(withCues(plan, (cue) => (cue.id === id ? { id, at: cue.at, ...checked, state } : cue)), maxDelay);
};

/** Puts a round into the place of the one before it (-1) or after it (1) in its show, and that one into its own. Throws as `editCue`, and `plan_bad_request` at an end. */
export const moveCue = (plan: EventPlan, id: string, by: 1 | -1, maxDelay: number): EventPlan => {
  const cue = openCue(plan, id);
  const show = plan.cues.filter((each) => showOf(each) === showOf(cue) && each.state !== 'removed').toSorted((a, b) => a.at - b.at);
  const other = show[show.findIndex((each) => each.id === id) + by];
  if (other === undefined) throw new CrowdcueError('plan_bad_request', by < 0 ? 'It is the first of its show.' : 'It is the last of its show.');
  openCue(plan, other.id);
  const into = (place: PlannedCue, { id: _, at: __, ...what }: PlannedCue): PlannedCue => ({ id: place.id, at: place.at, ...what });
  return checkOverlaps(withCues(plan, (each) => (each.id === id ? into(each, other) : each.id === other.id ? into(each, cue) : each)), maxDelay);
};

/** Takes a round out; `undo` brings it back. */
export const removeCue = (plan: EventPlan, id: string): EventPlan => {
  openCue(plan, id);
  return withCues(plan, (cue) => (cue.id === id ? { ...cue, state: 'removed' } : cue));
};
