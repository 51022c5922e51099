import { flashTimes, LIMITS, type CrowdView, type StreamDelay } from '@crowdcue/protocol';
import { Emitter } from '../emitter.js';
import { DelayFilter } from './delay-filter.js';
import { Ladder } from './ladder.js';
import { kindOf, type HlsLike, type Player } from './players.js';
import type { PackagerClock } from './program-date-rung.js';
import type { Rung, RungName } from './rung.js';

/** How late the picture is, and who says so. */
export interface DelayReading extends StreamDelay {
  readonly rung: RungName;
  /** Whose clock says what time the picture is of. */
  readonly origin: string;
}

export interface StreamClockEvents {
  /** Another delay, error or rung; undefined when no rung knows any more. */
  reading: DelayReading | undefined;
}

/** What the stream clock needs of a session. */
export interface ClockedSession {
  readonly state: CrowdView | undefined;
  /** Event time now, ms. */
  eventTime(): number | undefined;
  /** By how much that may be wrong, ms. */
  readonly clockError?: number | undefined;
  setDelay(delay: StreamDelay): void;
}

export interface StreamClockOptions {
  /** What shows the picture: a video, an hls.js instance, Twitch's player, or `Twitch.ext`. None: only taps are left. */
  readonly player?: Player | undefined;
  /** The packager's clock, where the page knows better than the event. */
  readonly packager?: PackagerClock | undefined;
  /** What taps said before the page was loaded anew, where the picture is none of the page's. */
  readonly tapped?: StreamDelay | undefined;
  /** Calls every so many ms until the answered function is called; a timer by default. */
  readonly repeat?: ((look: () => void, ms: number) => () => void) | undefined;
}

/** How often the picture is looked at, ms. */
export const LOOK_MS = 1_000;
/** A rung that has said nothing for this long while the picture moves has dried up, ms. */
const DRY_MS = 10_000;
/** The relay is told of a change from here on, ms: less is within half of a cohort's bucket of 250. */
const TOLD_FROM_MS = 100;
/** Another rung must be better by this share to take over, so that two equal ones do not take turns. */
const BETTER = 0.8;
/** hls.js' `Hls.Events.MEDIA_ATTACHED`. */
const ATTACHED = 'hlsMediaAttached';
/** A spread is one standard deviation, an error two. */
const DEVIATIONS = 2;

const everySo = (look: () => void, ms: number): (() => void) => {
  const timer = setInterval(look, ms);
  return () => clearInterval(timer);
};

/**
 * Knows how late the picture is behind the host's and says so to the session. Of the rungs that have something to say the one with the
 * smallest error counts; each is followed by a filter of its own. A change counts between rounds only: relay and session see to that.
 */
export class StreamClock {
  readonly #emitter = new Emitter<StreamClockEvents>();
  readonly #filters = new Map<RungName, DelayFilter>();
  #ladder: Ladder;
  #hls: HlsLike | undefined;
  #stop: () => void;
  #told: StreamDelay | undefined;
  #epoch: number | undefined;
  /** What counts now. */
  reading: DelayReading | undefined;

  constructor(private readonly session: ClockedSession, private readonly options: StreamClockOptions = {}) {
    this.#ladder = this.#climb(options.player);
    this.#listen(options.player);
    this.#stop = (options.repeat ?? everySo)(() => this.look(), LOOK_MS);
    this.look();
  }

  /** Calls `listener` until the returned function is called. */
  on<K extends keyof StreamClockEvents>(type: K, listener: (value: StreamClockEvents[K]) => void): () => void {
    return this.#emitter.on(type, listener);
  }

  /** Another player shows the picture; what was known of the old one is forgotten. */
  attach(player: Player | undefined): void {
    this.#listen(player);
    this.#climbAgain(player);
  }

  /**
   * The viewer saw the picture flash, now. Answers whether the delay is known by now; four taps or more say it.
   * @param ago ms since the finger was down, where that is known
   */
  tap(ago = 0): boolean {
    const now = this.session.eventTime();
    const from = this.session.state?.flashFrom ?? 0;
    if (now === undefined || from === 0) return false;
    const known = this.#ladder.tap.tap(now - ago, from, flashTimes(from));
    if (known) this.#filters.delete('tap');
    this.look();
    return known;
  }

  /** Taps of the present series. */
  get taps(): { readonly made: number; readonly fitting: number } {
    return { made: this.#ladder.tap.taps, fitting: this.#ladder.tap.fitting };
  }

  /** Looks at the picture now; also done every second. */
  look(): void {
    const now = this.session.eventTime();
    if (now === undefined) return;
    this.#recalibrate();
    if (this.#ladder.moving) for (const rung of this.#ladder.rungs) this.#sample(rung, now);
    this.#choose(now);
  }

  /** Ends it. What was said of the delay stands. */
  stop(): void {
    this.#stop();
    this.#listen(undefined);
    this.#ladder.close();
  }

  /** An hls.js instance may get its video later, or another one. */
  #listen(player: Player | undefined): void {
    this.#hls?.off(ATTACHED, this.#attached);
    const found = kindOf(player);
    this.#hls = found?.kind === 'hls' ? found.hls : undefined;
    this.#hls?.on(ATTACHED, this.#attached);
  }

  readonly #attached = (): void => this.#climbAgain(this.#hls);

  #climbAgain(player: Player | undefined): void {
    this.#ladder.close();
    this.#filters.clear();
    this.#ladder = this.#climb(player);
    this.look();
  }

  #climb(player: Player | undefined): Ladder {
    return new Ladder(player, () => this.#packager(), () => {
      // What is known of before the jump would only be in the way: the next look begins anew.
      for (const filter of this.#filters.values()) filter.reset();
      this.look();
    }, this.options.tapped);
  }

  /** As the page says, or the event; an origin of the version before says nothing. */
  #packager(): PackagerClock | undefined {
    const { packagerEpoch = 0, packagerError = 0 } = this.session.state ?? {};
    return this.options.packager ?? (packagerEpoch > 0 ? { epoch: packagerEpoch, error: packagerError } : undefined);
  }

  /** The host has calibrated the packager: what was seen by the old clock is off by as much. */
  #recalibrate(): void {
    const epoch = this.#packager()?.epoch;
    if (epoch !== this.#epoch) this.#filters.get('program-date-time')?.reset();
    this.#epoch = epoch;
  }

  #sample(rung: Rung, now: number): void {
    const delay = rung.delay(now);
    // Nothing that any event takes: a clock that is wrong by hours, a recording, an ad with times of its own.
    if (delay === undefined || !(delay > -rung.error && delay < LIMITS.delayMs)) return;
    let filter = this.#filters.get(rung.name);
    if (filter === undefined) this.#filters.set(rung.name, (filter = new DelayFilter()));
    filter.add(now, delay);
  }

  #choose(now: number): void {
    const readings = this.#ladder.rungs.flatMap((rung) => this.#readingOf(rung, now) ?? []);
    const present = readings.find(({ rung }) => rung === this.reading?.rung);
    const best = readings.reduce<DelayReading | undefined>((top, each) => (top === undefined || each.error < top.error ? each : top), undefined);
    const chosen = present !== undefined && best !== undefined && best.error > present.error * BETTER ? present : best;
    // While the picture stands nobody can know how late it will be: what was said stands.
    if (chosen === undefined && !this.#ladder.moving) return;
    this.#take(chosen);
  }

  #readingOf({ name, origin, error }: Rung, now: number): DelayReading | undefined {
    const filter = this.#filters.get(name);
    const seen = filter?.at(now);
    if (filter === undefined || seen === undefined || (this.#ladder.moving && now - filter.lastAt > DRY_MS)) return undefined;
    const sum = error + DEVIATIONS * seen.spread + (this.session.clockError ?? 0);
    return { rung: name, origin, delay: Math.round(Math.min(Math.max(0, seen.delay), LIMITS.delayMs)), error: Math.round(Math.min(sum, LIMITS.delayMs)) };
  }

  #take(reading: DelayReading | undefined): void {
    const before = this.reading;
    this.reading = reading;
    const changed = reading?.rung !== before?.rung || this.#isNews(reading);
    if (!changed) return;
    this.#tell(reading);
    this.#emitter.emit('reading', reading);
  }

  /** Whether it differs from what the relay was told. */
  #isNews(reading: StreamDelay | undefined): boolean {
    const told = this.#told;
    if (reading === undefined || told === undefined) return reading !== undefined;
    return Math.abs(reading.delay - told.delay) >= TOLD_FROM_MS || Math.abs(reading.error - told.error) >= Math.max(TOLD_FROM_MS, told.error / 2);
  }

  /** With no rung left the last delay stands, and that nothing is known of it any more is said as well. */
  #tell(reading: StreamDelay | undefined): void {
    if (reading === undefined && this.#told === undefined) return;
    const { delay, error } = reading ?? { delay: this.#told!.delay, error: LIMITS.delayMs };
    this.#told = { delay, error };
    this.session.setDelay({ delay, error });
  }
}
