import { describe, expect, it, vi } from 'vitest';
import type { JoinAnswer } from '@crowdcue/protocol';
import { systemClock } from '../src/clock.js';
import { readConfig } from '../src/config.js';
import { SmtpMailer } from '../src/people/index.js';
import { LeapingClock } from './support/manual-clock.js';
import { HAS_REDIS, tempRedis } from './support/redis-server.js';
import { SmtpServer, type Manners } from './support/smtp-server.js';
import { freePort, MASTER, RELAY_SECRET, startOrigin, type Answer, type TestOrigin } from './support/test-origin.js';
import { CLIENT_ID, TWITCH_SECRET, twitchJwt, viewerClaims } from './support/twitch-jwt.js';

const FROM = 'The Show <show@example.com>';
const ADA = 'ada@example.org';
const rope = (more: Record<string, unknown> = {}): Record<string, unknown> => ({ id: 'rope', name: 'Golden Rope', kind: 'badge', supply: 100, unlockedBy: 'round-won', proof: 'email', ...more });

const ask = (test: TestOrigin, viewer: JoinAnswer, email: unknown, more: Record<string, unknown> = {}, headers: Record<string, string> = {}): Promise<Answer> =>
  test.call('POST', '/api/events/show/proofs/email', { bearer: viewer.token, body: { email, ...more }, headers });
const confirm = (test: TestOrigin, viewer: JoinAnswer, email: unknown, code: unknown): Promise<Answer> =>
  test.call('POST', '/api/events/show/proofs/email/confirm', { bearer: viewer.token, body: { email, code } });
const prove = async (test: TestOrigin, viewer: JoinAnswer, email: string): Promise<Answer> => confirm(test, viewer, email, (await ask(test, viewer, email)).body.shown);
const claim = (test: TestOrigin, viewer: JoinAnswer, drop = 'rope', key = `key-of-${viewer.viewer}`): Promise<Answer> =>
  test.call('POST', '/api/events/show/claims', { bearer: viewer.token, body: { drop, key } });
const crowd = async (test: TestOrigin, size: number, drop: Record<string, unknown> | undefined = rope()): Promise<JoinAnswer[]> => {
  await test.event({ id: 'show', name: 'The Show', drops: drop === undefined ? [] : [drop] });
  const viewers = await Promise.all(Array.from({ length: size }, () => test.join('show')));
  await test.won('show', viewers.map(({ viewer }) => viewer));
  return viewers;
};
const mailed = async (env: Record<string, string> = {}, deps = {}): Promise<{ test: TestOrigin; smtp: SmtpServer }> => {
  const smtp = await SmtpServer.start();
  return { smtp, test: await startOrigin({ MAIL_URL: smtp.url, MAIL_FROM: FROM, ...env }, deps) };
};
const other = (code: string): string => (code === '000000' ? '111111' : '000000');

describe('proofs by mail', () => {
  it('[PRF1] a drop that asks for a proof is refused without and granted with one; without a mail server the code is told, in development alone', async () => {
    const test = await startOrigin();
    const [ada] = await crowd(test, 1) as [JoinAnswer];
    expect((await test.call('GET', '/api/events/show/drops', { bearer: ada.token })).body.drops).toMatchObject([{ id: 'rope', proof: 'email' }]);
    expect(await claim(test, ada)).toMatchObject({ status: 403, body: { status: 'refused', code: 'claim_proof_needed', retryable: false } });
    const { status, body } = await ask(test, ada, ADA);
    expect([status, body]).toEqual([202, { until: expect.any(Number), shown: expect.stringMatching(/^\d{6}$/) }]);
    expect(await confirm(test, ada, ADA, other(body.shown))).toMatchObject({ status: 403, body: { code: 'proof_code_wrong' } });
    expect(await confirm(test, ada, ADA, body.shown)).toMatchObject({ status: 200, body: { proof: 'email', first: ada.viewer } });
    expect((await confirm(test, ada, ADA, body.shown)).status).toBe(200); // the answer was lost
    expect(await claim(test, ada)).toMatchObject({ status: 200, body: { status: 'granted', serial: 1 } });
    expect(JSON.stringify(test.logs)).toContain(body.shown);

    const live = await startOrigin({ NODE_ENV: 'production' });
    await live.event({ id: 'show', drops: [rope()] });
    const viewer = await live.join('show');
    expect(await ask(live, viewer, ADA)).toMatchObject({ status: 501, body: { code: 'mail_unconfigured', retryable: false } });
    expect(JSON.stringify(live.logs)).not.toMatch(/"code":"\d{6}"/);
  });

  it('[PRF6] mails a code to the address that was said and to nobody else, in the viewer\'s language; what it says confirms', async () => {
    const { test, smtp } = await mailed();
    const [ada, eve] = await crowd(test, 2) as [JoinAnswer, JoinAnswer];
    const answer = await ask(test, ada, ' Ada+show@Example.org', {}, { 'accept-language': 'de-CH, en;q=0.5' });
    expect([answer.status, answer.body]).toEqual([202, { until: expect.any(Number) }]);
    const mail = await smtp.mail(1);
    expect(mail).toMatchObject({ from: 'show@example.com', to: ['Ada+show@example.org'], subject: `${mail.code} ist dein Code für The Show` });
    expect(mail.text).toContain('Gib diesen Code dort ein, wo du „The Show“ spielst:');
    expect(mail.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(mail.headers.get('auto-submitted')).toBe('auto-generated');
    await ask(test, eve, ADA, { lang: 'ar' });
    expect((await smtp.mail(2)).text).toContain('اكتب هذا الرمز');
    // A code is good for the viewer who asked and the mailbox it went to.
    expect((await confirm(test, eve, ADA, mail.code)).body.code).toBe('proof_code_wrong');
    expect((await confirm(test, ada, 'eve@example.org', mail.code)).body.code).toBe('proof_code_wrong');
    expect((await confirm(test, ada, ADA, ` ${mail.code.slice(0, 3)} ${mail.code.slice(3)} `)).status).toBe(200);
    expect((await claim(test, ada)).status).toBe(200);
    expect(JSON.stringify(test.logs)).not.toMatch(new RegExp(`example\\.org|${mail.code}`, 'i'));
  });

  it('[PRF3] [PRF9] fifty viewers who prove one address are one person: one grant, and the others are told', async () => {
    const test = await startOrigin();
    const viewers = await crowd(test, 50);
    await Promise.all(viewers.map(async (viewer, at) => expect((await prove(test, viewer, ['ada@example.org', 'ADA@Example.Org', `ada+${at}@example.org`][at % 3]!)).status).toBe(200)));
    const answers = await Promise.all(viewers.map((viewer) => claim(test, viewer)));
    const results = answers.map(({ body }) => body.code ?? body.status).toSorted();
    expect(results).toEqual([...Array.from({ length: 49 }, () => 'claim_subject_taken'), 'granted']);
    const winner = viewers[answers.findIndex(({ status }) => status === 200)]!;
    expect((await test.call('GET', '/api/events/show', { bearer: test.session })).body.drops).toMatchObject([{ granted: 1, left: 99 }]);
    // Whoever of them asks has the receipt.
    const { body } = await test.call('GET', '/api/events/show/receipts', { bearer: viewers[7]!.token });
    expect(body.receipts).toMatchObject([{ viewer: winner.viewer, drop: 'rope', serial: 1, standing: 'active' }]);
  });

  it('[PRF10] who proves the same address elsewhere finds the receipts, and goes on as who they were first', async () => {
    const test = await startOrigin();
    const [phone, laptop, eve] = await crowd(test, 3) as [JoinAnswer, JoinAnswer, JoinAnswer];
    const resume = (viewer: JoinAnswer): Promise<Answer> => test.call('POST', '/api/events/show/proofs/resume', { bearer: viewer.token, body: {} });
    expect(await resume(laptop)).toMatchObject({ status: 403, body: { code: 'proof_missing' } });
    await prove(test, phone, ADA);
    const granted = await claim(test, phone);
    expect((await prove(test, laptop, ADA)).body).toEqual({ proof: 'email', first: phone.viewer });
    const { body: { receipts } } = await test.call('GET', '/api/events/show/receipts', { bearer: laptop.token });
    expect(receipts).toEqual([{ ...granted.body, viewer: phone.viewer, standing: 'active' }]);
    const back = await resume(laptop);
    expect(back).toMatchObject({ status: 200, body: { viewer: phone.viewer, name: phone.name, event: { id: 'show' } } });
    expect((await claim(test, back.body as JoinAnswer, 'rope', 'another-key')).body).toEqual(granted.body);
    expect((await test.call('GET', '/api/events/show/drops', { bearer: back.body.token })).body.drops).toMatchObject([{ state: 'granted' }]);
    // Or as any of those whom a code proved to be the same, and as nobody else.
    const as = (viewer: number, bearer = phone.token): Promise<Answer> => test.call('POST', '/api/events/show/proofs/resume', { bearer, body: { viewer } });
    expect((await as(laptop.viewer)).body.viewer).toBe(laptop.viewer);
    for (const answer of [await as(eve.viewer), await as(phone.viewer, eve.token)]) expect(answer).toMatchObject({ status: 403, body: { code: 'proof_missing' } });
    // A person who is somebody else has nothing of it.
    await prove(test, eve, 'eve@example.org');
    expect((await test.call('GET', '/api/events/show/receipts', { bearer: eve.token })).body.receipts).toEqual([]);
    expect((await resume(eve)).body.viewer).toBe(eve.viewer);
  });

  it('[PRF10] a ban is the person\'s: on another device it holds, for proofs, claims and going on', async () => {
    const test = await startOrigin();
    const [phone, laptop, tablet] = await crowd(test, 3) as [JoinAnswer, JoinAnswer, JoinAnswer];
    for (const viewer of [phone, laptop]) await prove(test, viewer, ADA);
    await test.call('POST', `/api/events/show/viewers/${phone.viewer}/ban`, { bearer: test.session });
    for (const answer of [await claim(test, laptop), await prove(test, tablet, ADA), await claim(test, tablet), await test.call('POST', '/api/events/show/proofs/resume', { bearer: laptop.token, body: {} })]) {
      expect(answer).toMatchObject({ status: 403, body: { code: 'viewer_banned' } });
    }
  });

  it('[PRF4] an address with a line end, two addresses, or none is refused, and no mail leaves', async () => {
    const { test, smtp } = await mailed();
    const [ada] = await crowd(test, 1) as [JoinAnswer];
    const bad = ['ada@example.org\r\nBcc: all@example.org', 'ada@example.org\nX: y', 'ada@example.org, eve@example.org', '"\r\n"@example.org'];
    for (const email of bad) expect(await ask(test, ada, email)).toMatchObject({ status: 400, body: { code: 'proof_bad_address' } });
    const clock = [7, null, '', { a: 1 }, 'x'.repeat(321)];
    for (const email of clock) expect((await confirm(test, ada, email, '123456')).body.code).toBe('bad_request');
    expect(await test.call('POST', '/api/events/show/proofs/email', { bearer: ada.token, raw: 'email=x' })).toMatchObject({ body: { code: expect.stringMatching(/bad_json|too_many_requests/) } });
    expect([smtp.connections, smtp.mails.length]).toEqual([0, 0]);
    expect(JSON.stringify(test.logs)).not.toContain('example.org');
  });

  it('[PRF7] whether a mailbox is known here, or to the mail server, is told to nobody', async () => {
    const { test, smtp } = await mailed();
    const [ada, eve, mallory] = await crowd(test, 3) as [JoinAnswer, JoinAnswer, JoinAnswer];
    await ask(test, ada, ADA);
    await confirm(test, ada, ADA, (await smtp.mail(1)).code);
    const known = await ask(test, eve, ADA);
    const unknown = await ask(test, mallory, 'nobody@example.org');
    const shape = ({ status, headers, body }: Answer): unknown => [status, [...headers.keys()].toSorted(), Object.keys(body as object)];
    expect(shape(known)).toEqual(shape(unknown));
    smtp.manners = 'no-mailbox';
    expect(shape(await ask(test, mallory, 'really-nobody@example.org'))).toEqual(shape(known));
    for (const [viewer, email] of [[eve, ADA], [mallory, 'nobody@example.org']] as const) expect((await confirm(test, viewer, email, '12345x')).body).toMatchObject({ code: 'proof_code_wrong' });
    expect(JSON.stringify(test.logs)).not.toContain('example.org');
  });

  it('[PRF8] codes cannot be guessed: a viewer, a network and a mailbox are slowed, nobody is told which, and all of it refills', async () => {
    const clock = new LeapingClock(systemClock);
    const { test, smtp } = await mailed({ TRUSTED_PROXIES: '127.0.0.1' }, { clock });
    const viewers = await crowd(test, 30);
    const from = (network: number): Record<string, string> => ({ 'x-forwarded-for': `203.0.113.${network}` });
    // One viewer asks and tries on and on.
    const [first] = viewers as [JoinAnswer];
    const asked = await Promise.all(Array.from({ length: 8 }, () => ask(test, first, 'first@example.org', {}, from(1))));
    expect(asked.filter(({ body }) => body.code === 'too_many_requests')).toHaveLength(3);
    const tried = await Promise.all(Array.from({ length: 15 }, () => confirm(test, first, 'first@example.org', 'x')));
    const count = (code: string): number => tried.filter(({ body }) => body.code === code).length;
    expect([count('proof_code_wrong'), count('proof_code_over'), count('too_many_requests')]).toEqual([5, 5, 5]);
    // Viewers who all want one mailbox's code, from one network: four mails leave, and the same is told to each.
    await smtp.mail(1);
    const before = smtp.mails.length;
    const all = await Promise.all(viewers.slice(1).map((viewer) => ask(test, viewer, ADA, {}, from(2))));
    expect(all.map(({ status, body }) => [status, Object.keys(body as object)])).toEqual(all.map(() => [202, ['until']]));
    expect(smtp.mails.length - before).toBe(4);
    const real = new Set(smtp.mails.slice(before).map(({ code }) => code));
    // Its owner, elsewhere, is not locked out by that.
    const owner = await test.join('show');
    await ask(test, owner, ADA, {}, from(3));
    expect((await smtp.mail(before + 5)).to).toEqual([ADA]);
    expect((await confirm(test, owner, ADA, smtp.mails[before + 4]!.code)).status).toBe(200);
    // Of those whose mail never left, no code is right, not even one that was mailed to another.
    const ends = await Promise.all(viewers.slice(1).map((viewer) => confirm(test, viewer, ADA, [...real][0]!)));
    expect(ends.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
    clock.leap(3_600_000);
    const sofar = smtp.mails.length;
    expect((await ask(test, first, 'first@example.org', {}, from(1))).status).toBe(202);
    expect((await ask(test, viewers[5]!, ADA, {}, from(2))).status).toBe(202);
    expect((await smtp.mail(sofar + 2)).to).toEqual([ADA]);
  });

  it('[PRF7] while the mail server is away it says so, retryable, and a later try is mailed', async () => {
    const smtp = await SmtpServer.start();
    const port = await freePort();
    const test = await startOrigin({ MAIL_URL: `smtp://127.0.0.1:${port}`, MAIL_FROM: FROM });
    const [ada] = await crowd(test, 1) as [JoinAnswer];
    expect(await ask(test, ada, ADA)).toMatchObject({ status: 503, body: { code: 'mail_unavailable', retryable: true } });
    expect(test.logs.filter(({ msg }) => msg === 'a mail was not sent')).toMatchObject([{ code: 'ESOCKET' }]);
    expect((await test.call('GET', '/metrics')).body).toContain('crowdcue_origin_proof_codes_total{result="failed"} 1');
    await test.close();
    const mailer = new SmtpMailer({ url: smtp.url, from: FROM, patienceMs: 150, logger: { warn: () => undefined } });
    const lines: string[] = [];
    const picky = new SmtpMailer({ url: smtp.url, from: FROM, patienceMs: 150, logger: { warn: (fields, message) => lines.push(JSON.stringify(fields) + message) } });
    const mail = { to: ADA, subject: 'S', text: 'T\n' };
    for (const manners of ['silent', 'closing', 'garbage', 'busy', 'no-data'] satisfies Manners[]) {
      smtp.manners = manners;
      await expect(picky.send(mail), manners).rejects.toMatchObject({ code: 'mail_unavailable', retryable: true });
    }
    smtp.manners = 'no-mailbox';
    expect(await picky.send(mail)).toBe('refused');
    expect(lines).toHaveLength(5);
    expect(lines.join('')).not.toContain('example.org');
    smtp.manners = 'good';
    expect(await mailer.send(mail)).toBe('sent');
    expect((await smtp.mail(1)).to).toEqual([ADA]);
    for (const each of [mailer, picky]) each.close();
  });

  it('[PRF11] a password is not said to a server elsewhere that offers no TLS', async () => {
    const smtp = await SmtpServer.start();
    const lines: object[] = [];
    // 127.0.0.1 by another name, so that it counts as elsewhere.
    const mailer = new SmtpMailer({ url: `${smtp.url.replace('127.0.0.1', '0x7f.1')}`.replace('//', '//user:secret@'), from: FROM, logger: { warn: (fields) => lines.push(fields) } });
    expect(await mailer.send({ to: ADA, subject: 'S', text: 'T' }).catch((error: unknown) => (error as { code: string }).code)).toBe('mail_unavailable');
    mailer.close();
    expect([smtp.connections, smtp.mails, lines]).toEqual([expect.any(Number), [], [expect.objectContaining({ code: 'ETLS' })]]);
  });

  it('[PRF11] mail is set up by two variables; one alone, or a bad one, stops the process with its name', () => {
    const base = { MASTER_SECRET: MASTER, RELAY_SECRET };
    const mailOf = (env: Record<string, string>): unknown => readConfig({ ...base, ...env }).mail;
    expect(mailOf({})).toBeUndefined();
    expect(mailOf({ MAIL_URL: 'smtps://user:pa%40ss@mail.example:465', MAIL_FROM: FROM })).toEqual({ url: 'smtps://user:pa%40ss@mail.example:465', from: FROM });
    expect(mailOf({ MAIL_URL: 'smtp://mail.example/', MAIL_FROM: 'show@example.com' })).toMatchObject({ from: 'show@example.com' });
    for (const url of ['mail.example', 'http://mail.example', 'smtp:', 'smtp://', 'smtp://mail.example/?pool=true', 'smtp://mail.example/x']) expect(() => mailOf({ MAIL_URL: url, MAIL_FROM: FROM }), url).toThrow(/^MAIL_URL must be/);
    for (const from of ['show', 'Show', '<show@example.com', 'A <a@b.example>, B <b@b.example>', 'x\r\ny <a@b.example>', 'a@b.example, c@d.example']) expect(() => mailOf({ MAIL_URL: 'smtp://mail.example', MAIL_FROM: from }), from).toThrow(/^MAIL_FROM must be/);
    expect(() => mailOf({ MAIL_URL: 'smtp://mail.example' })).toThrow('MAIL_FROM must be set when MAIL_URL is given');
    expect(readConfig(base).retentionDays).toBe(30);
    for (const days of ['0', '-1', '1.5', '9999', 'never']) expect(() => readConfig({ ...base, PEOPLE_RETENTION_DAYS: days })).toThrow(/^PEOPLE_RETENTION_DAYS must be/);
  });

  it('[PRF12] nobody proves, reads or goes on for another viewer: every route takes the viewer of its token alone', async () => {
    const test = await startOrigin();
    const [ada, eve] = await crowd(test, 2) as [JoinAnswer, JoinAnswer];
    await test.event({ id: 'other' });
    const stranger = await test.join('other');
    const routes = [['POST', 'proofs/email'], ['POST', 'proofs/email/confirm'], ['POST', 'proofs/resume'], ['GET', 'receipts'], ['GET', 'person'], ['POST', 'person']] as const;
    for (const [method, path] of routes) {
      const body = method === 'POST' ? { body: { email: ADA, code: '123456', viewer: ada.viewer } } : {};
      expect(await test.call(method, `/api/events/show/${path}`, body), path).toMatchObject({ status: 401, body: { code: 'token_missing' } });
      expect(await test.call(method, `/api/events/show/${path}`, { ...body, bearer: stranger.token }), path).toMatchObject({ body: { code: expect.stringMatching(/^token_/) } });
      expect(await test.call(method, `/api/events/show/${path}`, { ...body, bearer: test.session }), path).toMatchObject({ status: 401 });
    }
    await prove(test, ada, ADA);
    await claim(test, ada);
    // The subject of a claim is the origin's word: what a body says of it is not looked at.
    const forged = await test.call('POST', '/api/events/show/claims', { bearer: eve.token, body: { drop: 'rope', key: 'key-number-1', proof: 'email', subject: 5, viewer: ada.viewer, tier: 'x' } });
    expect(forged).toMatchObject({ status: 403, body: { code: 'claim_proof_needed' } });
    expect((await test.call('GET', `/api/events/show/receipts?viewer=${ada.viewer}`, { bearer: eve.token })).body.receipts).toEqual([]);
  });
});

describe('proofs by Twitch', () => {
  const CHANNEL = '44322889';
  const exchange = async (test: TestOrigin, opaque: string, more: Record<string, unknown> = {}): Promise<JoinAnswer> =>
    (await test.call('POST', '/api/twitch/token', { bearer: twitchJwt(viewerClaims(opaque, CHANNEL, more)) })).body as JoinAnswer;

  it('[PRF13] a viewer whose account Twitch shares is proven by it; one who does not share, or is logged out, is not; a code by mail helps each', async () => {
    const test = await startOrigin({ TWITCH_EXTENSION_SECRET: TWITCH_SECRET, TWITCH_EXTENSION_CLIENT_ID: CLIENT_ID });
    await test.event({ id: 'show', drops: [rope({ proof: 'twitch' }), rope({ id: 'any', proof: 'any' }), rope({ id: 'mail' })] });
    const { body } = await test.call('POST', '/api/twitch/key', { bearer: twitchJwt(viewerClaims('UB1', CHANNEL, { role: 'broadcaster', user_id: CHANNEL, is_unlinked: false })) });
    await test.call('PUT', `/api/twitch/channels/${CHANNEL}`, { bearer: test.session, body: { event: 'show', key: body.key } });
    const sharing = await exchange(test, 'U1', { user_id: '5150', is_unlinked: false });
    const closed = await exchange(test, 'U2');
    const guest = await exchange(test, 'A3');
    const plain = await test.join('show');
    await test.won('show', [sharing, closed, guest, plain].map(({ viewer }) => viewer));
    const codeOf = async (viewer: JoinAnswer, drop: string): Promise<string> => {
      const answer = await claim(test, viewer, drop, `${drop}-of-${viewer.viewer}`);
      return answer.body.code ?? answer.body.status;
    };
    expect([await codeOf(sharing, 'rope'), await codeOf(sharing, 'any'), await codeOf(sharing, 'mail')]).toEqual(['granted', 'granted', 'claim_proof_needed']);
    for (const viewer of [closed, guest, plain]) expect([await codeOf(viewer, 'rope'), await codeOf(viewer, 'any')]).toEqual(['claim_proof_needed', 'claim_proof_needed']);
    await prove(test, guest, ADA);
    expect([await codeOf(guest, 'rope'), await codeOf(guest, 'any'), await codeOf(guest, 'mail')]).toEqual(['claim_proof_needed', 'granted', 'granted']);
    // Who has both proofs says the one that the drop asks for.
    await prove(test, sharing, 'sharing@example.org');
    expect(await codeOf(sharing, 'mail')).toBe('granted');
    // An account is found by its number, and known in this event alone.
    const { body: found } = await test.call('POST', '/api/events/show/people/export', { bearer: test.session, body: { twitch: '5150' } });
    expect(found).toMatchObject({ viewers: [sharing.viewer], people: [{ proof: 'twitch', twitch: '5150' }] });
  });
});

describe.skipIf(!HAS_REDIS)('proofs at two origins on one Redis', () => {
  it('[PRF2] [PPL2] asked for at one, said at the other; who is proven or erased at one is at both', async () => {
    const { url } = await tempRedis();
    const [one, two] = [await startOrigin({ REDIS_URL: url }), await startOrigin({ REDIS_URL: url })];
    await one.event({ id: 'show' });
    const soon = { timeout: 10_000 };
    const [ada, eve] = [await one.join('show'), await one.join('show')];
    await vi.waitFor(async () => expect((await two.call('GET', '/api/join/show')).status).toBe(200), soon);
    const { body } = await ask(one, ada, ADA);
    await vi.waitFor(async () => expect((await confirm(two, ada, ADA, body.shown)).status).toBe(200), soon);
    expect((await prove(one, eve, ADA)).body).toEqual({ proof: 'email', first: ada.viewer });
    const receipts = (test: TestOrigin): Promise<Answer> => test.call('GET', '/api/events/show/person', { bearer: eve.token });
    await vi.waitFor(async () => expect((await receipts(two)).body).toEqual({ email: ADA }), soon);
    expect((await one.call('POST', '/api/events/show/people/erase', { bearer: one.session, body: { email: ADA } })).body).toEqual({ erased: 1 });
    await vi.waitFor(async () => expect((await receipts(two)).body.code).toBe('proof_missing'), soon);
    expect((await one.call('POST', '/api/events/show/people/erase', { bearer: one.session, body: { viewer: ada.viewer } })).body).toEqual({ erased: 0 });
  });
});
