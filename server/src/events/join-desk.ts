import { CrowdcueError, isSpectator, type JoinAnswer } from '@crowdcue/protocol';
import type { ViewerTokens } from '../identity/index.js';
import type { OriginMetrics } from '../metrics/origin-metrics.js';
import type { BanList } from './ban-list.js';
import type { EventDirectory } from './event-directory.js';
import type { RelayRegistry } from './relay-registry.js';

export interface JoinDeskOptions {
  readonly events: EventDirectory;
  readonly tokens: ViewerTokens;
  readonly bans: BanList;
  readonly relays: RelayRegistry;
  readonly metrics: OriginMetrics;
}

/** Lets viewers in: a token, and where to go with it. */
export class JoinDesk {
  constructor(private readonly options: JoinDeskOptions) {}

  /**
   * A token for the event of an id or code. With an older token of the event the viewer stays the same and keeps its tier.
   * `region` is where the viewer is, "" when nobody knows. Throws `event_unknown`, `viewer_banned`, and what `ViewerTokens.verify` throws.
   */
  join(idOrCode: string, oldToken: string | undefined, region = ''): JoinAnswer {
    const { events, tokens, bans, relays, metrics } = this.options;
    const { id, name, code, accent } = events.find(idOrCode);
    const known = oldToken === undefined ? undefined : tokens.verify(oldToken, id);
    if (known !== undefined) bans.check(id, known.sub);
    if (known !== undefined && isSpectator(known.tier)) throw new CrowdcueError('key_forbidden'); // an overlay comes with its key
    const { token, claims } = known === undefined ? tokens.issue(id) : tokens.issue(id, known.sub, known.tier);
    metrics.tokensIssued.inc({ kind: known === undefined ? 'new' : 'renewed' });
    return { token, viewer: claims.sub, name: claims.name, event: { id, name, code, accent }, relays: relays.deal(claims.sub, region), expiresAt: claims.exp };
  }
}
