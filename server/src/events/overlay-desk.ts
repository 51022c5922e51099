/** What overlays ask: to watch, and to count what they showed of the sponsor; and how a host gives and takes their keys. */
import { isSpectator, spectatorTier, type OverlayAnswer } from '@crowdcue/protocol';
import type { ScopedKeys, ViewerTokens } from '../identity/index.js';
import type { EventDirectory } from './event-directory.js';
import { eventView } from './event-record.js';
import { fallbackView } from './fallback.js';
import type { RelayRegistry } from './relay-registry.js';

export interface OverlayDeskOptions {
  readonly events: EventDirectory;
  readonly tokens: ViewerTokens;
  readonly scoped: ScopedKeys;
  readonly relays: RelayRegistry;
  readonly publicUrl: () => string;
}

/** What the console shows of an event's keys. */
export interface EventKeys {
  /** The address for the browser source; its key stands behind `#`, where no server logs it. */
  readonly overlayUrl: string;
  readonly captionKey: string;
  /** Where captions are posted. */
  readonly captionUrl: string;
}

export class OverlayDesk {
  constructor(private readonly options: OverlayDeskOptions) {}

  /** Throws `event_unknown`. */
  keys(id: string): EventKeys {
    const { events, scoped, publicUrl } = this.options;
    const event = events.get(id).id;
    return {
      overlayUrl: `${publicUrl()}/overlay/${event}#key=${scoped.text(event, 'overlay')}`,
      captionKey: scoped.text(event, 'captions'), captionUrl: `${publicUrl()}/api/events/${event}/captions`,
    };
  }

  /** Takes the overlay's key back: overlays that came with it are sent away. Throws `event_unknown`, `unavailable`. */
  async revokeOverlay(id: string): Promise<EventKeys> {
    const { events, scoped } = this.options;
    const room = events.room(id);
    const version = await scoped.revoke(id, 'overlay');
    await room.dismiss(version);
    return this.keys(id);
  }

  /** Throws `event_unknown`. */
  async revokeCaptions(id: string): Promise<EventKeys> {
    await this.options.scoped.revoke(this.options.events.get(id).id, 'captions');
    return this.keys(id);
  }

  /** A token to watch with. With an older one the overlay stays the same. The caller has checked the key. */
  open(id: string, oldToken: string | undefined, region: string): OverlayAnswer {
    const { events, tokens, scoped, relays, publicUrl } = this.options;
    const record = events.get(id);
    const { joinUrl, sponsor = null } = eventView(record, publicUrl());
    const fallback = fallbackView(id, record.fallback, publicUrl());
    const tier = spectatorTier(scoped.version(id, 'overlay'));
    const { token, claims } = tokens.issue(id, this.#known(id, oldToken, tier), tier);
    return {
      token, viewer: claims.sub, name: claims.name, event: { id, name: record.name, code: record.code, accent: record.accent },
      relays: relays.deal(claims.sub, region), expiresAt: claims.exp, joinUrl, sponsor, ...(fallback === undefined ? {} : { fallback }),
    };
  }

  /** The number of an overlay that comes back; a token that is over, or was a viewer's, makes none. */
  #known(event: string, token: string | undefined, tier: string): number | undefined {
    try {
      const claims = this.options.tokens.verify(token, event);
      return isSpectator(claims.tier) && claims.tier === tier ? claims.sub : undefined;
    } catch {
      return undefined;
    }
  }
}
