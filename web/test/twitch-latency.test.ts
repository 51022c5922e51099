import { describe, expect, it } from 'vitest';
import { TwitchLatency } from '../src/twitch/latency.js';

describe('the delay that Twitch reports', () => {
  it('[TWI11] is told to the session in ms, at once when there is one, and again only when it has changed', () => {
    const latency = new TwitchLatency();
    const told: unknown[] = [];
    latency.context({ hlsLatencyBroadcaster: 4.2 });
    expect(latency.delay).toBe(4_200);
    latency.follow({ setDelay: (delay) => void told.push(delay) });
    for (const seconds of [4.3, 4.05, 6.75, 6.6, undefined, Number.NaN, -1, 3_000]) latency.context(seconds === undefined ? { theme: 'dark' } : { hlsLatencyBroadcaster: seconds });
    expect(told).toEqual([{ delay: 4_200, error: 1_000 }, { delay: 6_750, error: 1_000 }]);
    expect(new TwitchLatency().delay).toBeUndefined();
  });
});
