/**
 * Times on the wall clock of a place and instants, by the time zones that the runtime knows (Intl). A local time may name no instant,
 * where clocks go forward, or two, where they go back.
 */
import { CrowdcueError } from '@crowdcue/protocol';

/** A local time that was found. */
export interface Instant {
  /** ms since 1970. */
  readonly at: number;
  /** Clocks show this time twice; `at` is the first. */
  readonly twice: boolean;
}

const LOCAL = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d))?$/;
const ZONE = /^[A-Za-z][\w+-]*(\/[\w+-]+)*$/;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

const formats = new Map<string, Intl.DateTimeFormat>();
const MOST_FORMATS = 600; // more than there are zones

/** Throws `plan_zone_unknown`. Offsets such as +02:00 are no zones: they do not know of summer. */
const formatOf = (zone: string): Intl.DateTimeFormat => {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  if (!ZONE.test(zone)) throw new CrowdcueError('plan_zone_unknown');
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone, calendar: 'gregory', numberingSystem: 'latn', hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit',
    });
    if (formats.size < MOST_FORMATS) formats.set(zone, format);
    return format;
  } catch (cause) {
    throw new CrowdcueError('plan_zone_unknown', undefined, { cause });
  }
};

/** What a zone's clocks show at an instant, as ms since 1970 of a clock at Greenwich that shows the same. */
const shown = (at: number, zone: string): number => {
  const part = new Map(formatOf(zone).formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(part.get('year')!, part.get('month')! - 1, part.get('day')!, part.get('hour')!, part.get('minute')!, part.get('second')!);
};

/** ms by which a zone's clocks are ahead of Greenwich. */
const offsetAt = (at: number, zone: string): number => shown(at, zone) - Math.floor(at / 1_000) * 1_000;

const iso = (ms: number): string => new Date(ms).toISOString().slice(0, 19);

/** `2026-11-27T20:00:00`, as clocks of the zone show it. */
export const localOf = (at: number, zone: string): string => iso(shown(at, zone));

/** Minutes by which clocks of the zone are ahead of Greenwich at an instant. */
export const offsetMinutes = (at: number, zone: string): number => offsetAt(at, zone) / MINUTE_MS;

/** Reads `2026-11-27T20:00[:00]`, as ms of a clock at Greenwich. Throws `plan_bad_request`. */
export const readLocal = (text: string): number => {
  const [, year, month, day, hour, minute, second = '00'] = LOCAL.exec(text) ?? [];
  const ms = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  if (!Number.isFinite(ms) || iso(ms) !== `${year}-${month}-${day}T${hour}:${minute}:${second}`) throw new CrowdcueError('plan_bad_request', 'startsAt: must be a day and time that calendars have, such as 2026-11-27T20:00.');
  return ms;
};

/** The instant of a local time. Throws `plan_time_gap`, which names the next time that there is, and `plan_zone_unknown`. */
export const instantOf = (local: number, zone: string): Instant => {
  const offsets = new Set([offsetAt(local - DAY_MS, zone), offsetAt(local + DAY_MS, zone)]);
  const found = [...offsets].map((offset) => local - offset).filter((at) => shown(at, zone) === local).sort((a, b) => a - b);
  if (found.length === 0) throw gap(local, zone);
  return { at: found[0]!, twice: found.length > 1 };
};

const gap = (local: number, zone: string): CrowdcueError => {
  // The change is where the clocks of before stop being right.
  const before = offsetAt(local - DAY_MS, zone);
  let [low, high] = [local - DAY_MS, local + DAY_MS];
  while (high - low > 1_000) {
    const middle = Math.floor((low + high) / 2_000) * 1_000;
    if (offsetAt(middle, zone) === before) low = middle;
    else high = middle;
  }
  return new CrowdcueError('plan_time_gap', `${iso(local).slice(0, 16)} does not exist in ${zone}: clocks go forward then. The next time that does is ${localOf(high, zone).slice(0, 16)}.`);
};
