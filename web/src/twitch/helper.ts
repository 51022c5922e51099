/** What we use of Twitch's helper, `window.Twitch.ext`, which Twitch's own script puts there; names and units are Twitch's. */

/** Who is there, said again whenever Twitch renews the token. */
export interface TwitchAuth {
  /** JWT for the extension's backend. */
  readonly token: string;
  readonly channelId: string;
  readonly userId: string;
}

/** What is around the extension; a part of it at a time. */
export interface TwitchContext {
  readonly theme?: 'light' | 'dark';
  readonly language?: string;
  /** How late the picture is behind the broadcaster, s. */
  readonly hlsLatencyBroadcaster?: number;
}

export interface TwitchHelper {
  onAuthorized(listener: (auth: TwitchAuth) => void): void;
  onContext(listener: (context: TwitchContext, changed: readonly string[]) => void): void;
}

declare global {
  interface Window {
    Twitch?: { readonly ext?: TwitchHelper };
  }
}

/** Twitch's helper, if its script has run. */
export const twitchHelper = (): TwitchHelper | undefined => window.Twitch?.ext;

/** The page's language as Twitch's address says it, `en` unless it does. */
export const languageOfAddress = (search: string = location.search): string => new URLSearchParams(search).get('language') ?? 'en';

/** Where the origin is, as the build wrote it into the page. */
export const originOfPage = (): string => document.querySelector<HTMLMetaElement>('meta[name=crowdcue-origin]')?.content ?? '';
