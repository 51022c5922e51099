import { numbersWith, numberText } from '@crowdcue/games/texts';

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

/** `12,480`, and from a million on `1.2M`: a desk's number must not change its width too often. */
export const count = (value: number): string => (value >= 1_000_000 ? compact : whole).format(value);

/** `1 viewer`, `2 viewers`. */
export const counted = (value: number, one: string, many = `${one}s`): string => `${count(value)} ${value === 1 ? one : many}`;

const twoDigits = numbersWith({ minimumIntegerDigits: 2 });

/** Milliseconds as `0:07`, and as `3:07:05` from an hour on, in the language's digits; rounded up so that `0:00` means over. */
export const clockFace = (ms: number, language = 'en'): string => {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const [hours, minutes, rest] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, twoDigits(seconds % 60, language)];
  return hours === 0 ? `${numberText(minutes, language)}:${rest}` : `${numberText(hours, language)}:${twoDigits(minutes, language)}:${rest}`;
};

/** Milliseconds as `30 s`. */
export const seconds = (ms: number): string => `${whole.format(Math.round(ms / 1000))} s`;

/** A part of a whole as `42%`; of nothing it is `0%`. */
export const percent = (part: number, of: number): string => `${of > 0 ? Math.round((part / of) * 100) : 0}%`;

/** A key of a board or a parameter (`bestMs`, `crowd-goal`) as words. */
export const words = (key: string): string => {
  const spaced = key.replace(/([a-z])([A-Z0-9])/g, '$1 $2').replace(/[-_]+/g, ' ').toLowerCase();
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
};

/** A value of a board. */
export const boardValue = (value: number | string): string =>
  typeof value === 'string' ? value : Number.isInteger(value) ? count(value) : value.toFixed(1);
