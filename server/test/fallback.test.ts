import { expect, it } from 'vitest';
import { CrowdcueError, DATA_TYPE, encodeRoomData } from '@crowdcue/protocol';
import { Packr } from 'msgpackr';
import { answerRequest, RemoteRoom } from '../src/rooms/remote-room.js';
import { CoreHarness } from './rooms/core-harness.js';
import { MemoryRoom } from './support/memory-rooms.js';
import { startOrigin } from './support/test-origin.js';

const PNG = `data:image/png;base64,${Buffer.from('\x89PNG\r\n\x1a\n and more', 'latin1').toString('base64')}`;

const setUp = async () => {
  const test = await startOrigin();
  await test.event({ id: 'show' });
  const put = (body: unknown, bearer = test.session) => test.call('PUT', '/api/events/show/fallback', { body, bearer });
  const card = async () => (await test.call('GET', '/api/join/show')).body.fallback;
  return { test, put, card, room: test.rooms.get('show')! };
};

it('[FBK1] is kept with the event, told to the room at once and to whoever comes; without a picture in the body the one there stays; off it is nobody’s but the host’s', async () => {
  const { test, put, card, room } = await setUp();
  expect(await card()).toBeUndefined();
  expect((await put({ preset: 'trouble', url: 'https://example.com/help', label: 'Help', imageUrl: PNG })).status).toBe(200);
  const shown = { preset: 'trouble', text: '', url: 'https://example.com/help', label: 'Help', imageUrl: expect.stringMatching(/\/api\/events\/show\/fallback\/[\w-]{22}$/) };
  expect([await card(), room.fallbacks]).toEqual([shown, [shown]]);
  const { overlayUrl } = (await test.call('GET', '/api/events/show/keys', { bearer: test.session })).body;
  const overlay = await test.call('POST', '/api/events/show/overlay/session', { body: {}, bearer: new URL(overlayUrl as string).hash.slice(5) });
  expect(overlay.body.fallback).toEqual(shown);
  const picture = await fetch((await card()).imageUrl as string);
  expect([picture.status, picture.headers.get('content-type'), picture.headers.get('content-security-policy'), picture.headers.get('cache-control')])
    .toEqual([200, 'image/png', "default-src 'none'; sandbox", 'public, max-age=31536000, immutable']);
  await put({ preset: 'own', text: 'Back at nine' });
  expect(await card()).toMatchObject({ preset: 'own', text: 'Back at nine', url: '', imageUrl: shown.imageUrl });
  const again = await test.restart();
  expect((await again.call('GET', '/api/join/show')).body.fallback.text).toBe('Back at nine');
  const off = await again.call('PUT', '/api/events/show/fallback', { body: { on: false, preset: 'own', text: 'Back at nine' }, bearer: test.session });
  expect([off.body.fallback.on, (await again.call('GET', '/api/join/show')).body.fallback, again.rooms.get('show')!.fallbacks]).toEqual([false, undefined, [null]]);
});

it('[FBK1] is kept where the room is out of reach, which is when it is needed, and while the event is off', async () => {
  const { test, put, card, room } = await setUp();
  room.broken = new CrowdcueError('unavailable');
  expect((await put({ preset: 'pause' })).status).toBe(200);
  test.rooms.rooms.clear();
  expect([(await put({ preset: 'soon' })).status, (await card()).preset]).toEqual([200, 'soon']);
});

it('[FBK2] markup, another protocol, a picture that is none, no words and unknown presets are refused, and nothing is changed', async () => {
  const { test, put, card, room } = await setUp();
  await put({ preset: 'soon' });
  const bad = [
    { text: '<b>x</b>' }, { text: 'a\u202eb' }, { text: 'x'.repeat(141) }, { label: '<i>' }, { url: 'javascript:alert(1)' }, { url: 'http://example.com' }, { url: 'https://u:p@example.com' }, { imageUrl: 'data:text/html,x' },
    { imageUrl: `data:image/png;base64,${Buffer.from('GIF8').toString('base64')}` }, { imageUrl: 'javascript:1' }, { preset: 'other' }, { preset: 'own' }, { preset: 'own', text: ' ' }, { on: 'yes' }, { more: 1 }, [],
  ];
  for (const body of bad) expect([body, (await put(body)).body.code]).toEqual([body, 'bad_request']);
  expect((await put({ imageUrl: PNG.padEnd(70_000, 'A') })).body.code).toBe('body_too_large');
  const viewer = (await test.join('show')).token;
  expect((await put({ preset: 'pause' }, viewer)).body.code).toBe('host_forbidden');
  expect([(await card()).preset, room.fallbacks]).toEqual(['soon', [expect.objectContaining({ preset: 'soon' })]]);
});

it('[FBK3] is an input: told to everybody in its tick, and in no replay a change of the state; and it reaches a room of another process', async () => {
  const h = new CoreHarness();
  const view = { preset: 'soon', text: '', url: '', label: '', imageUrl: '' } as const;
  h.step({ kind: 'fallback', view });
  expect(h.core.out.broadcasts).toEqual([encodeRoomData(DATA_TYPE.fallback, new Packr({ useRecords: false }).pack(view))]);
  expect(h.replay().state.toJSON()).toEqual(h.state.toJSON());
  const room = new MemoryRoom({ id: 'show', maxViewers: 10, createdAt: 0 });
  await new RemoteRoom('show', (_event, request) => answerRequest(room, request, () => undefined)).fallback(view);
  expect(room.fallbacks).toEqual([view]);
});
