import { CrowdcueError, isSpectator, type ReceiptView, type TokenClaims, type ViewerDrop } from '@crowdcue/protocol';
import type { ViewerTokens } from '../identity/index.js';
import type { BanList } from './ban-list.js';
import type { DropDesk } from './drop-desk.js';
import type { EventDirectory } from './event-directory.js';

export interface ViewerDeskOptions {
  readonly events: EventDirectory;
  readonly tokens: ViewerTokens;
  readonly bans: BanList;
  readonly drops: DropDesk;
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

  drops({ evt, sub }: Pick<TokenClaims, 'evt' | 'sub'>): Promise<readonly ViewerDrop[]> {
    return this.options.drops.forViewer(evt, sub);
  }

  claim({ evt, sub }: Pick<TokenClaims, 'evt' | 'sub'>, claim: { readonly drop: string; readonly key: string }): Promise<ReceiptView> {
    return this.options.drops.claim(evt, sub, claim.drop, claim.key);
  }

  /** A stock client's request: `drops`, or `claim` with `{ drop, key }`. */
  async request(event: string, viewer: number, type: string, payload: unknown): Promise<unknown> {
    this.options.bans.check(event, viewer);
    switch (type) {
      case 'drops': return this.drops({ evt: event, sub: viewer });
      case 'claim': return this.claim({ evt: event, sub: viewer }, claimOf(payload));
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
