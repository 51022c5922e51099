import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client as StockClient } from '@colyseus/sdk';
import type { JoinAnswer } from '@crowdcue/protocol';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../src/clock.js';
import { lmdbLedger, type Ledger } from '../src/ledger/index.js';
import { CrowdRoomHost } from '../src/rooms/crowd-room-host.js';
import type { CrowdRoomDeps } from '../src/rooms/room-deps.js';
import { openLmdbStore } from '../src/store/index.js';
import { LeapingClock } from './support/manual-clock.js';
import { SmtpServer } from './support/smtp-server.js';
import { startOrigin, until, type Answer, type TestOrigin } from './support/test-origin.js';

const DROP = { id: 'rope', name: 'Golden Rope', kind: 'host', supply: 100, unlockedBy: 'round-won', proof: 'email' };
const EMAIL = 'Ada.Lovelace@example.org';
const TOLD = { name: 'Ada Byron King', shipping: { lines: ['St James Square 12'], postcode: 'SW1Y', city: 'Ockham', country: 'GB' }, consents: { newsletter: true } };
const PERSONAL = /lovelace|example\.org|byron|ockham|SW1Y|newsletter/i;

const as = (test: TestOrigin, viewer: JoinAnswer) => (method: string, path: string, body?: unknown): Promise<Answer> => test.call(method, `/api/events/show/${path}`, { bearer: viewer.token, body });
const host = (test: TestOrigin, path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> => test.call('POST', `/api/events/show/people/${path}`, { bearer: test.session, body, headers });
const prove = async (test: TestOrigin, viewer: JoinAnswer, email = EMAIL): Promise<void> => {
  const { body } = await as(test, viewer)('POST', 'proofs/email', { email });
  expect((await as(test, viewer)('POST', 'proofs/email/confirm', { email, code: body.shown })).status).toBe(200);
};
const claim = (test: TestOrigin, viewer: JoinAnswer, key = `key-of-${viewer.viewer}`): Promise<Answer> => as(test, viewer)('POST', 'claims', { drop: 'rope', key });

/** What stands in an origin's files once it is closed. */
const ledgerOf = async <T>(test: TestOrigin, look: (ledger: Ledger) => Promise<T>): Promise<T> => {
  await test.close();
  const store = await openLmdbStore({ path: join(test.dataDir, 'store') });
  try {
    return await look(lmdbLedger(store, systemClock));
  } finally {
    await store.close();
  }
};
const bytesIn = (folder: string): string => readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile()).map((entry) => readFileSync(join(entry.parentPath, entry.name)).toString('latin1')).join('\n');

const proven = async (): Promise<{ test: TestOrigin; phone: JoinAnswer; laptop: JoinAnswer; eve: JoinAnswer }> => {
  const test = await startOrigin();
  await test.event({ id: 'show', drops: [DROP] });
  const [phone, laptop, eve] = await Promise.all([1, 2, 3].map(() => test.join('show'))) as [JoinAnswer, JoinAnswer, JoinAnswer];
  await test.won('show', [phone, laptop, eve].map(({ viewer }) => viewer));
  await prove(test, phone);
  await prove(test, laptop, EMAIL.toLowerCase());
  await prove(test, eve, 'eve@example.com');
  expect((await claim(test, phone)).status).toBe(200);
  expect((await as(test, phone)('POST', 'person', TOLD)).status).toBe(200);
  return { test, phone, laptop, eve };
};

describe('people\'s data', () => {
  it('[PPL5] a person tells name, shipping address and consents, sees them on each device, and nobody else does', async () => {
    const { test, laptop, eve } = await proven();
    expect((await as(test, laptop)('GET', 'person')).body).toMatchObject({ email: EMAIL.replace('Example', 'example'), name: TOLD.name, shipping: TOLD.shipping, consents: { newsletter: { given: true } } });
    expect((await as(test, laptop)('POST', 'person', { consents: { newsletter: false } })).body).toMatchObject({ name: TOLD.name, consents: { newsletter: { given: false } } });
    expect((await as(test, eve)('GET', 'person')).body).toEqual({ email: 'eve@example.com' });
    const stranger = await test.join('show');
    for (const method of ['GET', 'POST']) expect(await as(test, stranger)(method, 'person', method === 'GET' ? undefined : TOLD)).toMatchObject({ status: 403, body: { code: 'proof_missing' } });
    const bad = [{ name: '' }, { name: 'x'.repeat(121) }, { name: 'a\r\nb' }, { email: 'other@example.org' }, { shipping: 'x' }, { shipping: { ...TOLD.shipping, country: 'gb' } }, { shipping: { ...TOLD.shipping, lines: [] } }, { consents: { 'A B': true } }, { consents: { a: 'yes' } }, { consents: Object.fromEntries(Array.from({ length: 17 }, (_, at) => [`c${at}`, true])) }];
    for (const body of bad) expect(await as(test, laptop)('POST', 'person', body), JSON.stringify(body)).toMatchObject({ status: 400, body: { code: 'bad_request' } });
  });

  it('[PPL8] a host exports everything that is known of a person, by number or address; nobody else may', async () => {
    const { test, phone, laptop, eve } = await proven();
    const all = await host(test, 'export', { email: ' ada.lovelace+x@EXAMPLE.org' });
    expect(all.body).toMatchObject({
      event: 'show', viewers: [phone.viewer, laptop.viewer], banned: [],
      people: [{ proof: 'email', email: EMAIL, name: TOLD.name, shipping: TOLD.shipping, consents: { newsletter: { given: true } }, viewers: [{ viewer: phone.viewer }, { viewer: laptop.viewer }] }],
      receipts: [{ viewer: phone.viewer, drop: 'rope', serial: 1, standing: 'active' }],
      entries: [...['a:round-won', 'a:round-won+scarce'].flatMap((gate) => [phone, laptop].map(({ viewer }) => ({ type: 'Unlocked', gate, viewer }))), { type: 'Granted', viewer: phone.viewer, serial: 1 }],
      quests: [{ viewer: phone.viewer }, { viewer: laptop.viewer }],
    });
    expect(all.body.people[0].subject).toBe(all.body.entries[4].subject);
    expect((await host(test, 'export', { viewer: laptop.viewer })).body.people).toEqual(all.body.people);
    expect((await host(test, 'export', { viewer: eve.viewer })).body).toMatchObject({ viewers: [eve.viewer], people: [{ email: 'eve@example.com' }], entries: [{ type: 'Unlocked' }, { type: 'Unlocked' }] });
    expect((await host(test, 'export', { email: 'nobody@example.org' })).body).toMatchObject({ viewers: [], people: [], receipts: [], entries: [] });
    expect((await host(test, 'export', { twitch: '99' })).body).toMatchObject({ viewers: [expect.any(Number)], people: [], entries: [] });
    for (const body of [{}, { viewer: '5' }, { viewer: 0 }, { viewer: 2 ** 53 }, { email: '' }, { twitch: 'ada' }, { viewer: 5, email: EMAIL }]) expect((await host(test, 'export', body)).body.code, JSON.stringify(body)).toBe('bad_request');
    expect((await host(test, 'export', { email: 'x\r\ny@example.org' })).body.code).toBe('proof_bad_address');
    // What is answered is kept nowhere, so these commands take no key.
    expect((await host(test, 'export', { viewer: 5 }, { 'idempotency-key': 'abcdefgh' })).body.code).toBe('bad_request');
    const { body: made } = await test.call('POST', '/api/workspaces/members', { bearer: test.session, body: { name: 'Co', role: 'co-host' } });
    const coHost = (await test.call('POST', '/api/host/session', { body: { key: new URL(made.url as string).hash.slice('#key='.length) } })).body.session as string;
    for (const [bearer, code] of [[coHost, 'role_forbidden'], [phone.token, 'host_forbidden'], [undefined, 'host_forbidden']] as const) {
      for (const path of ['export', 'erase']) expect((await test.call('POST', `/api/events/show/people/${path}`, { bearer, body: { viewer: phone.viewer } })).body.code).toBe(code);
    }
  });

  it('[PPL9] after an erasure nothing tells who it was: numbers stay, replay and reconcile are clean, a second one says so, the log names nobody', async () => {
    const { test, phone, laptop, eve } = await proven();
    expect((await host(test, 'erase', { email: EMAIL })).body).toEqual({ erased: 1 });
    expect((await host(test, 'erase', { email: EMAIL })).body).toEqual({ erased: 0 });
    expect((await host(test, 'erase', { viewer: laptop.viewer })).body).toEqual({ erased: 0 });
    expect((await host(test, 'export', { email: EMAIL })).body).toMatchObject({ viewers: [], people: [] });
    expect((await host(test, 'export', { viewer: phone.viewer })).body).toMatchObject({ viewers: [phone.viewer], people: [], receipts: [{ serial: 1 }] });
    expect((await as(test, laptop)('GET', 'person')).body.code).toBe('proof_missing');
    expect((await as(test, laptop)('GET', 'receipts')).body.receipts).toEqual([]);
    expect((await claim(test, laptop)).body.code).toBe('claim_proof_needed');
    // Nobody knows them any more, so the same person is somebody new; the viewer who has the grant has it still.
    await prove(test, laptop);
    expect((await claim(test, laptop)).body).toMatchObject({ status: 'granted', serial: 2 });
    await prove(test, phone);
    expect((await claim(test, phone, 'another-key')).body).toMatchObject({ status: 'granted', serial: 1 });
    expect((await host(test, 'erase', { viewer: phone.viewer })).body).toEqual({ erased: 1 });
    expect((await as(test, eve)('GET', 'person')).body).toEqual({ email: 'eve@example.com' }); // others stay
    const { entries } = (await test.call('GET', '/api/workspaces/audit', { bearer: test.session })).body;
    const told = (entries as { does: string; outcome: string }[]).filter(({ does }) => /person/.test(does));
    expect(told.map(({ does, outcome }) => `${does}: ${outcome}`)).toContain('erase person: done');
    expect(JSON.stringify(entries)).not.toMatch(PERSONAL);
    expect((await test.call('GET', '/metrics')).body).toContain('crowdcue_origin_people_erased_total{why="asked"} 2');
    const [differences, state, replayed] = await ledgerOf(test, async (ledger) => [await ledger.reconcile('show'), await ledger.state('show'), await ledger.replay('show')]);
    expect(differences).toEqual([]);
    expect(replayed).toEqual(state);
  });

  it('[PPL12] the name that an erased person chose goes too, from the queue, the export and the room', async () => {
    const { test, phone } = await proven();
    await test.call('PUT', '/api/events/show/names', { bearer: test.session, body: { free: true } });
    expect((await test.call('POST', '/api/events/show/name', { bearer: phone.token, body: { name: 'Ada of Ockham' } })).body).toMatchObject({ state: 'waiting' });
    expect((await host(test, 'export', { email: EMAIL })).body.names).toContainEqual({ viewer: phone.viewer, free: true, state: 'waiting', name: 'Ada of Ockham' });
    await test.call('POST', '/api/events/show/names', { bearer: test.session, body: { viewers: [phone.viewer], outcome: 'approve' } });
    await host(test, 'erase', { email: EMAIL });
    expect((await test.call('GET', '/api/events/show/name', { bearer: phone.token })).body).toEqual({ free: true, state: 'none' });
    expect((await test.call('GET', '/api/events/show/names', { bearer: test.session })).body).not.toMatchObject({ waiting: [{ name: 'Ada of Ockham' }] });
  });

  it('[PPL6] of a whole run, ledger, journal, every other file and every line of the log hold no address and no name', async () => {
    const smtp = await SmtpServer.start();
    let deps: CrowdRoomDeps | undefined;
    const test = await startOrigin({ MAIL_URL: smtp.url, MAIL_FROM: 'show@example.com', LOG_LEVEL: 'trace' }, {
      makeRooms: (roomDeps, server) => {
        deps = roomDeps;
        const rooms = new CrowdRoomHost(roomDeps, { chance: () => 0.5 });
        rooms.define(server);
        return rooms;
      },
    });
    await test.event({ id: 'show', drops: [DROP] });
    const viewer = await test.join('show');
    const room = await new StockClient(test.url).joinById('show', { token: viewer.token });
    await test.call('POST', '/api/events/show/cue', { bearer: test.session, body: { game: 'tug', inMs: 100, durationMs: 5_000 } });
    await deps!.facts.facts('show', [{ room: 'show', tick: 1_000_000, ordinal: 0, at: 0, trace: 't', type: 'RoundWon', game: 'tug', round: 1, viewers: [viewer.viewer] }]);
    await as(test, viewer)('POST', 'proofs/email', { email: EMAIL });
    smtp.manners = 'busy'; // a server that repeats the address
    expect((await as(test, viewer)('POST', 'proofs/email', { email: EMAIL })).body.code).toBe('mail_unavailable');
    await as(test, viewer)('POST', 'proofs/email/confirm', { email: EMAIL, code: 'wrong' });
    expect((await as(test, viewer)('POST', 'proofs/email/confirm', { email: EMAIL, code: smtp.mails[0]!.code })).status).toBe(200);
    await as(test, viewer)('POST', 'person', TOLD);
    expect((await claim(test, viewer)).body.status).toBe('granted');
    await host(test, 'export', { email: EMAIL });
    await host(test, 'erase', { email: 'somebody.else@example.org' });
    await room.leave();
    const entries = await ledgerOf(test, (ledger) => ledger.entries('show', 1, 1_000));
    expect(entries.at(-1)).toMatchObject({ type: 'Granted', viewer: viewer.viewer, subject: expect.any(Number) });
    expect(JSON.stringify(entries)).not.toMatch(PERSONAL);
    expect(test.logs.length).toBeGreaterThan(3);
    expect(JSON.stringify(test.logs)).not.toMatch(PERSONAL);
    const bytes = bytesIn(test.dataDir);
    expect(bytes).toContain('Golden Rope'); // what is not sealed can be read there
    expect(bytes).toContain('j/show/');
    expect(bytes).not.toMatch(PERSONAL);
  });

  it('[PPL7] the origin forgets people days after the event\'s end, as its host or the installation says', async () => {
    const clock = new LeapingClock(systemClock);
    const DAY = 24 * 3_600_000;
    const test = await startOrigin({ PEOPLE_RETENTION_DAYS: '10' }, { clock });
    await test.event({ id: 'show', drops: [DROP], retentionDays: 3 });
    await test.event({ id: 'other' });
    const put = (days: unknown): Promise<Answer> => test.call('PUT', '/api/events/show/retention', { bearer: test.session, body: { days } });
    const viewer = await test.join('show');
    await prove(test, viewer);
    const kept = async (): Promise<number> => Number(/^crowdcue_origin_people (\d+)/m.exec((await test.call('GET', '/metrics')).body as string)![1]);
    await test.call('POST', '/api/events/show/end', { bearer: test.session });
    expect((await test.call('GET', '/api/events/show', { bearer: test.session })).body.event.retentionDays).toBe(3);
    for (const days of [0, -1, 1.5, 4_000, '5', null]) expect((await put(days)).body.code).toBe('bad_request');
    expect((await put(5)).body).toMatchObject({ retentionDays: 5 });
    expect((await host(test, 'export', { viewer: viewer.viewer })).body.people[0].keptUntil - clock.now()).toBeGreaterThan(5 * DAY - 60_000);
    clock.leap(4 * DAY);
    const swept = (): unknown => test.logs.find(({ msg }) => msg === 'people erased: their time is over');
    expect([await kept(), swept()]).toEqual([1, undefined]);
    clock.leap(DAY);
    const line = await until(swept, 'a sweep');
    expect(line).toMatchObject({ event: 'show', people: 1 });
    expect(await kept()).toBe(0);
  });
});
