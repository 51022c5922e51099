/**
 * Plans as hosts use them: cued now or at their time, skipped, taken back. A planned cue is marked first and cued then, so it becomes a
 * round once at most, whichever process dies; where the room refuses, the mark is taken off, or says why.
 */
import type { GameDefinition } from '@crowdcue/games';
import { CrowdcueError, LIMITS, type EventView } from '@crowdcue/protocol';
import type { Clock } from '../clock.js';
import type { RoomControl, RoomHost } from '../rooms/room-control.js';
import type { EventDirectory, EventSpec } from './event-directory.js';
import { eventView, onAir, type EventRecord } from './event-record.js';
import { COUNTDOWN_MS, makePlan, type EventPlan, type PlannedCue, type PlanSpec } from './plan.js';
import { checkOverlaps, editCue, moveCue, removeCue, type RoundChange } from './plan-edit.js';

export interface PlanDeskOptions {
  readonly events: EventDirectory;
  readonly rooms: Pick<RoomHost, 'local'>;
  readonly games: ReadonlyMap<string, GameDefinition>;
  readonly clock: Clock;
  readonly publicUrl: () => string;
  readonly logger: { error(fields: object, message: string): void };
}

/** A new event as a host writes it. */
export type NewEvent = Omit<EventSpec, 'plan'> & { readonly drops?: readonly unknown[] | undefined };

/** A round that runs is said, whatever another origin wrote meanwhile. */
const ANY: readonly PlannedCue['state'][] = ['planned', 'skipped', 'cued', 'missed'];
/** How long a round may be late, because another one runs, before it is missed, ms. */
const GRACE_MS = 60_000;

export class PlanDesk {
  /** Events of which a round is being cued. */
  readonly #busy = new Set<string>();

  constructor(private readonly options: PlanDeskOptions) {}

  /** Makes of a template what the event needs. Throws what `makePlan` throws. */
  planned(spec: NewEvent & { readonly [K in keyof PlanSpec]?: PlanSpec[K] | undefined }): NewEvent & Pick<EventSpec, 'plan'> {
    const { template, zone, startsAt, weeks, auto, rounds, ...event } = spec;
    if (template === undefined) {
      if ([zone, startsAt, weeks, auto, rounds].some((field) => field !== undefined)) throw new CrowdcueError('plan_bad_request', 'template: is needed with zone, startsAt, weeks, auto and rounds.');
      return event;
    }
    if (zone === undefined || startsAt === undefined) throw new CrowdcueError('plan_bad_request', 'zone, startsAt: are needed with template.');
    const { plan, drops } = makePlan({ template, zone, startsAt, weeks, auto, rounds, maxDelay: spec.maxDelay }, this.options.games, this.options.clock.now());
    return { ...event, plan, drops: [...drops, ...(event.drops ?? [])] };
  }

  /** Says whether rounds are cued by themselves. */
  async auto(id: string, auto: boolean): Promise<EventView> {
    return this.#view(await this.options.events.change(id, (record) => ({ ...record, plan: { ...planOf(record), auto } })));
  }

  /** Cues a planned round now, whatever became of it before, unless it was played. Throws `plan_cue_done`, and what a cue throws. */
  async cue(id: string, cue: string, inMs?: number): Promise<EventView> {
    onAir(this.options.events.get(id));
    const before = this.#cueOf(id, cue);
    const { plan } = await this.#mark(id, cue, ['planned', 'skipped', 'missed'], { state: 'cued' });
    const { game, params, durationMs } = plan!.cues.find((each) => each.id === cue)!; // as it was marked: the host may have changed it a moment ago
    try {
      const { round } = await this.options.events.room(id).cue({ game, params, durationMs, ...(inMs !== undefined && { inMs }) });
      return await this.#mark(id, cue, ANY, { state: 'cued', round });
    } catch (error) {
      await this.#unmark(id, cue, before);
      throw error;
    }
  }

  /** Leaves a planned round out. Throws `plan_cue_done`. */
  skip(id: string, cue: string): Promise<EventView> {
    return this.#mark(id, cue, ['planned', 'missed', 'skipped'], { state: 'skipped' });
  }

  /** Gives a round another game or other options. Throws `plan_cue_unknown`, `plan_cue_done`, `game_unknown`, `plan_bad_request`, `plan_overlap`. */
  edit(id: string, cue: string, round: RoundChange): Promise<EventView> {
    return this.#change(id, (plan, maxDelay) => editCue(plan, cue, round, this.options.games, maxDelay));
  }

  /** Puts a round a place earlier or later in its show. Throws as `edit`. */
  move(id: string, cue: string, by: 1 | -1): Promise<EventView> {
    return this.#change(id, (plan, maxDelay) => moveCue(plan, cue, by, maxDelay));
  }

  /** Takes a round out; `undo` brings it back. Throws `plan_cue_unknown`, `plan_cue_done`. */
  remove(id: string, cue: string): Promise<EventView> {
    return this.#change(id, (plan) => removeCue(plan, cue));
  }

  /** Takes back a removal, a skip, or a cue while its countdown runs: the round waits again, and is left out until the host wants it. Throws `plan_cue_done`. */
  async undo(id: string, cue: string): Promise<EventView> {
    const { state, round } = this.#cueOf(id, cue);
    if (state === 'removed') return this.#change(id, (plan, maxDelay) => checkOverlaps({ ...plan, cues: plan.cues.map((each) => (each.id === cue ? marked(each, ['removed'], { state: 'planned' }) : each)) }, maxDelay));
    if (state !== 'cued') return this.#mark(id, cue, ['skipped', 'planned'], { state: 'planned' });
    const room = this.options.events.room(id);
    if (!(await isCountingDown(room, round))) throw new CrowdcueError('plan_cue_done');
    await room.stop();
    return this.#mark(id, cue, ['cued'], { state: 'skipped' });
  }

  /** Looks at the plans of the rooms that are here; called about once a second. Resolves when what was due is cued. */
  async run(): Promise<void> {
    const { events, rooms, logger } = this.options;
    const due = events.list().filter(({ id, plan }) => plan?.auto === true && !this.#busy.has(id) && rooms.local(id) !== undefined);
    await Promise.all(due.map(async (record) => {
      this.#busy.add(record.id);
      await this.#runOne(record).catch((error: unknown) => logger.error({ err: error, event: record.id }, 'the plan could not be followed'));
      this.#busy.delete(record.id);
    }));
  }

  async #runOne({ id, plan }: EventRecord): Promise<void> {
    const now = this.options.clock.now();
    for (const { id: cue, at } of plan!.cues.filter(({ state, at: start }) => state === 'planned' && start - now <= COUNTDOWN_MS)) {
      if (now - at > GRACE_MS) {
        await this.#mark(id, cue, ['planned'], { state: 'missed' });
        continue;
      }
      await this.cue(id, cue, Math.max(0, at - this.options.clock.now())).catch(async (error: unknown) => {
        const { code = 'internal', retryable = false } = error as { code?: string; retryable?: boolean };
        if (!retryable && code !== 'plan_cue_done') await this.#mark(id, cue, ['planned'], { state: 'missed', code });
      });
      return;
    }
  }

  #cueOf(id: string, cue: string): PlannedCue {
    const found = planOf(this.options.events.get(id)).cues.find((each) => each.id === cue);
    if (found === undefined) throw new CrowdcueError('plan_cue_unknown');
    return found;
  }

  /** Puts back what was before a cue that was refused, unless another origin's was taken. */
  async #unmark(id: string, cue: string, before: PlannedCue): Promise<void> {
    if (this.#cueOf(id, cue).round === undefined) await this.#mark(id, cue, ANY, before);
  }

  async #change(id: string, change: (plan: EventPlan, maxDelay: number) => EventPlan): Promise<EventView> {
    return this.#view(await this.options.events.change(id, (record) => ({ ...record, plan: change(planOf(record), record.maxDelay ?? LIMITS.scoredDelayMs) })));
  }

  async #mark(id: string, cue: string, from: readonly PlannedCue['state'][], to: Pick<PlannedCue, 'state' | 'round' | 'code'>): Promise<EventView> {
    return this.#view(await this.options.events.change(id, (record) => {
      const plan = planOf(record);
      if (!plan.cues.some((each) => each.id === cue)) throw new CrowdcueError('plan_cue_unknown');
      return { ...record, plan: { ...plan, cues: plan.cues.map((each) => (each.id === cue ? marked(each, from, to) : each)) } };
    }));
  }

  #view(record: EventRecord): EventView {
    return eventView(record, this.options.publicUrl());
  }
}

const planOf = ({ plan }: EventRecord): NonNullable<EventRecord['plan']> => {
  if (plan === undefined) throw new CrowdcueError('plan_cue_unknown', 'This event has no plan.');
  return plan;
};

const marked = ({ id, game, params, at, durationMs, state }: PlannedCue, from: readonly PlannedCue['state'][], to: Pick<PlannedCue, 'state' | 'round' | 'code'>): PlannedCue => {
  if (!from.includes(state)) throw new CrowdcueError('plan_cue_done');
  return { id, game, params, at, durationMs, state: to.state, ...(to.round !== undefined && { round: to.round }), ...(to.code !== undefined && { code: to.code }) };
};

const isCountingDown = async (room: RoomControl, round: number | undefined): Promise<boolean> => {
  const overview = await room.overview();
  return overview.phase === 'armed' && overview.round === round;
};
