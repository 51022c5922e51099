import { CrowdcueError, isSpectator, type ReceiptView, type TokenClaims, type ViewerDrop } from '@crowdcue/protocol';
import { GUEST_TIER, type ViewerTokens } from '../identity/index.js';
import type { BanList } from './ban-list.js';
import type { DropDesk } from './drop-desk.js';
import type { QuestDesk } from './quest-desk.js';
import type { EventDirectory } from './event-directory.js';
import { onAir } from './event-record.js';
import type { ImpressionDesk } from './impression-desk.js';

export interface ViewerDeskOptions {
  readonly events: EventDirectory;
  readonly tokens: ViewerTokens;
  readonly bans: BanList;
  readonly drops: DropDesk;
  readonly quests: QuestDesk;
  readonly impressions: ImpressionDesk;
}

/** What one viewer may ask over HTTP, or by message through the room. */
export class ViewerDesk {
  constructor(private readonly options: ViewerDeskOptions) {}

  /** The viewer behind a token. Throws `event_unknown`, `viewer_banned`, `action_spectator`, and what `ViewerTokens.verify` throws. */
  identify(event: string, token: string | undefined): TokenClaims {
    const claims = this.options.tokens.verify(token, this.options.events.get(event).id);
    this.options.bans.check(event, claims.sub);
    if (isSpectator(claims.tier)) throw new CrowdcueError('action_spectator');
    return claims;
  }

  async drops({ evt, sub }: Pick<TokenClaims, 'evt' | 'sub'>): Promise<readonly ViewerDrop[]> {
    await this.options.quests.settle(evt, sub);
    return this.options.drops.forViewer(evt, sub);
  }

  async claim({ evt, sub, tier }: Pick<TokenClaims, 'evt' | 'sub' | 'tier'>, { drop, key }: { readonly drop: string; readonly key: string }): Promise<ReceiptView> {
    const { drops, quests, events } = this.options;
    onAir(events.get(evt));
    const claim = (): Promise<ReceiptView> => drops.claim(evt, sub, drop, key, tier === GUEST_TIER);
    const receipt = await claim();
    if (receipt.reason !== 'claim_not_unlocked' || quests.of(evt).length === 0) return receipt;
    await quests.settle(evt, sub);
    return claim();
  }

  /** This viewer has seen the event's sponsor. Throws `not_found` where there is none. */
  async seen({ evt, sub }: Pick<TokenClaims, 'evt' | 'sub'>): Promise<void> {
    const event = this.options.events.get(evt);
    if (event.sponsor === undefined) throw new CrowdcueError('not_found', 'The event has no sponsor.');
    await this.options.impressions.count(event, sub);
  }

  /** A stock client's request: `drops`, `quests`, or `claim` with `{ drop, key }`. */
  async request(event: string, viewer: number, type: string, payload: unknown, tier: string): Promise<unknown> {
    this.options.bans.check(event, viewer);
    switch (type) {
      case 'quests': return this.options.quests.forViewer(event, viewer);
      case 'drops': return this.drops({ evt: event, sub: viewer });
      case 'claim': return this.claim({ evt: event, sub: viewer, tier }, claimOf(payload));
      default: throw new CrowdcueError('message_unknown');
    }
  }
}

const claimOf = (payload: unknown): { drop: string; key: string } => {
  const { drop, key } = (payload ?? {}) as { drop?: unknown; key?: unknown };
  const isName = (value: unknown): value is string => typeof value === 'string' && value.length > 0 && value.length <= 128;
  if (!isName(drop) || !isName(key)) throw new CrowdcueError('claim_bad_request');
  return { drop, key };
};
