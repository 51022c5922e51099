/** Tiers of viewers: those that an event's drops name, and the links by which a host lets people in as one of them. */
import { CrowdcueError, type TierLink } from '@crowdcue/protocol';
import { BUILT_IN_TIERS, type ScopedKeys } from '../identity/index.js';
import type { DropDesk } from './drop-desk.js';
import type { EventDirectory } from './event-directory.js';
import { eventView } from './event-record.js';

export interface TierDeskOptions {
  readonly events: Pick<EventDirectory, 'get'>;
  readonly drops: Pick<DropDesk, 'tiersOf'>;
  readonly scoped: ScopedKeys;
  readonly publicUrl: () => string;
}

/** `<tier>.<key>` */
const KEY = /^([a-z0-9][a-z0-9-]{0,63})\.(t.+)$/;

export class TierDesk {
  constructor(private readonly options: TierDeskOptions) {}

  /** A link for each tier that the drops name and that nobody else vouches for. Throws `event_unknown`. */
  async links(id: string): Promise<TierLink[]> {
    const { events, drops } = this.options;
    const event = events.get(id).id;
    const named = await drops.tiersOf(event);
    return named.filter((tier) => !BUILT_IN_TIERS.has(tier)).map((tier) => this.#link(event, tier));
  }

  /** Takes a tier's link back; who came in by it stays in that tier. Answers the next one. Throws `event_unknown`, `tier_unknown`. */
  async replace(id: string, tier: string): Promise<TierLink> {
    const known = (await this.links(id)).some((link) => link.tier === tier);
    if (!known) throw new CrowdcueError('tier_unknown');
    const event = this.options.events.get(id).id;
    await this.options.scoped.revoke(event, `tier:${tier}`);
    return this.#link(event, tier);
  }

  /** The tier that a link's key lets in as. Throws `key_forbidden`. */
  tierOf(event: string, key: string): string {
    const [, tier = '', text] = KEY.exec(key) ?? [];
    this.options.scoped.check(event, `tier:${tier}`, text);
    return tier;
  }

  #link(event: string, tier: string): TierLink {
    const { events, scoped, publicUrl } = this.options;
    const key = `${tier}.${scoped.text(event, `tier:${tier}`)}`;
    return { tier, key, url: `${eventView(events.get(event), publicUrl()).joinUrl}#tier=${key}` };
  }
}
