import { CrowdcueError } from '@crowdcue/protocol';
import { expect, describe, it } from 'vitest';
import type { OriginDeps } from '../src/app.js';
import { systemClock } from '../src/clock.js';
import { HostDoor } from '../src/http/host-door.js';
import { HOST_RULES, ROLE_MAY } from '../src/http/host-permissions.js';
import { commerceRoutes } from '../src/http/commerce-routes.js';
import { hostRoutes } from '../src/http/host-routes.js';
import { ledgerRoutes } from '../src/http/ledger-routes.js';
import { overlayRoutes } from '../src/http/overlay-routes.js';
import { dropRoutes } from '../src/http/drop-routes.js';
import { peopleRoutes } from '../src/http/people-routes.js';
import { nameRoutes } from '../src/http/name-routes.js';
import { planRoutes } from '../src/http/plan-routes.js';
import { questRoutes } from '../src/http/quest-routes.js';
import { twitchRoutes } from '../src/http/twitch-routes.js';
import { webhookRoutes } from '../src/http/webhook-routes.js';
import { workspaceRoutes } from '../src/http/workspace-routes.js';
import { LeapingClock } from './support/manual-clock.js';
import { startOrigin, type TestOrigin } from './support/test-origin.js';

const keyOf = (url: string): string => new URL(url).hash.slice('#key='.length);

const signIn = async (test: TestOrigin, url: string): Promise<string> =>
  (await test.call('POST', '/api/host/session', { body: { key: keyOf(url) } })).body.session as string;

const setUp = async (deps: OriginDeps = {}) => {
  const test = await startOrigin({}, deps);
  await test.event({ id: 'show' });
  const host = test.session;
  const member = async (name: string, role: string): Promise<{ id: string; session: string }> => {
    const { body } = await test.call('POST', '/api/workspaces/members', { body: { name, role }, bearer: host });
    return { id: body.member.id as string, session: await signIn(test, body.url as string) };
  };
  const ask = async (method: string, path: string, bearer?: string, body?: unknown, headers?: Record<string, string>) => {
    const answer = await test.call(method, path, { bearer, body, ...(headers === undefined ? {} : { headers }) });
    return answer.status >= 400 ? answer.body.code : answer.status;
  };
  const audit = async (query = ''): Promise<{ does: string; outcome: string; who?: { name: string; role: string }; times?: number; id: string; detail?: string; target?: string }[]> =>
    (await test.call('GET', `/api/workspaces/audit${query}`, { bearer: host })).body.entries;
  return { test, host, member, ask, audit };
};

describe('roles', () => {
  it('[WSP1] each role may do what the table says of it, and is told role_forbidden else; no session, or a viewer’s, is host_forbidden', async () => {
    const { test, host, member, ask } = await setUp();
    const moderator = (await member('Mo', 'moderator')).session;
    const coHost = (await member('Co', 'co-host')).session;
    const viewer = (await test.join('show')).token;
    const commands: [need: 'look' | 'names' | 'show' | 'own', method: string, path: string, body?: unknown][] = [
      ['look', 'GET', '/api/events'], ['look', 'GET', '/api/events/show'], ['look', 'GET', '/api/host/me'], ['look', 'GET', '/api/events/show/viewers'],
      ['names', 'POST', '/api/events/show/viewers/5/ban', {}], ['names', 'DELETE', '/api/events/show/viewers/5/ban'],
      ['names', 'POST', '/api/events/show/viewers/5/hold', {}], ['names', 'DELETE', '/api/events/show/viewers/5/hold'],
      ['show', 'POST', '/api/events/show/cue', { game: 'tug' }], ['show', 'POST', '/api/events/show/settle', { outcome: 0 }], ['show', 'POST', '/api/events/show/stop', {}],
      ['show', 'POST', '/api/events/show/flashes', {}], ['show', 'DELETE', '/api/events/show/flashes'], ['show', 'POST', '/api/events/show/packager', { offsetMs: 1, errorMs: 1 }],
      ['show', 'POST', '/api/events/show/captions', { lines: [{ lang: 'en', from: 0, to: 1_000, text: 'Hello' }] }],
      ['show', 'PUT', '/api/events/show/fallback', { preset: 'soon' }], ['show', 'POST', '/api/events/show/plan/r1/cue', {}], ['show', 'POST', '/api/events/show/plan/r1/skip', {}], ['show', 'POST', '/api/events/show/plan/r1/undo', {}],
      ['own', 'GET', '/api/templates'], ['own', 'PUT', '/api/events/show/plan', { auto: true }], ['own', 'PUT', '/api/events/show/plan/1-1', { game: 'tug' }], ['own', 'DELETE', '/api/events/show/plan/1-1'], ['own', 'POST', '/api/events/show/plan/1-1/move', { by: 1 }],
      ['own', 'POST', '/api/events/show/rehearsal', {}], ['own', 'GET', '/api/events/show/rehearsal/run'], ['own', 'POST', '/api/events/show/rehearsal/run', { games: ['!'] }], ['own', 'DELETE', '/api/events/show/rehearsal/run'],
      ['names', 'GET', '/api/events/show/names'], ['names', 'POST', '/api/events/show/names', { viewers: [5], outcome: 'approve' }], ['own', 'PUT', '/api/events/show/names', { free: true }],
      ['own', 'GET', '/api/events/show/keys'], ['own', 'DELETE', '/api/events/show/keys/captions'],
      ['own', 'GET', '/api/events/show/tiers'], ['own', 'DELETE', '/api/events/show/tiers/gold'], ['show', 'POST', '/api/events/show/drops/cup/open', { open: true }], ['own', 'POST', '/api/events/show/drops/cup/restock', {}],
      ['own', 'POST', '/api/events/show/drops/cup/codes', {}], ['own', 'DELETE', '/api/events/show/drops/cup/viewers/5'], ['own', 'GET', '/api/events/show/drops/cup/winners'], ['own', 'GET', '/api/events/show/drops/cup/winners.csv'],
      ['own', 'GET', '/api/events/show/settlement'], ['own', 'GET', '/api/events/show/settlement.csv'], ['own', 'POST', '/api/events/show/settlement', {}], ['own', 'GET', '/api/events/show/ledger'],
      ['own', 'GET', '/api/ledger'], ['own', 'POST', '/api/ledger/reconcile', {}], ['own', 'GET', '/api/events/show/commerce/secret'], ['own', 'POST', '/api/events/show/commerce/secret', {}],
      ['own', 'POST', '/api/events/show/people/export', {}], ['own', 'POST', '/api/events/show/people/erase', {}], ['own', 'PUT', '/api/events/show/retention', {}], ['own', 'GET', '/api/webhooks'], ['own', 'POST', '/api/webhooks', {}],
      ['own', 'POST', '/api/events', { name: 'x' }], ['own', 'POST', '/api/events/show/drops', { id: 'a', name: 'A', kind: 'badge', supply: 1, unlockedBy: 'round-won' }],
      ['own', 'POST', '/api/events/show/embed', { origins: [] }], ['own', 'PUT', '/api/events/show/quests', { quests: [] }], ['look', 'GET', '/api/twitch/channels'], ['look', 'GET', '/api/workspaces'], ['own', 'GET', '/api/events/show/quests/given'],
      ['own', 'POST', '/api/workspaces/members', { name: 'x', role: 'moderator' }], ['own', 'GET', '/api/workspaces/members'], ['own', 'GET', '/api/workspaces/audit'],
      ['own', 'POST', '/api/host/links', {}], ['own', 'POST', '/api/events/show/off', {}], ['own', 'POST', '/api/events/show/on', {}],
    ];
    const able = { [moderator]: ['look', 'names'], [coHost]: ['look', 'names', 'show'], [host]: ['look', 'names', 'show', 'own'] };
    for (const [need, method, path, body] of commands) {
      for (const session of [moderator, coHost, host]) {
        const got = await ask(method, path, session, body);
        const may = able[session]!.includes(need);
        if (!may) expect([method, path, got]).toEqual([method, path, 'role_forbidden']);
        else expect(['role_forbidden', 'host_forbidden', 'key_forbidden', 'internal'], `${method} ${path}`).not.toContain(got);
      }
      for (const stranger of [viewer, undefined, 'h1.1.9.x']) expect([path, await ask(method, path, stranger, body)]).toEqual([path, path === '/api/events/show/captions' && !(stranger?.startsWith('h1.') ?? false) ? 'key_forbidden' : 'host_forbidden']);
    }
  });

  it('[WSP1] on each route of the table whoever may not is refused before anything is looked at', async () => {
    const { test, member, ask } = await setUp();
    const sessions = { moderator: (await member('Mo', 'moderator')).session, 'co-host': (await member('Co', 'co-host')).session };
    const viewer = (await test.join('show')).token;
    for (const [route, { may }] of Object.entries(HOST_RULES)) {
      const [method, pattern] = route.split(' ') as [string, string];
      const path = pattern.replace(':id', 'show').replaceAll(/:[a-z]+/g, '5');
      for (const role of ['moderator', 'co-host'] as const) if (!ROLE_MAY[role].includes(may)) expect([route, await ask(method, path, sessions[role])]).toEqual([route, 'role_forbidden']);
      for (const stranger of [viewer, undefined, 'h1.1.9.x']) expect([route, ['host_forbidden', 'key_forbidden']]).toEqual([route, expect.arrayContaining([await ask(method, path, stranger)])]);
    }
  });

  it('[WSP2] every route of the host stands in the table, and every line of the table is a route', () => {
    const door = new HostDoor({} as never);
    const routes = [
      ...hostRoutes({ door } as never), ...questRoutes({ door } as never), ...twitchRoutes({ door } as never), ...workspaceRoutes({ door } as never),
      ...overlayRoutes({ door } as never), ...planRoutes({ door } as never), ...webhookRoutes({ door } as never), ...commerceRoutes({ door } as never), ...peopleRoutes({ door } as never), ...dropRoutes({ door } as never), ...ledgerRoutes({ door } as never), ...nameRoutes({ door } as never),
    ].filter((each) => door.isHosts(each)).map(({ method, path }) => `${method} ${path}`);
    expect(routes.toSorted()).toEqual(Object.keys(HOST_RULES).toSorted());
  });
});

describe('members', () => {
  it('[WSP3] an invitation works once; a changed role counts at once, a revoked member is out at once, on every link and after a restart', async () => {
    const { test, host, ask } = await setUp();
    const { body } = await test.call('POST', '/api/workspaces/members', { body: { name: ' Ada ', role: 'moderator' }, bearer: host });
    expect(body.member).toMatchObject({ name: 'Ada', role: 'moderator', joined: false });
    const ada = await signIn(test, body.url as string);
    expect(await ask('POST', '/api/host/session', undefined, { key: keyOf(body.url as string) })).toBe('host_link_used');
    expect((await test.call('GET', '/api/host/me', { bearer: ada })).body).toMatchObject({ name: 'Ada', role: 'moderator', may: ['look', 'names'], workspace: { id: 'own' } });
    expect((await test.call('GET', '/api/workspaces/members', { bearer: host })).body.members).toMatchObject([{ name: 'Ada', joined: true }]);
    expect(await ask('POST', '/api/events/show/cue', ada, { game: 'tug' })).toBe('role_forbidden');
    const path = `/api/workspaces/members/${body.member.id as string}`;
    expect(await ask('PUT', path, host, { role: 'co-host' })).toBe(200);
    const again = await test.restart();
    const after = (method: string, at: string, bearer: string, sent?: unknown) => again.call(method, at, { bearer, body: sent }).then((answer) => (answer.status >= 400 ? answer.body.code : answer.status));
    expect(await after('POST', '/api/events/show/cue', ada, { game: 'tug' })).toBe(200);
    const second = (await again.call('POST', `${path}/link`, { bearer: host, body: {} })).body.url as string;
    expect(await after('DELETE', path, host)).toBe(204);
    expect(await after('GET', '/api/events', ada)).toBe('host_forbidden');
    expect(await after('POST', '/api/host/session', '', { key: keyOf(second) })).toBe('host_link_used');
    expect(await after('DELETE', path, host)).toBe('member_unknown');
    expect(await after('POST', `${path}/link`, host, {})).toBe('member_unknown');
  });

  it('[WSP3] says what is wrong with an invitation', async () => {
    const { host, ask } = await setUp();
    for (const body of [{}, [], { name: '', role: 'moderator' }, { name: 'x', role: 'host' }, { name: 'x', role: 'shop' }, { name: 'x'.repeat(61), role: 'moderator' }]) expect(await ask('POST', '/api/workspaces/members', host, body)).toBe('bad_request');
    expect(await ask('PUT', '/api/workspaces/members/nobody', host, { role: 'moderator' })).toBe('member_unknown');
    expect(await ask('PUT', '/api/workspaces/members/nobody', host, { role: 'host' })).toBe('bad_request');
  });

  it('[WSP4] [WSP20] a workspace sees its own events, members, channels and log alone', async () => {
    const { test, host, member, ask } = await setUp();
    const { body } = await test.call('POST', '/api/workspaces', { body: { name: 'Second desk' }, bearer: host });
    const other = await signIn(test, body.url as string);
    const theirs = (await test.call('POST', '/api/events', { body: { name: 'Theirs' }, bearer: other })).body;
    const ids = async (bearer: string): Promise<string[]> => (await test.call('GET', '/api/events', { bearer })).body.events.map(({ id }: { id: string }) => id);
    expect([await ids(other), await ids(host)]).toEqual([[theirs.id], ['show']]);
    const rehearsal = (await test.call('POST', `/api/events/${theirs.id as string}/rehearsal`, { body: {}, bearer: other })).body;
    expect([await ids(other), await ids(host)]).toEqual([[rehearsal.id, theirs.id], ['show']]); // it is theirs too
    for (const [bearer, id] of [[other, 'show'], [host, theirs.id as string]] as const) {
      expect(await ask('GET', `/api/events/${id}/keys`, bearer)).toBe('event_unknown');
      expect(await ask('POST', `/api/events/${id}/captions`, bearer, { lines: [{ lang: 'en', from: 0, to: 1_000, text: 'Hello' }] })).toBe('event_unknown');
      expect(await ask('GET', `/api/events/${id}`, bearer)).toBe('event_unknown');
      expect(await ask('POST', `/api/events/${id}/off`, bearer, {})).toBe('event_unknown');
      expect(await ask('PUT', `/api/twitch/channels/12`, bearer, { event: id })).toBe('event_unknown');
    }
    const mo = await member('Mo', 'moderator');
    const mine = async (bearer: string): Promise<unknown> => (await test.call('GET', '/api/workspaces', { bearer })).body.workspaces;
    const [own, second] = [{ id: 'own', name: 'This installation' }, { id: body.workspace.id as string, name: 'Second desk' }];
    expect([await mine(host), await mine(mo.session), await mine(other)]).toEqual([[{ ...own, role: 'host' }, { ...second, role: 'host' }], [{ ...own, role: 'moderator' }], [{ ...second, role: 'host' }]]);
    expect(await ask('DELETE', `/api/workspaces/members/${mo.id}`, other)).toBe('member_unknown');
    expect((await test.call('GET', '/api/workspaces/audit', { bearer: other })).body.entries.map(({ does }: { does: string }) => does))
      .toEqual(['revoke', 'link channel', 'take off air', 'prepare rehearsal', 'create event']);
    expect(await ask('POST', '/api/workspaces', other, { name: 'x' })).toBe('role_forbidden');
    const [itself] = (await test.call('GET', '/api/workspaces/members', { bearer: other })).body.members;
    expect(await ask('DELETE', `/api/workspaces/members/${itself.id as string}`, other)).toBe('role_forbidden');
    expect(await ask('DELETE', '/api/host/session', other)).toBe(204); // ends theirs, not everybody's
    expect([await ask('GET', '/api/events', other), await ask('GET', '/api/events', host), await ask('GET', '/api/events', mo.session)]).toEqual(['host_forbidden', 200, 200]);
    const link = (await test.call('POST', `/api/workspaces/${body.workspace.id as string}/link`, { bearer: host, body: {} })).body.url as string;
    expect(await ids(await signIn(test, link))).toEqual([rehearsal.id, theirs.id]);
  });
});

describe('the audit log', () => {
  it('[WSP5] tells who gave which command and what came of it, newest first, by pages, refusals too, over a restart', async () => {
    const { test, host, member, ask, audit } = await setUp();
    const mo = await member('Mo', 'moderator');
    await ask('POST', '/api/events/show/cue', host, { game: 'tug' });
    await ask('POST', '/api/events/show/cue', host, { game: 'tug' });
    await ask('POST', '/api/events/show/viewers/77/ban', mo.session, {});
    for (let i = 0; i < 5; i++) await ask('POST', '/api/events/show/stop', mo.session, {});
    await ask('POST', '/api/events/show/stop', (await test.join('show')).token, {});
    const told = (await audit()).map(({ does, outcome, who, times, detail, target }) => [who?.name, does, outcome, times ?? 1, detail ?? target]);
    expect(told).toEqual([
      [undefined, 'stop round', 'host_forbidden', 1, undefined], ['Mo', 'stop round', 'role_forbidden', 5, undefined], ['Mo', 'ban', 'done', 1, '77'],
      ['Host', 'cue', 'round_running', 1, 'tug'], ['Host', 'cue', 'done', 1, 'tug'], ['Host', 'invite', 'done', 1, 'Mo · moderator'], ['Host', 'create event', 'done', 1, 'Test show'],
    ]);
    const [, , ban] = await audit();
    expect((await audit(`?before=${ban!.id}`)).map(({ does }) => does)).toEqual(['cue', 'cue', 'invite', 'create event']);
    const again = await test.restart();
    expect((await again.call('GET', '/api/workspaces/audit', { bearer: host })).body.entries.map(({ does }: { does: string }) => does)).toEqual(told.map(([, does]) => does));
  });
});

describe('commands', () => {
  it('[WSP6] one with an Idempotency-Key runs once, however often it comes, over a restart; another command under it is command_conflict', async () => {
    const { test, host, ask } = await setUp();
    const cue = (key: string, game = 'tug') => test.call('POST', '/api/events/show/cue', { body: { game }, bearer: host, headers: { 'idempotency-key': key } });
    const answers = await Promise.all([cue('press-1'), cue('press-1'), cue('press-1')]);
    expect(answers.map(({ status, body }) => [status, body.round])).toEqual([[200, 1], [200, 1], [200, 1]]);
    expect(test.rooms.get('show')!.cues).toHaveLength(1);
    await ask('POST', '/api/events/show/stop', host, {});
    expect([(await cue('press-1')).body.round, (await cue('press-1', 'poll')).body.code]).toEqual([1, 'command_conflict']);
    for (const bad of ['', ' ', 'ä'.repeat(3), 'x'.repeat(65), 'a b']) expect((await test.call('POST', '/api/events/show/stop', { body: {}, bearer: host, headers: { 'idempotency-key': encodeURIComponent(bad) } })).body.code).toBe('bad_request');
    for (const [path, body] of [['/api/host/links', {}], ['/api/workspaces/members', { name: 'x', role: 'moderator' }], ['/api/workspaces', { name: 'x' }]] as const) {
      expect((await test.call('POST', path, { body, bearer: host, headers: { 'idempotency-key': 'k' } })).body.code).toBe('bad_request'); // a link must not be kept
    }
    expect((await cue('press-2', 'none')).body.code).toBe('game_unknown'); // a refusal gives the key back
    expect((await cue('press-2')).body.round).toBe(2);
    const again = await test.restart();
    expect((await again.call('POST', '/api/events/show/cue', { body: { game: 'tug' }, bearer: host, headers: { 'idempotency-key': 'press-2' } })).body.round).toBe(2);
    expect(again.rooms.get('show')!.cues).toHaveLength(0);
  });

  it('[WSP7] out of order, or for an event that is over, they refuse with a code', async () => {
    const { test, host, ask } = await setUp();
    const me = await test.join('show');
    expect(await ask('POST', '/api/events/show/stop', host, {})).toBe('round_none');
    expect(await ask('POST', '/api/events/show/settle', host, { outcome: 0 })).toBe('round_none');
    expect(await ask('POST', '/api/events/show/end', host, {})).toBe(200);
    for (const [method, path, body] of [
      ['POST', 'cue', { game: 'tug' }], ['POST', 'stop', {}], ['POST', 'on', {}], ['POST', 'off', {}], ['POST', 'viewers/5/ban', {}], ['DELETE', 'viewers/5/hold', undefined], ['PUT', 'quests', { quests: [] }],
    ] as const) expect([path, await ask(method, `/api/events/show/${path}`, host, body)]).toEqual([path, 'event_ended']);
    const ended = async () => (await test.call('GET', '/api/events/show', { bearer: host })).body.event.endedAt as number;
    const first = await ended();
    expect(await ask('POST', '/api/events/show/end', host, {})).toBe(200); // said again, by a press whose answer was lost
    expect([await ended(), typeof first]).toEqual([first, 'number']);
    expect([await ask('POST', '/api/join', undefined, { event: 'show' }), await ask('POST', '/api/join', me.token, { event: 'show' })]).toEqual(['event_ended', 'event_ended']);
  });
});

describe('the end of an event', () => {
  it('[WSP19] said again it reaches the room that missed it, by the same press and by another; the first end stands', async () => {
    const clock = new LeapingClock(systemClock);
    const { test, host } = await setUp({ clock });
    const room = test.rooms.get('show')!;
    const air = room.air.bind(room);
    room.air = () => Promise.reject(new CrowdcueError('unavailable')); // its origin is just dying
    const end = (key: string) => test.call('POST', '/api/events/show/end', { body: {}, bearer: host, headers: { 'idempotency-key': key } });
    const missed = await end('press-1');
    expect([missed.status, missed.body.code, room.airs]).toEqual([503, 'unavailable', []]);
    const { endedAt } = (await test.call('GET', '/api/events/show', { bearer: host })).body.event;
    expect(endedAt).toEqual(expect.any(Number));
    room.air = air;
    clock.leap(5_000);
    expect([(await end('press-1')).body.endedAt, room.airs]).toEqual([endedAt, ['ended']]);
    expect([(await end('press-2')).body.endedAt, room.airs]).toEqual([endedAt, ['ended', 'ended']]);
    expect([(await end('press-2')).body.endedAt, room.airs]).toEqual([endedAt, ['ended', 'ended']]); // that one was answered
  });
});

describe('the kill switch', () => {
  it('[WSP8] shuts joins, cues and claims with a retryable code, keeps who is in, is undone and outlives a restart', async () => {
    const { test, host, ask } = await setUp();
    const me = await test.join('show');
    expect((await test.call('POST', '/api/events/show/off', { body: {}, bearer: host })).body).toMatchObject({ id: 'show', off: true });
    expect(test.rooms.get('show')!.airs).toEqual(['off']);
    const refused = await test.call('POST', '/api/join', { body: { event: 'show' } });
    expect([refused.status, refused.body.code, refused.body.retryable]).toEqual([503, 'event_off', true]);
    expect(await ask('POST', '/api/join', me.token, { event: 'show' })).toBe(200);
    expect(await ask('POST', '/api/events/show/cue', host, { game: 'tug' })).toBe('event_off');
    expect(await ask('POST', '/api/events/show/claims', me.token, { drop: 'x', key: 'k' })).toBe('event_off');
    const again = await test.restart();
    expect((await again.call('POST', '/api/join', { body: { event: 'show' } })).body.code).toBe('event_off');
    const on = await again.call('POST', '/api/events/show/on', { body: {}, bearer: host });
    expect([on.status, on.body.off]).toEqual([200, undefined]);
    expect((await again.call('POST', '/api/join', { body: { event: 'show' } })).status).toBe(200);
    expect((await again.call('GET', '/api/workspaces/audit', { bearer: host })).body.entries.map(({ does }: { does: string }) => does).slice(0, 1)).toEqual(['put on air']);
  });
});
