/** The routes of the set-up, for the panels that are loaded when they are opened. */
import type { EventView } from '@crowdcue/protocol';
import { eventPath, type HostApi } from './host-api.js';
import type { QuestSpec } from './quest-form.js';

/** A sponsor as it is sent; without `imageUrl` the picture stays. */
export interface SponsorDraft {
  readonly name: string;
  readonly text: string;
  readonly url: string;
  readonly imageUrl?: string;
}

export interface TwitchChannels {
  /** Whether the origin knows the extension. */
  readonly on: boolean;
  readonly channels: readonly { readonly channel: string; readonly event: string }[];
}

const channelPath = (channel: string): string => `api/twitch/channels/${encodeURIComponent(channel)}`;

export const setupApi = {
  setSponsor: (api: HostApi, id: string, sponsor: SponsorDraft): Promise<EventView> => api.ask(eventPath(id, '/sponsor'), { method: 'POST', body: sponsor }),
  removeSponsor: (api: HostApi, id: string): Promise<void> => api.ask(eventPath(id, '/sponsor'), { method: 'DELETE' }),
  setEmbed: (api: HostApi, id: string, origins: readonly string[]): Promise<EventView> => api.ask(eventPath(id, '/embed'), { method: 'POST', body: { origins } }),
  quests: async (api: HostApi, id: string): Promise<readonly QuestSpec[]> => (await api.ask<{ quests: readonly QuestSpec[] }>(eventPath(id, '/quests/given'))).quests,
  setQuests: async (api: HostApi, id: string, quests: readonly QuestSpec[]): Promise<readonly QuestSpec[]> =>
    (await api.ask<{ quests: readonly QuestSpec[] }>(eventPath(id, '/quests'), { method: 'PUT', body: { quests } })).quests,
  channels: (api: HostApi): Promise<TwitchChannels> => api.ask('api/twitch/channels'),
  link: (api: HostApi, channel: string, event: string, key?: string): Promise<void> => api.ask(channelPath(channel), { method: 'PUT', body: { event, ...(key === undefined ? {} : { key }) } }),
  unlink: (api: HostApi, channel: string): Promise<void> => api.ask(channelPath(channel), { method: 'DELETE' }),
};
