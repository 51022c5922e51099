import { CrowdcueError, type ClaimWords, type ReceiptView, type ViewerDrop } from '@crowdcue/protocol';
import type { Access } from './access.js';
import { call, type Http } from './http.js';
import { late } from './late.js';
import { backoff, type ReconnectPolicy } from './reconnect-policy.js';
import type { SessionParts } from './session-events.js';
import type { StorageLike } from './storage.js';

/** Tries of a claim: about 20 s of an origin's restart. */
const TRIES = 8;

/** Drops and claims over HTTP, loaded with the first question; claims of the same drop at the same time are one. */
export class Claims {
  readonly #running = new Map<string, Promise<ReceiptView>>();

  readonly access: Access;
  readonly storage: StorageLike;
  readonly policy: ReconnectPolicy;

  constructor({ access, storage, clock }: SessionParts) {
    this.access = access;
    this.storage = storage;
    this.policy = backoff({ attempts: TRIES, random: clock.random });
  }

  /** The drops of the event as this viewer sees them. */
  async drops(): Promise<readonly ViewerDrop[]> {
    const answer = await this.ask('/drops');
    return (Array.isArray(answer) ? answer : ((answer as { drops?: unknown })?.drops ?? [])) as readonly ViewerDrop[];
  }

  /** What the origin answers this viewer at a path below the event's own. */
  ask(path: string, body?: unknown): Promise<unknown> {
    return this.#authorised((http, event, token) => call(http, `/api/events/${event}${path}`, token, body));
  }

  /** Says that this viewer has seen the event's sponsor. */
  async seen(): Promise<void> {
    await this.ask('/impressions', {});
  }

  /** `said`: where and how old the viewer is, for drops that ask. */
  claim(drop: string, said?: ClaimWords): Promise<ReceiptView> {
    let running = this.#running.get(drop);
    if (running === undefined) {
      running = this.#claim(drop, said).finally(() => this.#running.delete(drop));
      this.#running.set(drop, running);
    }
    return running;
  }

  /** How to claim comes with the first reward (the element's desk brings it along), or at the latest with the claim. */
  async #claim(drop: string, said?: ClaimWords): Promise<ReceiptView> {
    const { claimDrop } = await late(import('./claim-drop.js'));
    const { evt, sub } = this.access.claims;
    return claimDrop({ storage: this.storage, policy: this.policy, item: `crowdcue.claim.${evt}.${sub}.${drop}`, call: (work) => this.#authorised(work) }, drop, said);
  }

  /** Runs `work` with the token; one that is over is renewed once. */
  async #authorised<T>(work: (http: Http, event: string, token: string) => Promise<T>): Promise<T> {
    const { origin, fetch } = this.access.options;
    if (origin === undefined) throw new CrowdcueError('bad_request', 'connect() was given no origin.');
    const run = (): Promise<T> => work({ origin, fetch }, encodeURIComponent(this.access.claims.evt), this.access.token);
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof CrowdcueError && error.code === 'token_expired')) throw error;
      await this.access.ready(true);
      return run();
    }
  }
}
