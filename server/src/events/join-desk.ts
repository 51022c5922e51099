import { CrowdcueError, isSpectator, type JoinAnswer } from '@crowdcue/protocol';
import type { IssuedToken, ViewerTokens } from '../identity/index.js';
import type { OriginMetrics } from '../metrics/origin-metrics.js';
import type { BanList } from './ban-list.js';
import type { EventDirectory } from './event-directory.js';
import { onAir } from './event-record.js';
import type { RelayRegistry } from './relay-registry.js';
import type { TierDesk } from './tier-desk.js';

export interface JoinDeskOptions {
  readonly events: EventDirectory;
  readonly tokens: ViewerTokens;
  readonly bans: BanList;
  readonly relays: RelayRegistry;
  readonly tiers: Pick<TierDesk, 'tierOf'>;
  readonly metrics: OriginMetrics;
}

/** Lets viewers in: a token, and where to go with it. */
export class JoinDesk {
  constructor(private readonly options: JoinDeskOptions) {}

  /**
   * A token for the event of an id or code. With an older token of the event the viewer stays the same and keeps its tier, unless the key
   * of a tier's link says another. `region` is where the viewer is, "" when nobody knows. Throws `event_unknown`, `event_off` of somebody
   * new, `event_ended`, `viewer_banned`, `key_forbidden`, and what `ViewerTokens.verify` throws.
   */
  join(idOrCode: string, oldToken: string | undefined, region = '', tierKey?: string): JoinAnswer {
    const { events, tokens, bans, tiers } = this.options;
    const event = events.find(idOrCode);
    const { id } = event;
    const known = oldToken === undefined ? undefined : tokens.verify(oldToken, id);
    if (known !== undefined) bans.check(id, known.sub);
    if (known !== undefined && isSpectator(known.tier)) throw new CrowdcueError('key_forbidden'); // an overlay comes with its key
    onAir(known === undefined ? event : { ...event, off: false }); // who is in stays in, and sees that it goes on
    const tier = tierKey === undefined ? known?.tier : tiers.tierOf(id, tierKey);
    return this.#answer(tokens.issue(id, known?.sub, tier), known === undefined ? 'new' : 'renewed', region);
  }

  /** A token for a viewer whom somebody vouches for. Throws `event_unknown`, `event_off`, `event_ended`, `viewer_banned`. */
  admit(event: string, viewer: number, tier: string, region: string): JoinAnswer {
    const { events, tokens, bans } = this.options;
    const { id } = events.get(event);
    onAir(events.get(event));
    bans.check(id, viewer);
    return this.#answer(tokens.issue(id, viewer, tier), 'vouched', region);
  }

  #answer({ token, claims }: IssuedToken, kind: 'new' | 'renewed' | 'vouched', region: string): JoinAnswer {
    const { events, relays, metrics } = this.options;
    const { id, name, code, accent } = events.get(claims.evt);
    metrics.tokensIssued.inc({ kind });
    return { token, viewer: claims.sub, name: claims.name, event: { id, name, code, accent }, relays: relays.deal(claims.sub, region), expiresAt: claims.exp };
  }
}
