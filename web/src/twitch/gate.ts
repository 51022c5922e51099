/**
 * The way in for who is on Twitch: trades the JWT of the moment for the origin's answer. Twitch renews the JWT about once an hour; one
 * that is over is not an error here, the next one is waited for.
 */
import { CrowdcueError, type JoinAnswer } from '@crowdcue/client';
import { ERRORS } from '@crowdcue/protocol';
import { asApiError, request, type ApiError } from '../shared/api.js';
import type { TwitchAuth } from './helper.js';

/** What `POST /api/twitch/key` answers. */
export interface ChannelKey {
  readonly channel: string;
  /** The event that is on in the channel. */
  readonly event?: string;
  readonly key: string;
  /** Seconds since 1970. */
  readonly expiresAt: number;
}

/** A code of a later origin tells only whether to try again. */
const sdkError = ({ code, retryable }: ApiError): CrowdcueError => {
  if (code !== 'unreachable' && Object.hasOwn(ERRORS, code)) return new CrowdcueError(code);
  return new CrowdcueError(retryable ? 'unavailable' : 'bad_request');
};

export class TwitchGate {
  #token: string | undefined;
  #waiting: ((token: string) => void)[] = [];

  constructor(private readonly origin: string) {}

  /** Twitch says who is there. */
  authorized({ token }: TwitchAuth): void {
    this.#token = token;
    for (const resume of this.#waiting.splice(0)) resume(token);
  }

  /** In, by the channel's event. Throws a `CrowdcueError`; `twitch_channel_unlinked` while no event is on. */
  enter(): Promise<JoinAnswer> {
    return this.#ask('api/twitch/token');
  }

  /** What the broadcaster hands to the host. Throws `twitch_role` to anybody else. */
  key(): Promise<ChannelKey> {
    return this.#ask('api/twitch/key');
  }

  async #ask<T>(path: string): Promise<T> {
    for (;;) {
      const token = this.#token ?? (await new Promise<string>((resume) => this.#waiting.push(resume)));
      try {
        return await request<T>(`${this.origin}/${path}`, { method: 'POST', bearer: token });
      } catch (thrown) {
        const error = asApiError(thrown);
        if (error.code !== 'twitch_token_expired') throw sdkError(error);
        if (this.#token === token) this.#token = undefined;
      }
    }
  }
}
