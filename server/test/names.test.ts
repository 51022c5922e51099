import { describe, expect, it } from 'vitest';
import type { NamesDecided } from '@crowdcue/protocol';
import { systemClock } from '../src/clock.js';
import { MOST_WAITING } from '../src/events/name-desk.js';
import { checkName, skeleton } from '../src/identity/index.js';
import { CoreHarness, HandRelay } from './rooms/core-harness.js';
import { answerRequest, RemoteRoom } from '../src/rooms/remote-room.js';
import { LeapingClock } from './support/manual-clock.js';
import { MemoryRoom } from './support/memory-rooms.js';
import { startOrigin } from './support/test-origin.js';

const refusalOf = (name: string): string => {
  try {
    checkName(name);
    return 'taken as it is';
  } catch (error) {
    return (error as { code: string }).code;
  }
};
const turned = (text: string): string => text.replace(/[a-z]/g, (letter) => String.fromCharCode(((letter.charCodeAt(0) - 97 + 13) % 26) + 97));

describe('the filter', () => {
  it('[NAM1] takes people’s names in their own letters, as they are shown', () => {
    for (const name of ['Ada', 'Jürgen', 'Zoë K.', "O'Neil", 'Nguyễn Ánh', 'Наталья', 'محمد', 'さくら99', '山田 太郎', '김민수', 'สมชาย', 'Max 100', 'Scunthorpe Fan', 'Therapist Joe', 'Cocktail', 'Nigeria FC', 'Ólafur', 'xX_Kai_Xx']) {
      expect([name, checkName(` ${name}  `)]).toEqual([name, name.normalize('NFKC')]);
    }
    expect(checkName('Ａｄａ　Ｌ')).toBe('Ada L'); // wide letters are the same letters
  });

  it('[NAM1] refuses markup, controls, what turns or hides letters, towers of marks, mixed scripts and digits, and the wrong length', () => {
    const bad = [
      '<b>x</b>', '<script>alert(1)</script>', 'a&amp;b', 'a"onload="x', '{{name}}', '[x](y)', 'a\u0000b', 'a\nb', 'a\tb', 'ab\u202Ecd', '\u2066ab', 'a\u200Bb', 'a\u200Db', 'ab\uFEFF', 'a\u00ADb', '\u115Fab', 'a\uFE0Fb',
      `Z${'\u0335'.repeat(5)}algo`, '\u0301Ada', '...', '  ', '', 'A', 'x'.repeat(21), 'x'.repeat(500), 'Αdа', 'раypal', 'Ada١2', 'Ada😀', '\uD800ab', 'http://x.y', 'a@b.cc', '$$$', '👑 King', '𓀀𓀁',
    ];
    for (const name of bad) expect([name, refusalOf(name)]).toEqual([name, 'name_forbidden']);
  });

  it('[NAM1] refuses words of the list, also spelt out, drawn out, or in letters that look alike', () => {
    const word = turned('shpx');
    for (const name of [word, `${word[0]} ${word[1]} ${word[2]} ${word[3]}`, `${word[0]}${word[1]!.repeat(4)}${word.slice(2)}`, `the${word}er`, word.toUpperCase(), turned('uvgyre').replace('i', '1'), `big ${turned('fuvg')}`, turned('fuvg').replace('i', '1')]) {
      expect([name, refusalOf(name)]).toEqual([name, 'name_forbidden']);
    }
  });

  it('[NAM1] refuses what passes for the host’s team or for a name that the event gives', () => {
    for (const name of ['Host', 'H0ST', 'Moderator', 'Admin', 'ádmin', 'һоѕт', 'Golden Otter', 'Golden Otter 42', 'G0lden 0tter 42', 'Crowd-Cue']) expect([name, ['name_taken', 'name_forbidden'].includes(refusalOf(name))]).toEqual([name, true]);
    expect([skeleton('Аda'), skeleton('Ada'), skeleton('ÁDA'), skeleton('a.d.a')]).toEqual(['ada', 'ada', 'ada', 'ada']);
  });
});

const setUp = async (free = true) => {
  const clock = new LeapingClock(systemClock);
  const test = await startOrigin({}, { clock });
  await test.event({ id: 'show' });
  const host = test.session;
  if (free) expect((await test.call('PUT', '/api/events/show/names', { body: { free: true }, bearer: host })).body.freeNames).toBe(true);
  const ask = async (bearer: string, name: unknown) => {
    const { status, body } = await test.call('POST', '/api/events/show/name', { body: { name }, bearer });
    return status === 200 ? body.state as string : body.code as string;
  };
  const list = async () => (await test.call('GET', '/api/events/show/names', { bearer: host })).body;
  const decide = async (viewers: number[], outcome: string, bearer = host): Promise<NamesDecided> => (await test.call('POST', '/api/events/show/names', { body: { viewers, outcome }, bearer })).body;
  return { test, clock, host, ask, list, decide, room: test.rooms.get('show')! };
};

describe('the queue', () => {
  it('[NAM2] until a host lets viewers choose there are no names of theirs; then each waits, is seen by its viewer and the team alone, and is the room’s once it is approved', async () => {
    const { test, host, ask, list, decide, room } = await setUp(false);
    const [ada, bob] = [await test.join('show'), await test.join('show')];
    expect(await ask(ada.token, 'Ada')).toBe('names_off');
    expect((await test.call('GET', '/api/join/show')).body.freeNames).toBeUndefined();
    await test.call('PUT', '/api/events/show/names', { body: { free: true }, bearer: host });
    expect((await test.call('GET', '/api/join/show')).body.freeNames).toBe(true);
    expect([await ask(ada.token, ' Ada  L '), await ask(bob.token, 'Bob')]).toEqual(['waiting', 'waiting']);
    expect([...room.names]).toEqual([]);
    expect((await test.call('GET', '/api/events/show/name', { bearer: bob.token })).body).toEqual({ free: true, state: 'waiting', name: 'Bob' });
    expect((await test.call('GET', '/api/events/show/names', { bearer: bob.token })).body.code).toBe('host_forbidden');
    expect((await list()).names.map(({ name }: { name: string }) => name)).toEqual(['Ada L', 'Bob']);
    expect((await test.call('GET', '/api/events/show', { bearer: host })).body.namesWaiting).toBe(2);
    expect(await decide([ada.viewer, bob.viewer, 7], 'approve')).toEqual({ done: [ada.viewer, bob.viewer], left: [{ viewer: 7, code: 'not_found' }] });
    expect([...room.names]).toEqual([[ada.viewer, 'Ada L'], [bob.viewer, 'Bob']]);
    expect(await decide([bob.viewer], 'decline')).toMatchObject({ done: [bob.viewer] }); // taken back
    expect(room.names.get(bob.viewer)).toBe(bob.name);
    expect(await list()).toMatchObject({ waiting: 0, decided: [{ name: 'Bob', state: 'declined' }, { name: 'Ada L', state: 'approved' }] });
    const again = await test.restart();
    expect((await again.call('GET', '/api/events/show/name', { bearer: ada.token })).body).toEqual({ free: true, state: 'approved', name: 'Ada L' });
  });

  it('[NAM3] a moderator decides, sets nothing; a viewer decides nothing; bodies of another shape are refused', async () => {
    const { test, host, ask } = await setUp();
    const ada = await test.join('show');
    await ask(ada.token, 'Ada');
    const { body } = await test.call('POST', '/api/workspaces/members', { body: { name: 'Mo', role: 'moderator' }, bearer: host });
    const mo = (await test.call('POST', '/api/host/session', { body: { key: new URL(body.url as string).hash.slice(5) } })).body.session as string;
    const codeOf = async (method: string, path: string, bearer: string, sent?: unknown) => (await test.call(method, `/api/events/show/${path}`, { body: sent, bearer })).body.code as string | undefined;
    expect(await codeOf('PUT', 'names', mo, { free: false })).toBe('role_forbidden');
    expect(await codeOf('POST', 'names', ada.token, { viewers: [ada.viewer], outcome: 'approve' })).toBe('host_forbidden');
    for (const sent of [{}, { viewers: [], outcome: 'approve' }, { viewers: [1.5], outcome: 'approve' }, { viewers: [ada.viewer], outcome: 'maybe' }, { viewers: Array.from({ length: 201 }, (_, i) => i + 1), outcome: 'approve' }]) expect(await codeOf('POST', 'names', mo, sent)).toBe('bad_request');
    for (const sent of [{}, { name: 5 }, { name: ['Ada'] }, { name: 'x'.repeat(1_001) }]) expect(await codeOf('POST', 'name', ada.token, sent)).toBe('bad_request');
    expect((await test.call('POST', '/api/events/show/names', { body: { viewers: [ada.viewer], outcome: 'approve' }, bearer: mo })).body.done).toEqual([ada.viewer]);
    const [entry] = (await test.call('GET', '/api/workspaces/audit', { bearer: host })).body.entries;
    expect([entry.who.name, entry.does, entry.detail, entry.outcome]).toEqual(['Mo', 'decide names', 'approve', 'done']);
  });

  it('[NAM4] markup, a banned viewer, a name that is taken, and asking again at once are clear refusals; a ban takes the wish along', async () => {
    const { test, clock, host, ask, list, decide } = await setUp();
    const [ada, bob, eve] = [await test.join('show'), await test.join('show'), await test.join('show')];
    expect(await ask(ada.token, '<img src=x onerror=alert(1)>')).toBe('name_forbidden');
    expect([await ask(ada.token, 'Ada'), await ask(bob.token, 'Аda'), await ask(bob.token, 'A-D-A'), await ask(eve.token, 'Eve')]).toEqual(['waiting', 'name_forbidden', 'waiting', 'waiting']);
    expect([await ask(ada.token, 'Ada'), await ask(ada.token, 'Adele')]).toEqual(['waiting', 'too_many_requests']);
    expect(await decide([ada.viewer, bob.viewer], 'approve')).toEqual({ done: [ada.viewer], left: [{ viewer: bob.viewer, code: 'name_taken' }] }); // also within one press
    clock.leap(10_001);
    expect([await ask(bob.token, 'A D A'), await ask(bob.token, 'Bobby')]).toEqual(['name_taken', 'waiting']);
    await test.call('POST', `/api/events/show/viewers/${eve.viewer}/ban`, { body: {}, bearer: host });
    expect((await list()).names.map(({ name }: { name: string }) => name)).toEqual(['Bobby']);
    expect([await ask(eve.token, 'Eve'), (await decide([eve.viewer], 'approve')).left]).toEqual(['viewer_banned', [{ viewer: eve.viewer, code: 'not_found' }]]);
    await decide([bob.viewer], 'decline');
    clock.leap(10_001);
    expect(await ask(bob.token, 'Robert')).toBe('too_many_requests'); // after a no one waits longer
    clock.leap(50_000);
    expect(await ask(bob.token, 'Robert')).toBe('waiting');
  });

  it('[NAM5] a queue holds so many and says so, a viewer takes a wish or a name back, a stranger to the room stays in the queue, and off again everybody has the name given', async () => {
    const { test, host, ask, list, decide, room } = await setUp();
    const viewers = [];
    for (let i = 0; i < MOST_WAITING; i++) viewers.push(await test.join('show'));
    const states = await Promise.all(viewers.map(({ token }, i) => ask(token, `Fan x${i}`)));
    expect(new Set(states)).toEqual(new Set(['waiting']));
    const late = await test.join('show');
    expect(await ask(late.token, 'Late')).toBe('names_full');
    expect(await list()).toMatchObject({ waiting: MOST_WAITING, names: { length: 100 } });
    expect(await ask(viewers[0]!.token, null)).toBe('none');
    expect(await ask(late.token, 'Late')).toBe('waiting');
    room.strangers.add(late.viewer);
    expect(await decide([late.viewer, viewers[1]!.viewer], 'approve')).toEqual({ done: [viewers[1]!.viewer], left: [{ viewer: late.viewer, code: 'not_found' }] });
    expect(await ask(viewers[1]!.token, null)).toBe('none');
    expect(room.names.get(viewers[1]!.viewer)).toBe(viewers[1]!.name);
    await decide([viewers[2]!.viewer], 'approve');
    await test.call('PUT', '/api/events/show/names', { body: { free: false }, bearer: host });
    expect(await list()).toEqual({ free: false, waiting: 0, names: [], decided: [] });
    expect(room.names.get(viewers[2]!.viewer)).toBe(viewers[2]!.name);
    expect(await ask(late.token, 'Late')).toBe('names_off');
  });
});

it('[NAM6] an approved name is an input: shown in the round on air and to its viewer, hidden while it is held, kept over a rejoin, an image and a replay', () => {
  const h = new CoreHarness();
  const relay = new HandRelay('r1');
  h.step(relay.up());
  relay.join(0, 11);
  h.step(relay.batch(h.time));
  h.cue();
  relay.act(0, { n: 1, value: 9 }, h.time);
  h.step(relay.batch(h.time));
  for (let i = 0; i < 20; i++) h.step();
  const top = () => [...h.state.top.values()].map(({ name }) => name);
  h.step({ kind: 'names', rows: [{ viewer: 11, name: 'Ada' }, { viewer: 99, name: 'Nobody' }] });
  expect([top(), h.core.me(0).name, [...h.core.out.standings.take(9)]]).toEqual([['Ada'], 'Ada', [0]]);
  h.step({ kind: 'hold', viewer: 11, held: true });
  expect(top()).toEqual(['•••']);
  h.step({ kind: 'hold', viewer: 11, held: false });
  const image = structuredClone(h.core.image());
  const after = h.core.tick;
  const state = h.state.toJSON();
  relay.join(0, 11, { sessionId: 'another-session-0000' });
  h.step(relay.batch(h.time));
  expect([h.core.me(0).name, h.replay().core.me(0).name, h.replay({ image, state, after }).core.me(0).name]).toEqual(['Ada', 'Ada', 'Ada']);
  expect(h.replay().state.toJSON()).toEqual(h.state.toJSON());
});

it('[NAM6] reaches a room of another process', async () => {
  const room = new MemoryRoom({ id: 'show', maxViewers: 10, createdAt: 0 });
  room.strangers.add(6);
  const remote = new RemoteRoom('show', (_event, request) => answerRequest(room, request, () => undefined));
  expect([await remote.rename([{ viewer: 5, name: 'Ada' }, { viewer: 6, name: 'Bob' }]), [...room.names]]).toEqual([[5], [[5, 'Ada']]]);
});
