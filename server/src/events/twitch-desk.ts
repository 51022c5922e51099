/**
 * Twitch channels and the events behind them, and the way in for their viewers. Life of a channel here: its broadcaster sees a key in the
 * extension, the host gives the key with the first event; from then on the host alone says which event is on. A viewer's number is made
 * of the person and the event, by a key of ours: the same account is the same viewer in every tab and device. Of who shares the account with
 * the extension it is kept among the event's people (people-desk.ts), for that proves them; of others nothing is.
 */
import { CrowdcueError, type JoinAnswer } from '@crowdcue/protocol';
import type { Clock } from '../clock.js';
import { equalText, GUEST_TIER, STANDARD_TIER, type Keys, type TwitchPerson, type TwitchTokens } from '../identity/index.js';
import type { RecordTable } from '../store/index.js';
import type { EventDirectory } from './event-directory.js';
import type { JoinDesk } from './join-desk.js';

/** A linked channel as it is kept, under its id. */
export interface TwitchChannel {
  readonly event: string;
  /** ms since 1970. */
  readonly since: number;
}

/** A linked channel as the host sees it. */
export interface TwitchChannelView {
  readonly channel: string;
  readonly event: string;
}

/** s that a key may be used: from the broadcaster's page to the host's, with a word in between. */
const KEY_LIFE_S = 15 * 60;
const KEY = /^(\d{1,32})\.(\d{1,12})\.([\w-]{43})$/;

export interface TwitchDeskOptions {
  readonly tokens: TwitchTokens;
  readonly keys: Keys;
  readonly clock: Clock;
  readonly table: RecordTable<TwitchChannel>;
  readonly events: EventDirectory;
  readonly joins: Pick<JoinDesk, 'admit'>;
  /** Told whom Twitch vouches for with the account; resolves when that is kept, or could not be. */
  vouched(event: string, viewer: number, tier: string, account: string): Promise<void>;
}

export class TwitchDesk {
  readonly #channels: Map<string, TwitchChannel>;

  constructor(private readonly options: TwitchDeskOptions) {
    this.#channels = new Map(options.table.entries());
    options.table.watch((channel, link) => {
      if (link === undefined) this.#channels.delete(channel);
      else this.#channels.set(channel, link);
    });
  }

  /** Who a token of Twitch is. Throws what `TwitchTokens.verify` throws. */
  identify(token: string | undefined): TwitchPerson {
    return this.options.tokens.verify(token);
  }

  /** A viewer token for the event behind the person's channel. Throws `twitch_channel_unlinked`, `event_unknown`, `viewer_banned`. */
  async enter(person: TwitchPerson, region: string): Promise<JoinAnswer> {
    const link = this.#channels.get(person.channel);
    if (link === undefined) throw new CrowdcueError('twitch_channel_unlinked');
    const { id } = this.options.events.get(link.event);
    const viewer = this.options.keys.viewerOf('twitch', id, person.subject);
    const answer = this.options.joins.admit(id, viewer, tierOf(person), region);
    if (person.account !== undefined) await this.options.vouched(id, viewer, tierOf(person), person.account);
    return answer;
  }

  /** What the broadcaster hands to the host, once. Throws `twitch_role`. `expiresAt` in seconds since 1970. */
  keyFor({ channel, role, guest }: TwitchPerson): { readonly channel: string; readonly event: string | undefined; readonly key: string; readonly expiresAt: number } {
    if (role !== 'broadcaster' || guest) throw new CrowdcueError('twitch_role');
    const expiresAt = Math.floor(this.options.clock.now() / 1000) + KEY_LIFE_S;
    return { channel, event: this.#channels.get(channel)?.event, key: this.#sign(channel, expiresAt), expiresAt };
  }

  /** Whether the origin knows the extension: without its secret nobody comes from Twitch, and no broadcaster sees a key. */
  get on(): boolean {
    return this.options.tokens.on;
  }

  list(): TwitchChannelView[] {
    return [...this.#channels].map(([channel, { event }]) => ({ channel, event }));
  }

  /** Puts an event behind a channel. Throws `event_unknown`, and `twitch_key_needed` where the channel is not `known`: linked already, by who asks. */
  async link(channel: string, event: string, key: string | undefined, known: boolean): Promise<TwitchChannelView> {
    const { id } = this.options.events.find(event);
    if (!known && !this.#isKeyOf(channel, key ?? '')) throw new CrowdcueError('twitch_key_needed');
    const link = { event: id, since: this.options.clock.now() };
    await this.options.table.put(channel, link);
    this.#channels.set(channel, link);
    return { channel, event: id };
  }

  /** Takes a channel off; to link it again takes a key again. Throws `not_found`. */
  async unlink(channel: string): Promise<void> {
    if (!this.#channels.has(channel)) throw new CrowdcueError('not_found');
    await this.options.table.remove(channel);
    this.#channels.delete(channel);
  }

  #sign(channel: string, expiresAt: number): string {
    const signed = `${channel}.${expiresAt}`;
    return `${signed}.${this.options.keys.twitch(signed)}`;
  }

  #isKeyOf(channel: string, key: string): boolean {
    const parts = KEY.exec(key);
    if (parts === null) return false;
    const [, named, expiresAt] = parts as unknown as [string, string, string];
    return named === channel && Number(expiresAt) * 1000 > this.options.clock.now() && equalText(this.#sign(channel, Number(expiresAt)), key);
  }
}

/** The tier says what Twitch vouches for. It opens nothing of the console. */
const tierOf = ({ role, guest }: TwitchPerson): string => {
  if (guest) return GUEST_TIER;
  return role === 'viewer' ? STANDARD_TIER : role;
};
