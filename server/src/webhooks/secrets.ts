import type { RandomSource, Sealer } from '../identity/index.js';
import { newSecret } from './signature.js';

/** A secret as it is kept; one that is being replaced has an end. */
export interface KeptSecret {
  readonly sealed: string;
  /** ms since 1970 */
  readonly until?: number;
}

const KEPT = 4; // who rotates again and again within one overlap ends the oldest

export interface SecretsOptions {
  readonly sealer: Sealer;
  readonly random: RandomSource;
}

/** Makes, replaces and opens secrets whose record is `about`. */
export class Secrets {
  constructor(private readonly options: SecretsOptions) {}

  fresh(about: string): { readonly secret: string; readonly kept: KeptSecret } {
    const secret = newSecret(this.options.random);
    return { secret, kept: { sealed: this.options.sealer.seal(secret, about) } };
  }

  /** `fresh` first; the ones before it are good for `overlapMs` more at most. */
  static rotated(before: readonly KeptSecret[], fresh: KeptSecret, now: number, overlapMs: number): KeptSecret[] {
    const ending = now + overlapMs;
    const old = overlapMs === 0 ? [] : before.map(({ sealed, until = ending }) => ({ sealed, until: Math.min(until, ending) })).filter(({ until }) => until > now);
    return [fresh, ...old].slice(0, KEPT);
  }

  /** Those that are good now, the newest first. */
  open(kept: readonly KeptSecret[], about: string, now: number): string[] {
    return kept.filter(({ until = Infinity }) => until > now).map(({ sealed }) => this.options.sealer.open(sealed, about));
  }
}
