/** Secrets that shops sign their reports with, one function a route; loaded with the panel (docs/webhooks.md). */
import { siteUrl } from '../shared/site.js';
import { eventPath, type HostApi } from './host-api.js';

/** Whose reports a secret signs: one event's, or all of the workspace's. */
export type ShopScope = 'event' | 'workspace';

export interface ShopSecret {
  /** ms since 1970 */
  readonly since: number;
  /** ms since 1970, until when the one before counts too */
  readonly oldSecretUntil?: number;
}

const path = (scope: ShopScope, event: string): string => (scope === 'event' ? eventPath(event, '/commerce/secret') : 'api/commerce/secret');

/** Where a shop reports to. */
export const reportUrl = (event: string): string => siteUrl(eventPath(event, '/commerce'));

/** null: there is none. */
export const shopSecret = async (api: HostApi, scope: ShopScope, event: string): Promise<ShopSecret | null> => (await api.ask<{ secret: ShopSecret | null }>(path(scope, event))).secret;

/** Makes it, or replaces it: the one before counts for a day more. It is told this once. */
export const newShopSecret = async (api: HostApi, scope: ShopScope, event: string): Promise<string> => (await api.ask<{ secret: string }>(path(scope, event), { method: 'POST', body: {} })).secret;

export const removeShopSecret = (api: HostApi, scope: ShopScope, event: string): Promise<void> => api.ask(path(scope, event), { method: 'DELETE' });
