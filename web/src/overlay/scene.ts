/** What is on the stream: decided from the state and the clock alone. */
import type { CrowdView } from '@crowdcue/protocol';

/** Each has only its own fields. */
export type Scene =
  | { readonly kind: 'idle' }
  /** Off the air, or over for good: nobody can join, so nothing invites to. */
  | { readonly kind: 'off' }
  | { readonly kind: 'armed'; readonly secondsLeft: number }
  /** `left` of the round, 0 to 1. */
  | { readonly kind: 'live'; readonly secondsLeft: number; readonly left: number }
  | { readonly kind: 'over' };

/** ms that an outcome stands before the join card comes back. */
export const OUTCOME_MS = 20_000;

const secondsUntil = (time: number, now: number): number => Math.max(0, Math.ceil((time - now) / 1000));

/** Follows the rounds: how long an outcome has stood is not in the state. All times are event time, ms. */
export class SceneKeeper {
  #round = -1;
  #phase = '';
  #overSince = -Infinity;

  scene(state: Pick<CrowdView, 'phase' | 'round' | 'startsAt' | 'endsAt'> | undefined, now: number): Scene {
    if (state === undefined) return { kind: 'idle' };
    this.#look(state, now);
    switch (state.phase) {
      case 'armed': return { kind: 'armed', secondsLeft: secondsUntil(state.startsAt, now) };
      case 'live': return { kind: 'live', secondsLeft: secondsUntil(state.endsAt, now), left: Math.min(1, Math.max(0, (state.endsAt - now) / Math.max(1, state.endsAt - state.startsAt))) };
      case 'over': return now - this.#overSince < OUTCOME_MS ? { kind: 'over' } : { kind: 'idle' };
      case 'off': case 'ended': return { kind: 'off' };
      default: return { kind: 'idle' };
    }
  }

  #look({ round, phase, endsAt, closesAt = 0 }: Pick<CrowdView, 'phase' | 'round' | 'endsAt' | 'closesAt'>, now: number): void {
    if (round === this.#round && phase === this.#phase) return;
    // Seen for the first time, as after a reload: since its end, or since now where it ended before its time.
    if (phase === 'over') this.#overSince = this.#phase === '' ? Math.min(now, Math.max(endsAt, closesAt)) : now;
    this.#round = round;
    this.#phase = phase;
  }
}
