import { LIMITS } from '@crowdcue/protocol';

/**
 * How late a picture is, from taps on its flashes. A tap follows the flash that it is for by the picture's delay and by the person's
 * reaction. Which flash that was is found by the uneven steps of the series: of all ways to lay the taps over the flashes the one that fits
 * the most taps counts. Taps that fit no flash (too early, by accident, after a missed one) are left out.
 */

/**
 * ms between a flash and a person's tap, taken off: a simple reaction to light, by thumb, as studies of thousands have it, screen and
 * touch included. Who is slower or faster than that by 50 ms is taken for 50 ms more or less late; no number of taps can show it.
 */
export const REACTION_MS = 250;
/** Standard deviations of it, ms: from person to person, and from tap to tap of one. */
const BETWEEN_MS = 50;
const WITHIN_MS = 40;
/** Farther from the middle than this a tap was for no flash that fits, ms: four deviations of one person. */
const FIT_MS = 160;
/** Two ways to lay the taps are the same when they are no farther apart, ms. */
const SAME_MS = 400;
/** Fewer taps that fit are too often chance. */
const TAPS = 4;
/** A picture may seem early by this much, ms: a fast person in front of a prompt one. */
const EARLY_MS = 200;
const BOUND_95 = 1.96;

export interface TapEstimate {
  /** ms; never below 0. */
  readonly delay: number;
  /** 95 of 100 people are within, ms. */
  readonly error: number;
  /** Taps that fit. */
  readonly taps: number;
}

interface Fit {
  readonly lags: readonly number[];
  readonly middle: number;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Each tap's lag behind the flash that is nearest to it in a picture late by `lag`, where one is near enough. */
const lagsNear = (taps: readonly number[], flashes: readonly number[], lag: number): number[] => taps.flatMap((tap) => {
  const lags = flashes.map((flash) => tap - flash).filter((each) => Math.abs(each - lag) <= FIT_MS);
  return lags.length === 0 ? [] : [lags.reduce((best, each) => (Math.abs(each - lag) < Math.abs(best - lag) ? each : best))];
});

const fits = (taps: readonly number[], flashes: readonly number[]): Fit[] => taps
  .flatMap((tap) => flashes.map((flash) => tap - flash))
  .filter((lag) => lag >= REACTION_MS - EARLY_MS && lag <= LIMITS.delayMs + REACTION_MS + EARLY_MS)
  .map((lag) => {
    const lags = lagsNear(taps, flashes, mean(lagsNear(taps, flashes, lag)));
    return { lags, middle: mean(lags) };
  });

const variance = ({ lags, middle }: Fit): number => mean(lags.map((lag) => (lag - middle) ** 2));

/**
 * The delay behind the host's picture; undefined while the taps do not say which flashes they are for.
 * @param taps event times of the taps, ms
 * @param flashes event times of the flashes, ms (`flashTimes` of the protocol)
 */
export const estimateDelay = (taps: readonly number[], flashes: readonly number[]): TapEstimate | undefined => {
  const all = fits(taps, flashes);
  const best = all.reduce<Fit | undefined>((top, each) =>
    (top === undefined || each.lags.length > top.lags.length || (each.lags.length === top.lags.length && variance(each) < variance(top)) ? each : top), undefined);
  if (best === undefined || best.lags.length < TAPS) return undefined;
  const rival = Math.max(0, ...all.filter(({ middle }) => Math.abs(middle - best.middle) > SAME_MS).map(({ lags }) => lags.length));
  // Where some taps fit nowhere, chance has more room: then another way must be worse by two.
  if (rival + (best.lags.length < taps.length ? 2 : 1) > best.lags.length) return undefined;
  const within = Math.max(WITHIN_MS ** 2, variance(best)) / best.lags.length;
  return {
    delay: Math.round(Math.max(0, best.middle - REACTION_MS)), error: Math.round(BOUND_95 * Math.sqrt(BETWEEN_MS ** 2 + within)), taps: best.lags.length,
  };
};
