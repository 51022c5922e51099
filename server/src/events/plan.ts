/** A plan: the shows of an event, at their local time, with the rounds that are to be cued in each. Made whole or refused whole. */
import type { GameDefinition } from '@crowdcue/games';
import { CrowdcueError, ERRORS, LIMITS, type PlanView, type PlannedCueState } from '@crowdcue/protocol';
import { checkCue } from '../rooms/cue-check.js';
import { instantOf, localOf, offsetMinutes, readLocal } from './local-time.js';
import { TEMPLATES, type EventTemplate, type TemplateRound } from './plan-templates.js';

/** What a host says of a plan. */
export interface PlanSpec {
  readonly template: string;
  /** IANA name. */
  readonly zone: string;
  /** Local, without offset: `2026-11-27T20:00`. */
  readonly startsAt: string;
  /** Shows, a week apart. */
  readonly weeks?: number | undefined;
  readonly auto?: boolean | undefined;
  /** Instead of the template's. */
  readonly rounds?: readonly TemplateRound[] | undefined;
  /** Of the event, ms. */
  readonly maxDelay?: number | undefined;
}

export interface PlannedShow {
  /** ms since 1970. */
  readonly at: number;
  /** Clocks show this local time twice that day; the first is meant. */
  readonly twice: boolean;
}

export interface PlannedCue {
  readonly id: string;
  readonly game: string;
  readonly params: Readonly<Record<string, number | string>>;
  /** When it is to open, ms since 1970. */
  readonly at: number;
  readonly durationMs: number;
  /** `removed`: the host took it out, and may bring it back; nobody is told of it. */
  readonly state: PlannedCueState | 'removed';
  /** The round that it became. */
  readonly round?: number;
  /** Why it did not. */
  readonly code?: string;
}

export interface EventPlan {
  readonly template: string;
  readonly zone: string;
  /** Whether rounds are cued by themselves at their time. */
  readonly auto: boolean;
  readonly shows: readonly PlannedShow[];
  readonly cues: readonly PlannedCue[];
}

/** What becomes of a spec: the plan, and the drops that go with it as hosts write them. */
export interface MadePlan {
  readonly plan: EventPlan;
  readonly drops: readonly object[];
}

const WEEK_MS = 7 * 86_400_000;
const MOST_AHEAD_MS = 2 * 366 * 86_400_000; // rules of time zones change; who plans further plans by a calendar that is not there yet
/** What the countdown of the next round needs after the last window, ms. */
export const COUNTDOWN_MS = 4_000;

/** The template of an id. Throws `template_unknown`. */
const templateOf = (id: string): EventTemplate => {
  const template = TEMPLATES.get(id);
  if (template === undefined) throw new CrowdcueError('template_unknown');
  return template;
};

/** Throws `template_unknown`, `game_unknown` and those that begin with `plan_`. `now` is ms since 1970. */
export const makePlan = (spec: PlanSpec, games: ReadonlyMap<string, GameDefinition>, now: number): MadePlan => {
  const template = templateOf(spec.template);
  const rounds = roundsOf(spec.rounds ?? template.rounds, games, spec.maxDelay ?? LIMITS.scoredDelayMs);
  const shows = showsOf(spec, spec.weeks ?? template.weeks, now);
  const cues = shows.flatMap((show, s) => rounds.map(({ offsetMs, ...round }, r): PlannedCue => ({ id: `${s + 1}-${r + 1}`, ...round, at: show.at + offsetMs, state: 'planned' })));
  // One for all shows: what a viewer has reached in the event is reached in each of them.
  const from = shows[0]!.at;
  const drops = template.drops.map(({ opensMs, closesMs, earlyMs, ...drop }) => ({
    ...drop, kind: 'badge', opensAt: from + opensMs, closesAt: shows.at(-1)!.at + closesMs,
    ...(earlyMs && { early: Object.fromEntries(Object.entries(earlyMs).map(([tier, ms]) => [tier, from + ms])) }),
  }));
  return { plan: { template: template.id, zone: spec.zone, auto: spec.auto ?? template.auto, shows, cues }, drops };
};

/** Every week at the same local time, whatever clocks did in between. */
const showsOf = ({ startsAt, zone }: PlanSpec, weeks: number, now: number): PlannedShow[] => {
  const first = readLocal(startsAt);
  const shows = Array.from({ length: weeks }, (_, week) => instantOf(first + week * WEEK_MS, zone));
  if (shows[0]!.at < now) throw new CrowdcueError('plan_time_past', `${startsAt} in ${zone} is over.`);
  if (shows.at(-1)!.at > now + MOST_AHEAD_MS) throw new CrowdcueError('plan_bad_request', 'startsAt: no more than two years ahead.');
  return shows;
};

const roundsOf = (rounds: readonly TemplateRound[], games: ReadonlyMap<string, GameDefinition>, maxDelay: number): (Pick<PlannedCue, 'game' | 'params' | 'durationMs'> & { offsetMs: number })[] => {
  let free = 0;
  return rounds.map(({ game, params, offsetMs, durationMs }, i) => {
    const { params: checked, durationMs: length } = checkRound({ game, params, durationMs }, games, `rounds.${i}`);
    if (offsetMs < free) throw new CrowdcueError('plan_overlap', `rounds.${i}: begins before the last window of the round before it is closed; ${free} ms is the earliest.`);
    free = offsetMs + length + maxDelay + COUNTDOWN_MS;
    return { game, params: checked, offsetMs, durationMs: length };
  });
};

/** A round as a room would take it; one that none would is the plan's fault, and is said with its place. Throws `game_unknown`, `plan_bad_request`. */
export const checkRound = (
  { game, params, durationMs }: Omit<TemplateRound, 'offsetMs'>, games: ReadonlyMap<string, GameDefinition>, place: string,
): Pick<PlannedCue, 'game' | 'params' | 'durationMs'> => {
  try {
    const cue = checkCue({ game, ...(params && { params }), inMs: 0, ...(durationMs !== undefined && { durationMs }) }, games, 0);
    return { game, params: cue.params, durationMs: cue.durationMs };
  } catch (error) {
    if (error instanceof CrowdcueError && error.code === 'bad_request') throw new CrowdcueError('plan_bad_request', `${place}: ${error.message.replace(ERRORS.bad_request.message, '').trim()}`, { cause: error });
    throw error;
  }
};

/** Consoles ask twice a second, and a plan changes some times an hour. */
const views = new WeakMap<EventPlan, PlanView>();

/** A plan as the console shows it; `createdAt` is when its event's time began, ms since 1970. */
export const planView = (plan: EventPlan, createdAt: number): PlanView => {
  const known = views.get(plan);
  if (known !== undefined) return known;
  const view = viewOf(plan, createdAt);
  views.set(plan, view);
  return view;
};

const viewOf = ({ template, zone, auto, shows, cues }: EventPlan, createdAt: number): PlanView => ({
  template, zone, auto,
  shows: shows.map(({ at, twice }) => ({ at, local: localOf(at, zone), offsetMinutes: offsetMinutes(at, zone), twice })),
  cues: cues.filter((cue): cue is PlannedCue & { readonly state: PlannedCueState } => cue.state !== 'removed').map((cue) => ({ ...cue, eventAt: cue.at - createdAt, local: localOf(cue.at, zone) })),
});
