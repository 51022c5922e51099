import { CrowdcueError } from '@crowdcue/protocol';
import { z } from 'zod';
import type { Clock } from '../clock.js';
import type { Keys, RandomSource, Sealer, TwitchAccounts } from '../identity/index.js';
import type { Known, PeopleTable } from './people-table.js';
import type { ProofCodes } from './proof-codes.js';

export interface TwitchProofsOptions {
  /** Left out, nobody signs in. */
  readonly accounts: TwitchAccounts | undefined;
  /** Where Twitch sends who signed in. */
  redirect(): string;
  readonly people: PeopleTable;
  readonly codes: ProofCodes;
  readonly keys: Pick<Keys, 'sealer'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: RandomSource;
  /** Told what a code that was said came to. */
  said(result: 'proven' | 'wrong' | 'over'): void;
}

/** The way to Twitch. */
export interface SignInAddress {
  readonly url: string;
  /** ms since 1970, until when the way back is open. */
  readonly until: number;
}

/** Who asked to sign in. */
interface Asker {
  readonly event: string;
  readonly viewer: number;
}

/** Long enough to make a password, and to find the phone for the second factor. */
const LIFE_MS = 30 * 60_000;
const ABOUT = 'the way back from Twitch';

const stateShape = z.object({ event: z.string(), viewer: z.number(), nonce: z.string(), until: z.number() });

/**
 * Proofs by an account on Twitch that somebody signed in to. Whoever comes back from Twitch is told a code, and the viewer who asked says it:
 * a link alone, sent to somebody who then signs in, proves nothing for its sender, as a code by mail does not.
 */
export class TwitchProofs {
  readonly #sealer: Sealer;

  constructor(private readonly options: TwitchProofsOptions) {
    this.#sealer = options.keys.sealer('sign-in-states', options.random);
  }

  /** The way to Twitch for a viewer. Nothing is kept of it. Throws `twitch_off`. */
  begin({ event, viewer }: Asker): SignInAddress {
    const { redirect, clock, random } = this.options;
    const accounts = this.#accounts();
    const [nonce, until] = [random.bytes(16).toString('base64url'), clock.now() + LIFE_MS];
    return { url: accounts.authorizationUrl(redirect(), this.#sealer.seal(JSON.stringify({ event, viewer, nonce, until }), ABOUT), nonce), until };
  }

  /** Who asked for the way back that somebody came by. Throws `sign_in_over`. */
  asker(state: string): Asker & { readonly nonce: string } {
    let opened: z.infer<typeof stateShape>;
    try {
      opened = stateShape.parse(JSON.parse(this.#sealer.open(state, ABOUT)));
    } catch {
      throw new CrowdcueError('sign_in_over');
    }
    if (opened.until <= this.options.clock.now()) throw new CrowdcueError('sign_in_over');
    return opened;
  }

  /** The code for who came back. Throws `twitch_off`, `sign_in_over`, `sign_in_unavailable`. */
  async finish(code: string, { event, viewer, nonce }: ReturnType<TwitchProofs['asker']>): Promise<{ readonly digits: string; readonly until: number }> {
    const account = await this.#accounts().accountOf(code, this.options.redirect(), nonce);
    const { code: digits, until } = await this.options.codes.makeFor(event, viewer, account);
    return { digits, until };
  }

  /** The viewer who asked says the code. Said again it is answered again. Throws `proof_code_wrong`, `proof_code_over`. */
  async confirm({ event, viewer }: Asker, digits: string): Promise<Known> {
    const { people, codes, said } = this.options;
    try {
      const account = await codes.checkAccount(event, viewer, digits);
      const proven = await people.prove(event, viewer, 'twitch', account, { twitch: account });
      await codes.spend(event, viewer, 'shown');
      said('proven');
      return proven;
    } catch (error) {
      if (!(error instanceof CrowdcueError)) throw error;
      const [known] = people.of(event, viewer);
      if (error.code === 'proof_code_over' && known?.proof === 'twitch') return known;
      said(error.code === 'proof_code_wrong' ? 'wrong' : 'over');
      throw error;
    }
  }

  #accounts(): TwitchAccounts {
    if (this.options.accounts === undefined) throw new CrowdcueError('twitch_off');
    return this.options.accounts;
  }
}
