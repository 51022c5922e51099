import { CAPTION_LIMITS, readToken, spectatorTier } from '@crowdcue/protocol';
import { describe, expect, it } from 'vitest';
import { captionLines } from '../src/events/caption-lines.js';
import { systemClock } from '../src/clock.js';
import { LeapingClock } from './support/manual-clock.js';
import { startOrigin, tokens, type TestOrigin } from './support/test-origin.js';

const keysOf = async (test: TestOrigin, event = 'show') => (await test.call('GET', `/api/events/${event}/keys`, { bearer: test.session })).body as { overlayUrl: string; captionKey: string; captionUrl: string };
const overlayKey = async (test: TestOrigin, event = 'show'): Promise<string> => new URL((await keysOf(test, event)).overlayUrl).hash.replace('#key=', '');
const setUp = async () => {
  const test = await startOrigin();
  await test.event({ id: 'show' });
  return { test, key: await overlayKey(test) };
};

describe('overlay keys over HTTP', () => {
  it('[OVL5] the console shows one address for the browser source, the same at every look, with its key where no server sees it', async () => {
    const { test } = await setUp();
    const { overlayUrl } = await keysOf(test);
    const url = new URL(overlayUrl);
    expect([url.pathname, url.search]).toEqual(['/overlay/show', '']);
    expect(url.hash).toMatch(/^#key=o1\.1\.[\w-]{43}$/);
    expect((await keysOf(test)).overlayUrl).toBe(overlayUrl);
    for (const bearer of [undefined, 'h1.1.9999999999999.aaaaaaaaaaaaaaaa.bbbb', (await test.join('show')).token]) {
      expect((await test.call('GET', '/api/events/show/keys', { bearer })).body.code).toBe('host_forbidden');
      expect((await test.call('DELETE', '/api/events/show/keys/overlay', { bearer })).body.code).toBe('host_forbidden');
    }
  });

  it('[OVL5] a key opens its own event and its own use only', async () => {
    const { test, key } = await setUp();
    await test.event({ id: 'other' });
    const { captionKey } = await keysOf(test);
    const open = (bearer: string | undefined, event = 'show') => test.call('POST', `/api/events/${event}/overlay/session`, { bearer, body: {} });
    expect((await open(key)).status).toBe(200);
    const forged = `${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`;
    for (const bad of [undefined, 'x', captionKey, forged, key.replace('o1.1', 'o1.2'), (await test.join('show')).token]) expect((await open(bad)).body.code).toBe('key_forbidden');
    expect((await open(key, 'other')).body.code).toBe('key_forbidden');
    expect((await open(key, 'nothing')).body.code).toBe('event_unknown');
    const line = { lines: [{ lang: 'en', from: 0, to: 1_000, text: 'x' }] };
    expect((await test.call('POST', '/api/events/show/captions', { bearer: key, body: line })).body.code).toBe('key_forbidden');
  });

  it('[OVL6] an overlay gets a token to watch with, keeps its number over a reload, and can do nothing that a viewer can', async () => {
    const { test, key } = await setUp();
    const open = async (token?: string) => (await test.call('POST', '/api/events/show/overlay/session', { bearer: key, body: token === undefined ? {} : { token } })).body;
    const first = await open();
    expect(first).toMatchObject({ event: { id: 'show', name: 'Test show' }, joinUrl: expect.stringContaining('/join/'), sponsor: null });
    await test.call('POST', '/api/events/show/sponsor', { bearer: test.session, body: { name: 'Fjord Coffee' } });
    expect((await open()).sponsor).toEqual({ name: 'Fjord Coffee', text: '', url: '', imageUrl: '' });
    expect((readToken(first.token) as unknown as { tier: string }).tier).toBe(spectatorTier(1));
    expect((await open(first.token)).viewer).toBe(first.viewer);
    const viewer = await test.join('show');
    for (const other of [viewer.token, tokens(-1).issue('show', first.viewer, spectatorTier(1)).token, 'rubbish']) expect((await open(other)).viewer).not.toBe(first.viewer);
    expect((await test.call('GET', '/api/events/show/drops', { bearer: first.token })).body.code).toBe('action_spectator');
    expect((await test.call('POST', '/api/events/show/claims', { bearer: first.token, body: { drop: 'a', key: 'abcdefgh' } })).body.code).toBe('action_spectator');
    expect((await test.call('POST', '/api/join', { bearer: first.token, body: { event: 'show' } })).body.code).toBe('key_forbidden');
  });

  it('[OVL3] taking the key back changes the address, refuses the old key at once and after a restart, and tells the room whom to send away', async () => {
    const { test, key } = await setUp();
    const { overlayUrl } = (await test.call('DELETE', '/api/events/show/keys/overlay', { bearer: test.session })).body;
    expect(test.rooms.get('show')!.dismissed).toEqual([1]);
    const next = new URL(overlayUrl).hash.replace('#key=', '');
    const again = await test.restart();
    for (const [bearer, status] of [[key, 403], [next, 200]] as const) expect((await again.call('POST', '/api/events/show/overlay/session', { bearer, body: {} })).status).toBe(status);
    expect(await overlayKey(again)).toBe(next);
    expect((await again.call('DELETE', '/api/events/show/keys/host', { bearer: again.session })).body.code).toBe('not_found');
  });

  it('[OVL7] a sponsor that stood on the overlay counts once, however often that is told, no faster than it can stand, and after a restart', async () => {
    const clock = new LeapingClock(systemClock);
    const test = await startOrigin({}, { clock });
    await test.event({ id: 'show' });
    await test.call('POST', '/api/events/show/sponsor', { bearer: test.session, body: { name: 'Fjord' } });
    const key = await overlayKey(test);
    const { token } = (await test.call('POST', '/api/events/show/overlay/session', { bearer: key, body: {} })).body;
    const tell = async (shown: number, body: object = {}) => (await test.call('POST', '/api/events/show/overlay/showings', { bearer: key, body: { token, sponsor: 'Fjord', shown, ...body } })).body;
    expect(await tell(1)).toEqual({ shown: 1 });
    expect(await tell(1)).toEqual({ shown: 1 });
    expect(await tell(2)).toEqual({ shown: 1 }); // too soon
    clock.leap(8_000);
    expect(await tell(500)).toEqual({ shown: 2 });
    expect((await tell(3, { sponsor: '' })).code).toBe('bad_request');
    expect((await tell(3, { token: 'x' })).code).toBe('token_malformed');
    clock.leap(8_000);
    expect((await tell(3, { token: (await test.join('show')).token })).code).toBe('key_forbidden'); // a viewer's token shows nothing
    expect(await tell(3, { sponsor: 'Somebody else' })).toEqual({ shown: 0 });
    const shown = async (at: TestOrigin) => (await at.call('GET', '/api/events/show', { bearer: test.session })).body.sponsors;
    expect(await shown(test)).toEqual([{ name: 'Fjord', shown: 2, viewers: 6 }]);
    expect(await shown(await test.restart())).toEqual([{ name: 'Fjord', shown: 2, viewers: 6 }]);
  });
});

describe('captions over HTTP', () => {
  const line = (about: object = {}) => ({ lang: 'en', from: 1_000, to: 2_000, text: 'Hello', ...about });

  it('[CAP7] host and caption key may post, nobody else; taking the key back ends it', async () => {
    const { test } = await setUp();
    const { captionKey, captionUrl } = await keysOf(test);
    expect(captionUrl).toBe(`${test.url}/api/events/show/captions`);
    const post = (bearer: string | undefined) => test.call('POST', '/api/events/show/captions', { bearer, body: { lines: [line()] } });
    for (const good of [test.session, captionKey]) expect(await post(good)).toMatchObject({ status: 200, body: { taken: 1, repeated: 0 } });
    for (const bad of [undefined, 'c1.1.x', (await test.join('show')).token]) expect((await post(bad)).body.code).toBe('key_forbidden');
    expect((await post('h1.1.1.a.b')).body.code).toBe('host_forbidden');
    await test.call('DELETE', '/api/events/show/keys/captions', { bearer: test.session });
    expect((await post(captionKey)).body.code).toBe('key_forbidden');
    expect((await post((await keysOf(test)).captionKey)).status).toBe(200);
  });

  it('[CAP8] what no caption is comes back with its path and nothing of the call is taken', async () => {
    const { test } = await setUp();
    const post = async (body: unknown) => (await test.call('POST', '/api/events/show/captions', { bearer: test.session, body })).body as { code: string };
    const bad: unknown[] = [
      {}, { lines: [] }, { lines: 'x' }, { lines: Array.from({ length: CAPTION_LIMITS.lines + 1 }, () => line()) }, { lines: [line(), line({ text: '' })] },
      { lines: [line({ text: ' \u202e ' })] }, { lines: [line({ text: 'x'.repeat(CAPTION_LIMITS.text + 1) })] }, { lines: [line({ lang: 'english please' })] },
      { lines: [line({ lang: '' })] }, { lines: [line({ from: '2026-01-01' })] }, { lines: [line({ from: 'now' })] }, { lines: [line({ to: null })] }, { lines: [line({ id: 'no spaces' })] }, { lines: [line({ id: 'x'.repeat(65) })] },
    ];
    for (const body of bad) expect((await post(body)).code, JSON.stringify(body).slice(0, 80)).toBe('caption_bad_request');
    expect(test.rooms.get('show')!.lines).toEqual([]);
    const declared = await test.call('POST', '/api/events/show/captions', { bearer: test.session, raw: JSON.stringify({ lines: [line({ text: 'y'.repeat(70_000) })] }) });
    expect(declared.body.code).toBe('body_too_large');
  });

  it('[CAP9] PROGRAM-DATE-TIME becomes event time, tags are written one way, and of text nothing is left that is not seen', () => {
    const createdAt = Date.parse('2026-03-01T20:00:00Z');
    const [a, b] = captionLines([
      { lang: 'PT-br', from: '2026-03-01T21:00:01.250+01:00', to: '2026-03-01T20:00:03Z', text: '<b onclick=x>Olá</b>\u0007\u202e\r\nmundo\u200f ' },
      { id: 'b', lang: 'zz-Latn', from: 5, to: 6, text: 'x' },
    ], createdAt, 250);
    expect(a).toEqual({ id: expect.stringMatching(/^[\w-]{16}$/), lang: 'pt-BR', from: 1_000, to: 2_750, text: '<b onclick=x>Olá</b>\nmundo' });
    const [long] = captionLines([{ lang: 'en', from: 100_000.3, to: 100_000.3 + CAPTION_LIMITS.standsMs, text: 'x' }], createdAt);
    expect(long!.to - long!.from).toBe(CAPTION_LIMITS.standsMs);
    expect(b).toEqual({ id: 'b', lang: 'zz-Latn', from: 5, to: 6, text: 'x' });
  });

  it('[CAP9] a date is by the packager’s clock, as the host has calibrated it', async () => {
    const { test } = await setUp();
    const { createdAt } = (await test.call('GET', '/api/events/show', { bearer: test.session })).body.event;
    const post = (from: number) => test.call('POST', '/api/events/show/captions', {
      bearer: test.session, body: { lines: [{ lang: 'en', from: new Date(from).toISOString(), to: new Date(from + 2_000).toISOString(), text: 'x' }] },
    });
    await post(createdAt + 5_000);
    await test.call('POST', '/api/events/show/packager', { bearer: test.session, body: { offsetMs: 1_700, errorMs: 50 } });
    await post(createdAt + 6_000);
    expect(test.rooms.get('show')!.lines.map(({ from, to }) => [from, to])).toEqual([[5_000, 7_000], [4_300, 6_300]]);
  });
});
