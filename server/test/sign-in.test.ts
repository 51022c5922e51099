import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { JoinAnswer } from '@crowdcue/protocol';
import { systemClock } from '../src/clock.js';
import { readConfig } from '../src/config.js';
import { LeapingClock } from './support/manual-clock.js';
import { HAS_REDIS, tempRedis } from './support/redis-server.js';
import { MASTER, RELAY_SECRET, startOrigin, type Answer, type TestOrigin } from './support/test-origin.js';
import { TwitchId, type TwitchManners } from './support/twitch-id.js';

const rope = (more: Record<string, unknown> = {}): Record<string, unknown> => ({ id: 'rope', name: 'Golden Rope', kind: 'badge', supply: 100, unlockedBy: 'round-won', proof: 'twitch', ...more });
const other = (digits: string): string => (digits === '000000' ? '111111' : '000000');

const standIn = async (): Promise<TwitchId> => {
  const twitch = await TwitchId.start();
  onTestFinished(() => twitch.stop());
  return twitch;
};
const as = (test: TestOrigin, { token }: JoinAnswer) => (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
  test.call('POST', `/api/events/show/${path}`, { bearer: token, body, headers });
const begin = async (test: TestOrigin, viewer: JoinAnswer): Promise<string> => (await as(test, viewer)('proofs/twitch', {})).body.url as string;
/** A browser that follows the way to Twitch, and where it comes out. */
const follow = async (url: string): Promise<URL> => new URL((await fetch(url, { redirect: 'manual' })).headers.get('location')!);
const back = (test: TestOrigin, at: URL, more: Record<string, unknown> = {}): Promise<Answer> =>
  test.call('POST', '/api/proofs/twitch', { body: { code: at.searchParams.get('code'), state: at.searchParams.get('state'), ...more } });
const digitsOf = async (test: TestOrigin, viewer: JoinAnswer): Promise<string> => (await back(test, await follow(await begin(test, viewer)))).body.digits as string;
const confirm = (test: TestOrigin, viewer: JoinAnswer, code: unknown): Promise<Answer> => as(test, viewer)('proofs/twitch/confirm', { code });
const prove = async (test: TestOrigin, viewer: JoinAnswer): Promise<Answer> => confirm(test, viewer, await digitsOf(test, viewer));
const claim = (test: TestOrigin, viewer: JoinAnswer): Promise<Answer> => as(test, viewer)('claims', { drop: 'rope', key: `key-of-${viewer.viewer}` });

const crowd = async (test: TestOrigin, size: number): Promise<JoinAnswer[]> => {
  await test.event({ id: 'show', name: 'The Show', drops: [rope()] });
  const viewers = await Promise.all(Array.from({ length: size }, () => test.join('show')));
  await test.won('show', viewers.map(({ viewer }) => viewer));
  return viewers;
};

describe('signing in with Twitch on the web', () => {
  it('[PRF18] proves the account that somebody signed in to: one drop each, found again on another device, and nothing of Twitch is kept but the number', async () => {
    const twitch = await standIn();
    const test = await startOrigin(twitch.env);
    const [ada, phone, eve] = await crowd(test, 3) as [JoinAnswer, JoinAnswer, JoinAnswer];
    twitch.as('5150');
    expect((await claim(test, ada)).body.code).toBe('claim_proof_needed');
    const { status, body } = await as(test, ada)('proofs/twitch', {});
    expect([status, body]).toEqual([200, { url: expect.stringMatching(/\/oauth2\/authorize\?response_type=code&client_id=abc.*&scope=openid&/), until: expect.any(Number) }]);
    expect(body.url).not.toMatch(new RegExp(`${ada.viewer}|${ada.token.slice(0, 20)}`));
    const at = await follow(body.url);
    expect(at.href).toContain(`${test.url}/signed-in/twitch?`);
    const came = await back(test, at);
    expect([came.status, came.body]).toEqual([200, { event: { id: 'show', name: 'The Show' }, digits: expect.stringMatching(/^\d{6}$/), until: expect.any(Number) }]);
    expect((await claim(test, ada)).body.code).toBe('claim_proof_needed'); // the way back alone proves nothing
    const spoken = (came.body.digits as string).replace(/^(...)/, '$1 ');
    expect(await confirm(test, ada, spoken)).toMatchObject({ status: 200, body: { proof: 'twitch', first: ada.viewer } });
    expect((await confirm(test, ada, spoken)).status).toBe(200); // the answer was lost
    expect(await claim(test, ada)).toMatchObject({ status: 200, body: { status: 'granted', serial: 1 } });

    expect((await prove(test, phone)).body).toEqual({ proof: 'twitch', first: ada.viewer });
    expect((await claim(test, phone)).body.code).toBe('claim_subject_taken');
    expect((await test.call('GET', '/api/events/show/receipts', { bearer: phone.token })).body.receipts).toMatchObject([{ drop: 'rope', serial: 1, viewer: ada.viewer }]);
    expect((await as(test, phone)('proofs/resume', {})).body).toMatchObject({ viewer: ada.viewer });
    twitch.as('5151');
    await prove(test, eve);
    expect((await claim(test, eve)).body).toMatchObject({ status: 'granted', serial: 2 });
    const { body: found } = await test.call('POST', '/api/events/show/people/export', { bearer: test.session, body: { twitch: '5150' } });
    expect(found.people).toMatchObject([{ proof: 'twitch', twitch: '5150' }]);
    expect(found.people).toHaveLength(1);
    await expect.poll(() => twitch.revoked).toEqual(['5150', '5150', '5151'].map((account) => `${twitch.clientId} access-of-${account}`));
    const pending = await digitsOf(test, eve);
    await test.call('POST', '/api/events/show/people/erase', { bearer: test.session, body: { twitch: '5151' } });
    expect((await confirm(test, eve, pending)).body.code).toBe('proof_code_over'); // erased with the rest
    const logs = JSON.stringify(test.logs);
    for (const secret of [twitch.secret, 'access-of', '"5150"', `"${came.body.digits as string}"`, at.searchParams.get('code')!]) expect(logs).not.toContain(secret);
  });

  it('[PRF19] a way back that is forged, over or used gives no digits; digits are for the viewer who asked, ten minutes and five tries', async () => {
    const twitch = await standIn();
    const clock = new LeapingClock(systemClock);
    const test = await startOrigin(twitch.env, { clock });
    const [ada, eve] = await crowd(test, 2) as [JoinAnswer, JoinAnswer];
    const at = await follow(await begin(test, ada));
    const state = at.searchParams.get('state')!;
    for (const more of [{ state: `${state.slice(0, -3)}AAA` }, { state: 'x' }, { code: 'never-given' }]) expect(await back(test, at, more)).toMatchObject({ status: 400, body: { code: 'sign_in_over', retryable: false } });
    for (const more of [{ state: '' }, { code: 7 }, { code: 'x'.repeat(600) }]) expect((await back(test, at, more)).body.code).toBe('bad_request');
    // A code of another sign-in, though of the same client: its token answers another question.
    expect((await back(test, await follow(await begin(test, eve)), { state })).body.code).toBe('sign_in_over');
    const { digits } = (await back(test, at)).body;
    expect((await back(test, at)).body.code).toBe('sign_in_over'); // Twitch gives a code once
    expect((await confirm(test, eve, digits)).body.code).toBe('proof_code_over'); // it is not hers, and she has none
    for (const wrong of [other(digits), '', 'x'.repeat(17), 1]) expect((await confirm(test, ada, wrong)).body.code).toBe(wrong === other(digits) ? 'proof_code_wrong' : 'bad_request');
    for (let tries = 1; tries < 5; tries++) expect((await confirm(test, ada, other(digits))).body.code).toBe('proof_code_wrong');
    expect((await confirm(test, ada, digits)).body.code).toBe('proof_code_over');

    clock.leap(60_000);
    // The code of a mail is not one of Twitch, nor the other way round.
    const mailed = (await as(test, ada)('proofs/email', { email: 'ada@example.org' })).body.shown as string;
    expect((await confirm(test, ada, mailed)).body.code).toBe('proof_code_over'); // the digits of before were tried too often
    const shown = await digitsOf(test, ada);
    expect((await confirm(test, ada, mailed)).body.code).toBe('proof_code_wrong');
    expect((await as(test, ada)('proofs/email/confirm', { email: 'ada@example.org', code: shown })).body.code).toBe('proof_code_wrong');
    expect((await as(test, ada)('proofs/email/confirm', { email: 'ada@example.org', code: mailed })).body).toMatchObject({ proof: 'email' }); // neither voids the other
    expect((await as(test, ada)('proofs/email/confirm', { email: 'twitch|1', code: shown })).body.code).toBe('proof_bad_address');
    expect((await confirm(test, ada, shown)).status).toBe(200);
    const late = await digitsOf(test, eve);
    clock.leap(10 * 60_000);
    expect((await confirm(test, eve, late)).body.code).toBe('proof_code_over');
    const old = await follow(await begin(test, ada));
    clock.leap(30 * 60_000);
    expect((await back(test, old)).body.code).toBe('sign_in_over');
  });

  it('[PRF22] says that it is off where no application is set up, and in the extension; asks Twitch not too often, and never for somebody whom it did not send', async () => {
    const off = await startOrigin();
    const [plain] = await crowd(off, 1) as [JoinAnswer];
    expect(await as(off, plain)('proofs/twitch', {})).toMatchObject({ status: 501, body: { code: 'twitch_off' } });
    expect((await off.call('POST', '/api/proofs/twitch', { body: { code: 'c', state: 's' } })).body.code).toBe('sign_in_over');

    const twitch = await standIn();
    const test = await startOrigin(twitch.env);
    const [ada] = await crowd(test, 1) as [JoinAnswer];
    expect((await as(test, ada)('proofs/twitch', {}, { origin: 'https://abc.ext-twitch.tv' })).body.code).toBe('twitch_off');
    expect((await test.call('POST', '/api/events/show/proofs/twitch', { body: {} })).body.code).toBe('token_missing');
    const at = await follow(await begin(test, ada));
    const answers = await Promise.all(Array.from({ length: 20 }, () => back(test, at, { code: 'guess' })));
    expect(new Set(answers.map(({ body }) => body.code as string))).toEqual(new Set(['sign_in_over', 'too_many_requests']));
    expect(twitch.calls.filter((call) => call === 'POST /oauth2/token').length).toBeLessThanOrEqual(11);
    const ways = await Promise.all(Array.from({ length: 30 }, () => as(test, ada)('proofs/twitch', {})));
    expect(ways.filter(({ status }) => status === 429).length).toBeGreaterThan(5);
  });

  it('[PRF23] takes nothing where Twitch answers otherwise than it should: retryable, with a line in the log, and the next one is good', async () => {
    const cases: [string, TwitchManners][] = [
      ['an issuer', { claims: { iss: 'https://elsewhere.example' } }], ['another client', { claims: { aud: 'somebody-else' } }], ['a party', { claims: { azp: 'somebody-else' } }], ['a time that is over', { claims: { exp: 1 } }],
      ['an account that is no number', { claims: { sub: 'ada' } }], ['no account', { claims: { sub: undefined } }],
      ['a failure', { token: (response) => void response.writeHead(500).end() }], ['a wrong secret', { token: (response) => void response.writeHead(403).end('{"message":"invalid client secret"}') }],
      ['a redirect', { token: (response) => void response.writeHead(302, { location: '/elsewhere' }).end() }], ['no JSON', { token: (response) => void response.end('<html>') }], ['a token that is none', { token: (response) => void response.end('{"id_token":"x"}') }],
      ['more than anybody reads', { token: (response) => void response.end(`{"id_token":"${'x'.repeat(200_000)}"}`) }], ['a cut', { token: (response) => void response.destroy() }],
    ];
    const twitch = await standIn();
    const test = await startOrigin(twitch.env);
    const viewers = await crowd(test, cases.length);
    for (const [at, [name, manners]] of cases.entries()) {
      const lines = test.logs.length;
      twitch.manners = manners;
      expect(await back(test, await follow(await begin(test, viewers[at]!))), name).toMatchObject({ status: 503, body: { code: 'sign_in_unavailable', retryable: true } });
      expect(test.logs.slice(lines).some(({ level, msg }) => level === 40 && String(msg).includes('Twitch')), name).toBe(true);
      twitch.manners = {};
      expect((await prove(test, viewers[at]!)).status, name).toBe(200);
    }
  });

  it('[PRF23] waits five seconds at most for Twitch, and says so when it is not there', async () => {
    const twitch = await standIn();
    const test = await startOrigin(twitch.env);
    const [ada] = await crowd(test, 1) as [JoinAnswer];
    twitch.manners = { token: () => undefined };
    expect((await back(test, await follow(await begin(test, ada)))).body.code).toBe('sign_in_unavailable');
    twitch.manners = {};
    const at = await follow(await begin(test, ada));
    await twitch.stop();
    expect((await back(test, at)).body.code).toBe('sign_in_unavailable');
  });

  it('[PRF18] a ban of one of a person’s viewers holds for who signs in as the same', async () => {
    const twitch = await standIn();
    const test = await startOrigin(twitch.env);
    const [ada, phone] = await crowd(test, 2) as [JoinAnswer, JoinAnswer];
    await prove(test, ada);
    expect((await test.call('POST', `/api/events/show/viewers/${ada.viewer}/ban`, { bearer: test.session, body: {} })).status).toBeLessThan(300);
    expect((await prove(test, phone)).body.code).toBe('viewer_banned');
  });

  it('[PRF24] a bad setting stops the process with its name', () => {
    const env = { NODE_ENV: 'test', MASTER_SECRET: MASTER, RELAY_SECRET };
    const id = { TWITCH_SIGN_IN_CLIENT_ID: 'abcdefghij' };
    const secret = { TWITCH_SIGN_IN_SECRET: 'abcdefghij' };
    for (const [more, why] of [
      [id, 'TWITCH_SIGN_IN_SECRET must'], [secret, 'TWITCH_SIGN_IN_CLIENT_ID must'], [{ ...id, TWITCH_SIGN_IN_SECRET: 'a b' }, 'TWITCH_SIGN_IN_SECRET'], [{ ...secret, TWITCH_SIGN_IN_CLIENT_ID: '?' }, 'TWITCH_SIGN_IN_CLIENT_ID'],
      [{ ...id, ...secret, TWITCH_SIGN_IN_ISSUER: 'http://id.example' }, 'TWITCH_SIGN_IN_ISSUER'], [{ ...id, ...secret, TWITCH_SIGN_IN_ISSUER: 'nonsense' }, 'TWITCH_SIGN_IN_ISSUER'],
    ] as const) expect(() => readConfig({ ...env, ...more }), why).toThrow(why);
    expect(readConfig({ ...env, ...id, ...secret }).signIn).toEqual({ clientId: 'abcdefghij', secret: 'abcdefghij', issuer: 'https://id.twitch.tv/oauth2' });
    expect(readConfig(env).signIn).toBeUndefined();
  });
});

describe.skipIf(!HAS_REDIS)('signing in at two origins on one Redis', () => {
  it('[PRF18] begun at one, come back to the other, said at the first', async () => {
    const twitch = await standIn();
    const { url } = await tempRedis();
    const env = { ...twitch.env, REDIS_URL: url, PUBLIC_URL: 'http://play.example' }; // both stand behind one name
    const [one, two] = [await startOrigin(env), await startOrigin(env)];
    await one.event({ id: 'show', name: 'The Show' });
    const ada = await one.join('show');
    await vi.waitFor(async () => expect((await two.call('GET', '/api/join/show')).status).toBe(200), { timeout: 10_000 });
    const { digits } = (await back(two, await follow(await begin(one, ada)))).body;
    await vi.waitFor(async () => expect((await confirm(one, ada, digits)).status).toBe(200), { timeout: 10_000 });
  });
});
