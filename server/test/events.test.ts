import { describe, expect, it } from 'vitest';
import type { Fact } from '../src/achievements/index.js';
import { FactPipeline } from '../src/events/fact-pipeline.js';
import { OriginMetrics } from '../src/metrics/origin-metrics.js';
import { MemoryRoom } from './support/memory-rooms.js';
import { keys, RELAY_SECRET, startOrigin, tokens, until, type TestOrigin } from './support/test-origin.js';

const ROPE = { id: 'rope', name: 'Rope', kind: 'badge', supply: 2, unlockedBy: 'round-won' };
const claim = (test: TestOrigin, token: string, drop = 'rope', key = `key-${Math.floor(performance.now() * 1e6)}`) =>
  test.call('POST', '/api/events/show/claims', { bearer: token, body: { drop, key } });

describe('events', () => {
  it('[EVT1] makes an event with an id, a code and links, and finds it by either', async () => {
    const test = await startOrigin();
    const event = await test.event({ name: '  Friday  ', id: 'friday', accent: '#00aaff', maxViewers: 500 });
    expect(event).toEqual({ id: 'friday', name: 'Friday', code: expect.stringMatching(/^[B-DF-HJKMNP-TV-XZ]{6}$/) as string, joinUrl: `${test.url}/join/${event.code}`, accent: '#00aaff', maxViewers: 500, maxDelay: 12_000, createdAt: expect.any(Number) as number });
    const found = { event: 'friday', name: 'Friday', code: event.code, accent: '#00aaff' };
    for (const code of [event.code, event.code.toLowerCase(), 'friday']) expect((await test.call('GET', `/api/join/${code}`)).body).toEqual(found);
    const plain = await test.event({ name: 'Second', maxDelay: 30_000 });
    expect(plain.maxDelay).toBe(30_000);
    expect(plain.id).toMatch(/^[a-z0-9]{10}$/);
    const { body } = await test.call('GET', '/api/events', { bearer: test.session });
    expect((body.events as { id: string }[]).map(({ id }) => id).sort()).toEqual([plain.id, 'friday'].sort());
    expect((await test.call('POST', '/api/events', { bearer: test.session, body: { name: 'x', id: event.code.toLowerCase() } })).body.code).toBe('event_exists');
    const qr = await test.call('GET', '/api/events/friday/qr.svg');
    expect(qr.headers.get('content-type')).toBe('image/svg+xml');
    expect(qr.body).toContain('<svg');
  });

  it('[EVT1] of two requests for one id at once, one wins', async () => {
    const test = await startOrigin();
    await test.host();
    const answers = await Promise.all(Array.from({ length: 5 }, () => test.call('POST', '/api/events', { bearer: test.session, body: { name: 'x', id: 'same' } })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409]);
  });

  it('[EVT1] an event whose drops are wrong does not come to be', async () => {
    const test = await startOrigin();
    await test.host();
    const twice = await test.call('POST', '/api/events', { bearer: test.session, body: { name: 'x', id: 'show', drops: [ROPE, ROPE] } });
    expect(twice.body.code).toBe('drop_exists');
    const wrong = await test.call('POST', '/api/events', { bearer: test.session, body: { name: 'x', id: 'show', drops: [{ ...ROPE, unlockedBy: 'magic' }] } });
    expect(wrong.body.code).toBe('drop_bad_request');
    expect((await test.call('GET', '/api/join/show')).status).toBe(404);
    expect((await test.event({ id: 'show', drops: [ROPE] })).id).toBe('show');
  });

  it('[EVT2] keeps events, codes, sessions, tokens, relays, bans and drops over a restart', async () => {
    const test = await startOrigin();
    const event = await test.event({ id: 'show', drops: [ROPE] });
    const me = await test.join('show');
    const banned = await test.join('show');
    await test.call('POST', '/api/relays', { bearer: RELAY_SECRET, body: { relayId: 'r1', url: 'ws://relay/', incarnation: 7 } });
    await test.call('POST', `/api/events/show/viewers/${banned.viewer}/ban`, { bearer: test.session });
    await test.won('show', [me.viewer]);
    const receipt = (await claim(test, me.token)).body;

    const next = await test.restart();
    expect((await next.call('GET', '/api/events', { bearer: next.session })).body.events).toEqual([{ ...event, joinUrl: `${next.url}/join/${event.code}` }]);
    expect(next.rooms.get('show')?.event.id).toBe('show');
    const again = await next.join(event.code, me.token);
    expect(again).toMatchObject({ viewer: me.viewer, name: me.name, relays: ['ws://relay'] });
    expect((await next.call('POST', '/api/join', { bearer: banned.token, body: { event: 'show' } })).body.code).toBe('viewer_banned');
    const { body } = await next.call('GET', '/api/events/show/drops', { bearer: me.token });
    expect(body.drops).toMatchObject([{ id: 'rope', left: 1, state: 'granted', receipt }]);
    const { body: overview } = await next.call('GET', '/api/events/show', { bearer: next.session });
    expect(overview.drops).toEqual([{ id: 'rope', name: 'Rope', kind: 'badge', supply: 2, left: 1, open: true, unlocked: 1, granted: 1, reserved: 0, converted: 0, refunded: 0, variants: { default: { supply: 2, left: 1, granted: 1, reserved: 0, converted: 0, refunded: 0 } } }]);
    await until(() => next.rooms.get('show')!.rows.length > 0 && next.rooms.get('show')!.rows[0]!.left === 1, 'drops in the room');
  });

  it('[EVT3] a viewer who joins with an older token stays the same', async () => {
    const test = await startOrigin();
    await test.event({ id: 'show' });
    const first = await test.join('show');
    const again = await test.join('show', first.token);
    expect(again).toMatchObject({ viewer: first.viewer, name: first.name });
    expect((await test.join('show')).viewer).not.toBe(first.viewer);
    expect(first.expiresAt).toBeGreaterThan(performance.timeOrigin / 1000 + 11 * 3600);
    expect(test.rooms.deps.genuine('show', { viewer: first.viewer, name: first.name, tier: 'viewer', mac: tokens().verify(first.token, 'show').mac })).toBe(true);
    expect(test.rooms.deps.genuine('show', { viewer: first.viewer, name: first.name, tier: 'vip', mac: tokens().verify(first.token, 'show').mac })).toBe(false);
  });

  it('[EVT4] the host cues, stops, looks viewers up and bans', async () => {
    const test = await startOrigin();
    await test.event({ id: 'show' });
    const host = { bearer: test.session };
    expect((await test.call('POST', '/api/events/show/cue', { ...host, body: { game: 'tug', params: { goal: 5 }, inMs: 100 } })).body).toEqual({ round: 1, startsAt: 1_000, endsAt: 31_000 });
    expect((await test.call('POST', '/api/events/show/cue', { ...host, body: { game: 'tug' } })).body.code).toBe('round_running');
    expect((await test.call('GET', '/api/join/show')).body.game).toBe('tug'); // pages load its view ahead
    expect((await test.call('GET', '/api/events/show', host)).body).toMatchObject({ event: { id: 'show' }, phase: 'armed', round: 1, viewers: 3, drops: [] });
    expect((await test.call('POST', '/api/events/show/stop', host)).status).toBe(204);
    const me = await test.join('show');
    test.rooms.get('show')!.list.push({ viewer: me.viewer, name: me.name, online: true, banned: false, score: 0, roundsPlayed: 0 });
    expect((await test.call('GET', `/api/events/show/viewers?q=${encodeURIComponent(me.name)}`, host)).body.viewers).toHaveLength(1);
    expect((await test.call('GET', '/api/events/show/viewers?q=nobody', host)).body.viewers).toEqual([]);
    const ban = `/api/events/show/viewers/${me.viewer}/ban`;
    expect((await test.call('POST', ban, host)).status).toBe(204);
    expect(test.rooms.get('show')!.bans.get(me.viewer)).toBe(true);
    for (const [method, path, body] of [['POST', '/api/join', { event: 'show' }], ['GET', '/api/events/show/drops', undefined], ['POST', '/api/events/show/claims', { drop: 'x', key: 'key-12345' }]] as const) {
      expect((await test.call(method, path, { bearer: me.token, body })).body.code).toBe('viewer_banned');
    }
    await expect(test.rooms.deps.messages.request('show', me.viewer, 'drops', undefined, 'viewer')).rejects.toMatchObject({ code: 'viewer_banned' });
    expect((await test.call('DELETE', ban, host)).status).toBe(204);
    expect((await test.call('GET', '/api/events/show/drops', { bearer: me.token })).status).toBe(200);
  });

  it('[EVT5] lists the games with their words and parameters', async () => {
    const test = await startOrigin();
    const { body } = await test.call('GET', '/api/games');
    const games = body.games as { id: string; title: string; choices: string[]; howTo: string }[];
    expect(games.map(({ id }) => id)).toEqual(expect.arrayContaining(['tug', 'quickdraw']));
    for (const game of games) expect(game.title.length * game.howTo.length * game.choices.length).toBeGreaterThan(0);
  });

  it('[EVT6] links carry PUBLIC_URL with its path prefix', async () => {
    const test = await startOrigin({ PUBLIC_URL: 'https://play.example/crowd/' });
    expect(test.origin.hostLink).toMatch(/^https:\/\/play\.example\/crowd\/host#key=/);
    const event = await test.event();
    expect(event.joinUrl).toBe(`https://play.example/crowd/join/${event.code}`);
    expect((await test.call('POST', '/api/host/links', { bearer: test.session })).body.url).toMatch(/^https:\/\/play\.example\/crowd\/host#key=/);
  });

  it('[EVT7] knows its relays: the newest run, best first, with the door key of an event', async () => {
    const test = await startOrigin();
    await test.event({ id: 'show' });
    const register = (relayId: string, incarnation: number, url = `wss://${relayId}.example/x/`) => test.call('POST', '/api/relays', { bearer: RELAY_SECRET, body: { relayId, url, incarnation } });
    expect((await test.join('show')).relays).toEqual([]);
    expect((await register('a', 2)).status).toBe(200);
    expect((await register('b', 1)).status).toBe(200);
    expect((await register('a', 1)).body.code).toBe('relay_superseded');
    expect((await register('a', 3, 'ws://moved')).status).toBe(200);
    const lists = new Set<string>();
    for (let i = 0; i < 40; i++) lists.add((await test.join('show')).relays.join(' '));
    expect([...lists].sort()).toEqual(['ws://moved wss://b.example/x', 'wss://b.example/x ws://moved']);
    const { body } = await test.call('GET', '/api/relays/events/show', { bearer: RELAY_SECRET });
    expect(body).toEqual({ event: 'show', roomId: 'show', doorKey: keys.door('show').text, origin: test.url, now: expect.any(Number) as number });
  });

  it('[EVT8] seeds a first show on a fresh installation, once', async () => {
    const test = await startOrigin({ SEED_DEMO: '1' });
    expect(test.origin.viewerLink).toMatch(/\/join\/[A-Z]{6}$/);
    await test.host();
    const { body } = await test.call('GET', '/api/events/first-show', { bearer: test.session });
    expect(body.drops).toMatchObject([{ id: 'golden-rope', name: 'Golden Rope', supply: 100, left: 100 }, { id: 'regular', supply: -1, left: -1 }]);
    const next = await test.restart({ SEED_DEMO: '1' });
    expect((await next.call('GET', '/api/events', { bearer: next.session })).body.events).toHaveLength(1);
    expect((await startOrigin()).origin.viewerLink).toBeUndefined();
  });
});

describe('claims', () => {
  it('[EVT9] answers a claim with its receipt, and a refusal with its reason, the same each time', async () => {
    const test = await startOrigin();
    await test.event({ id: 'show', drops: [ROPE, { ...ROPE, id: 'later', opensAt: 8_000_000_000_000 }, { ...ROPE, id: 'past', closesAt: 1_000 }] });
    const [a, b, c] = [await test.join('show'), await test.join('show'), await test.join('show')];
    const refused = async (token: string, drop: string, status: number, code: string): Promise<void> => {
      const answer = await claim(test, token, drop);
      expect({ status: answer.status, code: answer.body.code, reason: answer.body.reason, receipt: answer.body.status, drop: answer.body.drop }).toEqual({ status, code, reason: code, receipt: 'refused', drop });
    };
    await refused(a.token, 'rope', 403, 'claim_not_unlocked');
    await refused(a.token, 'nothing', 404, 'claim_unknown_drop');
    await test.won('show', [a.viewer, b.viewer, c.viewer]);
    await refused(a.token, 'later', 409, 'claim_not_open');
    await refused(a.token, 'past', 410, 'claim_closed');

    const twice = await Promise.all([claim(test, a.token, 'rope', 'the-same-key'), claim(test, a.token, 'rope', 'the-same-key'), claim(test, a.token, 'rope', 'other-key-1')]);
    for (const { status, body } of twice) expect({ status, body }).toEqual({ status: 200, body: twice[0].body });
    expect(twice[0].body).toMatchObject({ status: 'granted', serial: 1, supply: 2, drop: 'rope' });
    expect((await claim(test, b.token, 'rope', 'the-same-key')).body.code).toBe('claim_key_conflict');
    expect((await claim(test, b.token)).body).toMatchObject({ status: 'granted', serial: 2 });
    await refused(c.token, 'rope', 410, 'claim_sold_out');
    expect((await claim(test, c.token, 'rope', 'short')).body.code).toBe('claim_bad_request');

    const { body } = await test.call('GET', '/api/events/show/drops', { bearer: a.token });
    expect(body.drops.find((drop: { id: string }) => drop.id === 'rope')).toMatchObject({ state: 'granted', left: 0, unlockedBy: 'round-won', unlockTitle: 'Won a round', receipt: twice[0].body });
    await until(() => test.rooms.get('show')!.rows.find(({ id }) => id === 'rope')?.left === 0, 'stock in the room');
    expect(test.rooms.get('show')!.rows.map(({ id, open }) => [id, open])).toEqual([['later', false], ['past', false], ['rope', true]]);
    expect((await test.call('GET', '/health')).status).toBe(200);
  });

  it('[EVT9] serves drops and claims by message too', async () => {
    const test = await startOrigin();
    await test.event({ id: 'show', drops: [ROPE] });
    const { viewer } = await test.join('show');
    await test.won('show', [viewer]);
    const { request } = test.rooms.deps.messages;
    expect(await request('show', viewer, 'drops', undefined, 'public')).toMatchObject([{ id: 'rope', state: 'unlocked' }]);
    expect(await request('show', viewer, 'claim', { drop: 'rope', key: 'key-12345' }, 'public')).toMatchObject({ status: 'granted', serial: 1 });
    await expect(request('show', viewer, 'claim', { drop: 'rope' }, 'public')).rejects.toMatchObject({ code: 'claim_bad_request' });
    await expect(request('show', viewer, 'dance', {}, 'public')).rejects.toMatchObject({ code: 'message_unknown' });
  });

  it('[EVT10] a drop that is added is numbered, named and shown; one that exists is not added again', async () => {
    const test = await startOrigin();
    await test.event({ id: 'show' });
    const add = (body: unknown) => test.call('POST', '/api/events/show/drops', { bearer: test.session, body });
    const added = await add({ name: 'Spät & Gold!', kind: 'badge', supply: -1, unlockedBy: 'played-three' });
    expect(added).toMatchObject({ status: 201, body: { name: 'Spät & Gold!', supply: -1, left: -1, open: true, unlocked: 0, granted: 0 } });
    expect(added.body.id).toMatch(/^spat-gold-[a-z0-9]{4}$|^spa-t-gold-[a-z0-9]{4}$/);
    expect((await add(ROPE)).status).toBe(201);
    expect((await add(ROPE)).body.code).toBe('drop_exists');
    await until(() => test.rooms.get('show')!.rows.length === 2, 'drops in the room');
  });
});

describe('facts', () => {
  it('[EVT11] unlock for those who earned it, once, and tell them and the room', async () => {
    const test = await startOrigin();
    await test.event({ id: 'show', drops: [ROPE] });
    await test.won('show', [11, 12]);
    await test.won('show', [11, 12]);
    expect(test.rooms.get('show')!.notices).toEqual([{ viewers: [11, 12], view: { achievement: 'round-won', title: 'Won a round', drops: [{ id: 'rope', name: 'Rope' }] } }]);
    expect((await test.call('GET', '/api/events/show', { bearer: test.session })).body.drops[0].unlocked).toBe(2);
  });

  const fact = (tick: number): Fact => ({ room: 'show', tick, ordinal: 0, at: 0, trace: 't', type: 'RoundWon', game: 'tug', round: tick, viewers: [1] });
  const pipelineOver = (process: (event: string, facts: readonly Fact[]) => Promise<never[]>) => {
    const problems: object[] = [];
    const room = new MemoryRoom({ id: 'show', maxViewers: 1, createdAt: 0 });
    const pipeline = new FactPipeline({
      engine: { process }, rules: [], quests: { progressed: async () => [], titlesOf: () => new Map() }, rooms: { local: () => room }, metrics: new OriginMetrics(),
      drops: { board: { changed: () => {} }, namesOf: async () => [] }, logger: { error: (fields) => problems.push(fields) }, pause: () => Promise.resolve(),
    });
    return { pipeline, problems };
  };

  it('[EVT12] are handled in order, tried again while that may help, and one bad fact stops no other', async () => {
    const handled: string[] = [];
    let failures = 3;
    const { pipeline, problems } = pipelineOver(async (event, facts) => {
      await new Promise((resolve) => setImmediate(resolve));
      if (failures-- > 0) throw Object.assign(new Error('away'), { code: 'store_unavailable', retryable: true });
      if (facts.some(({ tick }) => tick === 3)) throw Object.assign(new Error('bad'), { code: 'claim_bad_request', retryable: false });
      handled.push(`${event} ${facts.map(({ tick }) => tick).join(',')}`);
      return [];
    });
    await Promise.all([pipeline.facts('show', [fact(1)]), pipeline.facts('show', [fact(2), fact(3), fact(4)]), pipeline.facts('other', [fact(9)]), pipeline.facts('show', [fact(5)])]);
    expect(handled.filter((each) => each.startsWith('show'))).toEqual(['show 1', 'show 2', 'show 4', 'show 5']);
    expect(handled).toContain('other 9');
    expect(problems).toMatchObject([{ event: 'show', tick: 3, kind: 'RoundWon' }]);
  });

  it('[EVT12] that can not be ledgered do not keep the origin from closing, and are not taken for ledgered', async () => {
    const { pipeline } = pipelineOver(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      throw Object.assign(new Error('away'), { retryable: true });
    });
    const waiting = pipeline.facts('show', [fact(1)]);
    const refused = expect(waiting).rejects.toMatchObject({ code: 'unavailable' });
    await pipeline.close();
    await refused;
  });
});
