import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../src/config.js';
import { startOrigin, tempDir, tokens, type Answer, type TestOrigin } from './support/test-origin.js';
import { CLIENT_ID, TWITCH_SECRET, twitchJwt, viewerClaims } from './support/twitch-jwt.js';

const CHANNEL = '44322889';
const ENV = { TWITCH_EXTENSION_SECRET: TWITCH_SECRET, TWITCH_EXTENSION_CLIENT_ID: CLIENT_ID };

const exchange = (test: TestOrigin, bearer: string | undefined, headers?: Record<string, string>): Promise<Answer> =>
  test.call('POST', '/api/twitch/token', { bearer, ...(headers === undefined ? {} : { headers }) });
const broadcaster = (channel = CHANNEL): string => twitchJwt(viewerClaims('UB1', channel, { role: 'broadcaster', user_id: channel, is_unlinked: false }));
const link = async (test: TestOrigin, event: string, channel = CHANNEL): Promise<Answer> => {
  const { body } = await test.call('POST', '/api/twitch/key', { bearer: broadcaster(channel) });
  return test.call('PUT', `/api/twitch/channels/${channel}`, { bearer: test.session, body: { event, key: body.key } });
};

const linked = async (drops: unknown[] = []): Promise<TestOrigin> => {
  const test = await startOrigin(ENV);
  await test.event({ id: 'show', drops });
  expect(await link(test, 'show')).toMatchObject({ status: 200, body: { channel: CHANNEL, event: 'show' } });
  return test;
};

describe('viewers from Twitch', () => {
  it('[TWI1] gives a viewer token for the event behind the channel; one person is one viewer, everywhere and after a restart', async () => {
    const test = await linked();
    const jwt = twitchJwt(viewerClaims('UG12X345T6J78', CHANNEL));
    const first = await exchange(test, jwt);
    expect(first).toMatchObject({ status: 200, body: { event: { id: 'show' }, relays: [] } });
    expect(tokens().verify(first.body.token, 'show')).toMatchObject({ sub: first.body.viewer, tier: 'viewer', name: first.body.name });
    expect((await exchange(test, twitchJwt(viewerClaims('UG12X345T6J78', CHANNEL, { exp: Math.floor(Date.now() / 1000) + 60 })))).body.viewer).toBe(first.body.viewer);
    const others = await Promise.all(['UOTHER', 'AG12X345T6J78'].map((opaque) => exchange(test, twitchJwt(viewerClaims(opaque, CHANNEL)))));
    expect(new Set([first, ...others].map(({ body }) => body.viewer)).size).toBe(3);
    // An account that is shared with the extension is one person, whatever Twitch calls it today.
    const shared = await Promise.all(['UONE', 'UTWO'].map((opaque) => exchange(test, twitchJwt(viewerClaims(opaque, CHANNEL, { user_id: '5150', is_unlinked: false })))));
    expect(shared[0]!.body.viewer).toBe(shared[1]!.body.viewer);
    const again = await test.restart(ENV);
    expect((await exchange(again, jwt)).body.viewer).toBe(first.body.viewer);
    await again.event({ id: 'other' });
    await again.call('PUT', `/api/twitch/channels/${CHANNEL}`, { bearer: again.session, body: { event: 'other' } });
    expect((await exchange(again, jwt)).body).toMatchObject({ event: { id: 'other' } });
    expect((await exchange(again, jwt)).body.viewer).not.toBe(first.body.viewer);
  });

  it('[TWI1] says by the tier what Twitch vouches for, and a ban of the viewer holds for the person', async () => {
    const test = await linked();
    const tierOf = async (claims: Record<string, unknown>): Promise<string> => tokens().verify((await exchange(test, twitchJwt(claims))).body.token, 'show').tier;
    expect(await tierOf(viewerClaims('U1', CHANNEL))).toBe('viewer');
    expect(await tierOf(viewerClaims('U2', CHANNEL, { role: 'moderator' }))).toBe('moderator');
    expect(await tierOf(viewerClaims('U3', CHANNEL, { role: 'broadcaster' }))).toBe('broadcaster');
    expect(await tierOf(viewerClaims('A4', CHANNEL))).toBe('guest');
    expect(await tierOf(viewerClaims('A5', CHANNEL, { role: 'broadcaster', user_id: '5' }))).toBe('guest'); // nobody who is logged out is more
    const jwt = twitchJwt(viewerClaims('U1', CHANNEL));
    const { body } = await exchange(test, jwt);
    await test.call('POST', `/api/events/show/viewers/${body.viewer}/ban`, { bearer: test.session });
    expect(await exchange(test, jwt)).toMatchObject({ status: 403, body: { code: 'viewer_banned' } });
    // A token of Twitch is no session of a host.
    expect(await test.call('GET', '/api/events', { bearer: broadcaster() })).toMatchObject({ body: { code: 'host_forbidden' } });
  });

  it('[TWI2] refuses with a code of its own what is missing, malformed, forged, over, nobody\'s, or of a channel without an event', async () => {
    const test = await linked();
    const good = viewerClaims('U1', CHANNEL);
    const nowS = Math.floor(Date.now() / 1000);
    const jwt = twitchJwt(good);
    const [head, claims, signature] = jwt.split('.') as [string, string, string];
    const altered = Buffer.from(JSON.stringify({ ...good, role: 'broadcaster' })).toString('base64url');
    const cases: [string | undefined, number, string][] = [
      [undefined, 401, 'token_missing'], ['x', 401, 'twitch_token_malformed'], [`${jwt}.x`, 401, 'twitch_token_malformed'], ['y'.repeat(5_000), 401, 'twitch_token_malformed'],
      [twitchJwt(good, TWITCH_SECRET, { alg: 'none', typ: 'JWT' }), 401, 'twitch_token_malformed'],
      [twitchJwt(good, TWITCH_SECRET, { alg: 'HS512', typ: 'JWT' }), 401, 'twitch_token_malformed'],
      [`${Buffer.from('{"alg":"none"}').toString('base64url')}.${claims}.`, 401, 'twitch_token_malformed'],
      [`${head}.${altered}.${signature}`, 401, 'twitch_token_forged'], [twitchJwt(good, Buffer.alloc(32, 7).toString('base64')), 401, 'twitch_token_forged'],
      [twitchJwt(good, Buffer.from(TWITCH_SECRET).toString('base64')), 401, 'twitch_token_forged'], // the secret not decoded
      [tokens().issue('show').token, 401, 'twitch_token_forged'],
      [twitchJwt({ ...good, exp: nowS - 61 }), 401, 'twitch_token_expired'],
      [twitchJwt({ ...good, exp: 'never' }), 401, 'twitch_token_malformed'], [twitchJwt({ ...good, opaque_user_id: 'X1' }), 401, 'twitch_token_malformed'],
      [twitchJwt({ ...good, opaque_user_id: undefined }), 401, 'twitch_token_malformed'], [twitchJwt({ ...good, channel_id: '../1' }), 401, 'twitch_token_malformed'],
      [twitchJwt({ ...good, role: 'staff' }), 401, 'twitch_token_malformed'], [twitchJwt({ ...good, user_id: '1|2' }), 401, 'twitch_token_malformed'],
      [twitchJwt({ ...good, role: 'external' }), 403, 'twitch_role'],
      [twitchJwt({ ...good, channel_id: '999' }), 404, 'twitch_channel_unlinked'],
    ];
    for (const [bearer, status, code] of cases) {
      expect(await exchange(test, bearer), `${bearer} → ${code}`).toMatchObject({ status, body: { code, retryable: code === 'twitch_channel_unlinked' } });
    }
    expect((await exchange(test, twitchJwt({ ...good, exp: nowS - 30 }))).status).toBe(200); // clocks may be apart by a minute
    const off = await startOrigin({ ...ENV, TWITCH_EXTENSION_SECRET: '' });
    expect(await exchange(off, jwt)).toMatchObject({ status: 501, body: { code: 'twitch_off', retryable: false } });
  });

  it('[TWI3] links a channel with the key that its broadcaster sees, once; from then on the host says which event is on', async () => {
    const test = await startOrigin(ENV);
    await test.event({ id: 'show' });
    const bearer = test.session;
    const put = (body: unknown, channel = CHANNEL, as = bearer): Promise<Answer> => test.call('PUT', `/api/twitch/channels/${channel}`, { bearer: as, body });
    for (const opaque of ['viewer', 'moderator', 'external']) {
      expect(await test.call('POST', '/api/twitch/key', { bearer: twitchJwt(viewerClaims('U1', CHANNEL, { role: opaque })) })).toMatchObject({ status: 403, body: { code: 'twitch_role' } });
    }
    const { body: given } = await test.call('POST', '/api/twitch/key', { bearer: broadcaster() });
    expect(given).toMatchObject({ channel: CHANNEL, key: expect.stringMatching(/^44322889\.\d+\.[\w-]{43}$/) });
    expect(await put({ event: 'show' })).toMatchObject({ status: 403, body: { code: 'twitch_key_needed' } });
    expect(await put({ event: 'show', key: `${given.key.slice(0, -1)}${given.key.endsWith('A') ? 'B' : 'A'}` })).toMatchObject({ body: { code: 'twitch_key_needed' } });
    expect(await put({ event: 'show', key: given.key }, '5')).toMatchObject({ body: { code: 'twitch_key_needed' } }); // another's channel
    expect(await put({ event: 'show', key: given.key }, CHANNEL, given.key)).toMatchObject({ body: { code: 'host_forbidden' } });
    expect(await put({ event: 'none', key: given.key })).toMatchObject({ body: { code: 'event_unknown' } });
    expect(await put({ event: 'show', key: given.key }, 'me')).toMatchObject({ body: { code: 'bad_request' } });
    expect((await put({ event: 'show', key: given.key })).body).toEqual({ channel: CHANNEL, event: 'show' });
    await test.event({ id: 'next-week' });
    expect((await put({ event: 'next-week' })).body).toEqual({ channel: CHANNEL, event: 'next-week' });
    expect((await test.call('GET', '/api/twitch/channels', { bearer })).body).toEqual({ on: true, channels: [{ channel: CHANNEL, event: 'next-week' }] });
    expect((await test.call('POST', '/api/twitch/key', { bearer: broadcaster() })).body.event).toBe('next-week');
    expect((await test.call('DELETE', `/api/twitch/channels/${CHANNEL}`, { bearer })).status).toBe(204);
    expect(await test.call('DELETE', `/api/twitch/channels/${CHANNEL}`, { bearer })).toMatchObject({ status: 404 });
    expect(await put({ event: 'show' })).toMatchObject({ body: { code: 'twitch_key_needed' } });
    expect(await exchange(test, twitchJwt(viewerClaims('U1', CHANNEL)))).toMatchObject({ body: { code: 'twitch_channel_unlinked' } });
  });

  it('[TWI16] tells every role which channels are linked, and whether the origin knows the extension at all', async () => {
    const test = await startOrigin();
    await test.event({ id: 'show' });
    expect((await test.call('GET', '/api/twitch/channels', { bearer: test.session })).body).toEqual({ on: false, channels: [] });
    expect(await test.call('GET', '/api/twitch/channels', { bearer: (await test.join('show')).token })).toMatchObject({ body: { code: 'host_forbidden' } });
  });

  it('[TWI3] a key is over after a quarter of an hour', async () => {
    const wall = { offset: 0 };
    const test = await startOrigin(ENV, { clock: { now: () => Date.now() + wall.offset, monotonic: () => performance.now() } as never });
    await test.event({ id: 'show' });
    const { body } = await test.call('POST', '/api/twitch/key', { bearer: broadcaster() });
    wall.offset = 15 * 60_000 + 1_000;
    expect(await test.call('PUT', `/api/twitch/channels/${CHANNEL}`, { bearer: test.session, body: { event: 'show', key: body.key } })).toMatchObject({ body: { code: 'twitch_key_needed' } });
  });

  it('[TWI4] gives who is logged out nothing that is limited, over HTTP, by message and with a renewed token; what is unlimited, yes', async () => {
    const drop = { kind: 'badge', unlockedBy: 'round-won' };
    const test = await linked([{ id: 'rare', name: 'Rare', supply: 2, ...drop }, { id: 'open', name: 'Open', supply: null, ...drop }]);
    const guest = (await exchange(test, twitchJwt(viewerClaims('A1', CHANNEL)))).body;
    const person = (await exchange(test, twitchJwt(viewerClaims('U1', CHANNEL)))).body;
    await test.won('show', [guest.viewer, person.viewer]);
    const claim = (bearer: string, id: string): Promise<Answer> => test.call('POST', '/api/events/show/claims', { bearer, body: { drop: id, key: `key-${id}-${bearer.slice(-8)}` } });
    expect(await claim(guest.token, 'rare')).toMatchObject({ status: 403, body: { status: 'refused', reason: 'claim_proof_needed', code: 'claim_proof_needed', retryable: false } });
    const renewed = await test.join('show', guest.token);
    expect(renewed.viewer).toBe(guest.viewer);
    expect(await claim(renewed.token, 'rare')).toMatchObject({ status: 403, body: { code: 'claim_proof_needed' } });
    expect(await test.rooms.deps.messages.request('show', guest.viewer, 'claim', { drop: 'rare', key: 'by-message' }, 'guest')).toMatchObject({ status: 'refused', reason: 'claim_proof_needed' });
    expect(await claim(guest.token, 'open')).toMatchObject({ status: 200, body: { status: 'granted', serial: 1 } });
    expect(await claim(guest.token, 'none')).toMatchObject({ status: 404, body: { code: 'claim_unknown_drop' } });
    expect(await claim(person.token, 'rare')).toMatchObject({ status: 200, body: { status: 'granted', serial: 1 } });
  });

  it('[TWI5] answers pages of the extension alone, and says so to a preflight', async () => {
    const test = await linked();
    const jwt = twitchJwt(viewerClaims('U1', CHANNEL));
    const ours = `https://${CLIENT_ID}.ext-twitch.tv`;
    expect((await exchange(test, jwt, { origin: ours })).headers.get('access-control-allow-origin')).toBe(ours);
    expect((await exchange(test, 'x', { origin: ours })).headers.get('access-control-allow-origin')).toBe(ours); // errors are read too
    for (const origin of ['https://evil.ext-twitch.tv', `http://${CLIENT_ID}.ext-twitch.tv`, `https://${CLIENT_ID}.ext-twitch.tv.evil.example`, 'null']) {
      expect((await exchange(test, jwt, { origin })).headers.get('access-control-allow-origin'), origin).toBeNull();
    }
    const preflight = await test.call('OPTIONS', '/api/twitch/token', { headers: { origin: ours, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' } });
    expect([preflight.status, preflight.headers.get('access-control-allow-origin'), preflight.headers.get('access-control-allow-headers')]).toEqual([204, ours, 'authorization, content-type']);
    expect(preflight.headers.get('content-length')).toBeNull(); // a wrong one, and a proxy in between gives up
    expect((await test.call('OPTIONS', `/api/twitch/channels/${CHANNEL}`, { headers: { origin: ours } })).headers.get('access-control-allow-methods')).toBeNull();
  });

  it('[TWI6] slows a person who asks again and again, and nobody else at the same address', async () => {
    const test = await linked();
    const jwt = twitchJwt(viewerClaims('U1', CHANNEL));
    const answers = await Promise.all(Array.from({ length: 40 }, () => exchange(test, jwt)));
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(20);
    expect(answers.filter(({ body }) => body.code === 'too_many_requests').length).toBeGreaterThanOrEqual(10);
    expect((await exchange(test, twitchJwt(viewerClaims('U2', CHANNEL)))).status).toBe(200);
  });

  it('[TWI7] takes several secrets while Twitch rotates them, from the environment or a file, and names the setting that is wrong', async () => {
    const next = Buffer.alloc(32, 9).toString('base64');
    const file = join(tempDir(), 'secret');
    writeFileSync(file, `${TWITCH_SECRET}\n${next}\n`);
    const test = await startOrigin({ TWITCH_EXTENSION_SECRET_FILE: file });
    await test.event({ id: 'show' });
    await link(test, 'show');
    for (const secret of [TWITCH_SECRET, next]) expect((await exchange(test, twitchJwt(viewerClaims('U1', CHANNEL), secret), { origin: 'https://localhost:8080' })).status).toBe(200);
    const base = { MASTER_SECRET: '1f'.repeat(32), RELAY_SECRET: 'a-relay-secret-of-enough-letters-1234' };
    const secretsOf = (env: Record<string, string>): number => readConfig({ ...base, ...env }).twitch.secrets.length;
    expect([secretsOf({}), secretsOf({ TWITCH_EXTENSION_SECRET: `${TWITCH_SECRET},${next}` })]).toEqual([0, 2]);
    for (const bad of ['short', '?'.repeat(44), `${TWITCH_SECRET},x`]) expect(() => secretsOf({ TWITCH_EXTENSION_SECRET: bad })).toThrow(/^TWITCH_EXTENSION_SECRET must be base64/);
    expect(() => secretsOf({ TWITCH_EXTENSION_SECRET_FILE: join(file, 'none') })).toThrow(/^TWITCH_EXTENSION_SECRET_FILE cannot be read/);
    expect(() => secretsOf({ TWITCH_EXTENSION_CLIENT_ID: 'a b' })).toThrow(/^TWITCH_EXTENSION_CLIENT_ID must be the client id/);
  });
});
