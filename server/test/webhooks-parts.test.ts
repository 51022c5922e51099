import { lookup as systemLookup } from 'node:dns';
import { readFileSync } from 'node:fs';
import { Webhook } from 'standardwebhooks';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Keys, systemRandom } from '../src/identity/index.js';
import type { Outbox } from '../src/outbox/index.js';
import { AddressGuard, isPublic } from '../src/webhooks/address-guard.js';
import { Breaker } from '../src/webhooks/breaker.js';
import type { EndpointRecord } from '../src/webhooks/endpoint-desk.js';
import { bodyOf, entitlementOf, messageId } from '../src/webhooks/messages.js';
import { Poster, type Outcome } from '../src/webhooks/post.js';
import { Pump, type PumpOptions } from '../src/webhooks/pump.js';
import { defaultSchedule, Secrets, toldLedger } from '../src/webhooks/index.js';
import { newSecret, sign, signedHeaders, verify } from '../src/webhooks/signature.js';
import { Shop } from './support/shop.js';

/** The lines that the docs give to receivers. */
const docsModule = async (which: number): Promise<Record<string, unknown>> => {
  const blocks = [...readFileSync(new URL('../../docs/webhooks.md', import.meta.url), 'utf8').matchAll(/```js\n(.*?)```/gs)].map(([, code]) => code!);
  return (await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(blocks[which]!)}`)) as Record<string, unknown>;
};

describe('signatures', () => {
  it('[HOK6] the lines of the docs take ours, and no other', async () => {
    const isOurs = (await docsModule(0))['isOurs'] as (secret: string, headers: Record<string, string>, body: string) => boolean;
    const [old, secret] = [newSecret(systemRandom), newSecret(systemRandom)];
    const headers = signedHeaders([secret, old], 'show:1', Date.now(), '{"ü":1}');
    expect([isOurs(secret, headers, '{"ü":1}'), isOurs(old, headers, '{"ü":1}'), isOurs(newSecret(systemRandom), headers, '{"ü":1}'), isOurs(secret, headers, '{"ü":2}'), isOurs(secret, {}, '{"ü":1}')]).toEqual([true, true, false, false, false]);
    expect(isOurs(secret, signedHeaders([secret], 'show:1', Date.now() - 400_000, 'x'), 'x')).toBe(false);
  });

  it('[HOK13] the lines of the docs sign what we take', async () => {
    const report = (await docsModule(1))['report'] as (secret: string, address: string, message: unknown) => Promise<Response>;
    const shop = await Shop.start();
    const secret = newSecret(systemRandom);
    await report(secret, shop.url('/commerce'), { type: 'fulfilled', entitlement: 'show:1' });
    const [{ headers, body }] = shop.calls as [(typeof shop.calls)[number]];
    expect(verify([secret], headers, Buffer.from(body), Date.now())).toMatchObject({ signed: true, inTime: true });
  });

  it('[HOK6] ours are those of the standardwebhooks package, and each takes the other’s', () => {
    fc.assert(fc.property(fc.uint8Array({ minLength: 1, maxLength: 64 }), fc.stringMatching(/^[\x21-\x7e]{1,40}$/), fc.string({ unit: 'binary' }), (bytes, id, text) => {
      const body = Buffer.from(text).toString(); // as UTF-8 has it
      const secret = `whsec_${Buffer.from(bytes).toString('base64')}`;
      const now = Math.floor(Date.now() / 1000) * 1000;
      expect(sign(secret, id, now / 1000, body)).toBe(new Webhook(secret).sign(id, new Date(now), body));
      const theirs = { 'webhook-id': id, 'webhook-timestamp': String(now / 1000), 'webhook-signature': new Webhook(secret).sign(id, new Date(now), body) };
      expect(verify([newSecret(systemRandom), secret], theirs, Buffer.from(body), now)).toEqual({ signed: true, id, inTime: true, offS: 0 });
    }), { numRuns: 25 });
  });

  it('[HOK13] takes no other body, id, time or secret; a clock that is off is told only to who signed', () => {
    const [secret, other] = [newSecret(systemRandom), newSecret(systemRandom)];
    const now = 1_800_000_000_000;
    const body = Buffer.from('{"a":1}');
    const headers = signedHeaders([secret], 'm1', now, String(body));
    const says = (change: Record<string, string>, bytes = body, secrets = [secret], at = now) => verify(secrets, { ...headers, ...change }, bytes, at);
    expect(says({})).toMatchObject({ signed: true });
    expect(says({ 'webhook-signature': `v1a,xyz v1,AAAA ${headers['webhook-signature']!}` })).toMatchObject({ signed: true });
    const forged = [
      says({ 'webhook-id': 'm2' }), says({ 'webhook-timestamp': String(now / 1000 + 1) }), says({}, Buffer.from('{"a":2}')), says({}, body, [other]), says({}, body, []), says({ 'webhook-id': '' }),
      says({ 'webhook-id': 'a b' }), says({ 'webhook-timestamp': 'now' }), says({ 'webhook-signature': '' }), says({ 'webhook-signature': 'v1,' }), says({ 'webhook-signature': 'x'.repeat(5_000) }), verify([secret], {}, body, now),
    ];
    expect(forged).toEqual(forged.map(() => ({ signed: false })));
    for (const off of [-3_600, -301, 301, 3_600]) expect(says({}, body, [secret], now - off * 1000)).toMatchObject({ signed: true, inTime: false, offS: off });
    for (const off of [-300, 300]) expect(says({}, body, [secret], now - off * 1000)).toMatchObject({ inTime: true });
  });

  it('[HOK12] a kept secret is unreadable, opens for its own record alone, and ends when its overlap does', () => {
    const sealer = new Keys(Buffer.alloc(32, 1)).sealer('webhooks', systemRandom);
    const sealed = sealer.seal('whsec_geheim', 'wh_1');
    expect(sealed).not.toContain('geheim');
    expect(sealer.open(sealed, 'wh_1')).toBe('whsec_geheim');
    const strange = [() => sealer.open(sealed, 'wh_2'), () => sealer.open(`${sealed.slice(0, -2)}AA`, 'wh_1'), () => sealer.open('', 'wh_1'), () => sealer.open('s1.AAAAAAAAAAAAAAAA.AAAA', 'wh_1')];
    strange.push(() => new Keys(Buffer.alloc(32, 2)).sealer('webhooks', systemRandom).open(sealed, 'wh_1'), () => new Keys(Buffer.alloc(32, 1)).sealer('commerce', systemRandom).open(sealed, 'wh_1'));
    for (const each of strange) expect(each).toThrow(/wh_/);
    const secrets = new Secrets({ sealer, random: systemRandom });
    const [one, two, three] = [secrets.fresh('a'), secrets.fresh('a'), secrets.fresh('a')];
    const kept = Secrets.rotated(Secrets.rotated([one.kept], two.kept, 0, 100), three.kept, 50, 10);
    expect([secrets.open(kept, 'a', 59), secrets.open(kept, 'a', 60)]).toEqual([[three.secret, two.secret, one.secret], [three.secret]]);
  });
});

describe('messages', () => {
  it('[HOK6] names the entitlement by the entry that began it, and tells nothing but numbers, times and codes', () => {
    const base = { event: 'show', at: 0, trace: 't', drop: 'd', viewer: 3 };
    const of = (extra: object) => entitlementOf({ ...base, seq: 9, type: 'Revoked', ...extra } as never);
    expect([of({}), of({ of: 4 }), of({ type: 'Granted' }), of({ type: 'Granted', of: 4 }), of({ type: 'Entered' })]).toEqual([undefined, 'show:4', 'show:9', 'show:4', 'show:9']);
    const body = JSON.parse(bodyOf({
      ...base, seq: 9, type: 'Converted', of: 4, amount: 4900, currency: 'EUR', subject: 77, key: 'c-secret', reason: 'for Ada', until: 1_000, data: { order: 'A-1', name: 'Ada' },
    } as never, 's')) as object;
    expect(body).toEqual({
      specversion: '1.0', id: messageId({ event: 'show', seq: 9 }), source: 's', type: 'app.crowdcue.drop.converted', time: '1970-01-01T00:00:00.000Z', subject: 'show:4', datacontenttype: 'application/json',
      data: { event: 'show', drop: 'd', viewer: 3, amount: 4900, currency: 'EUR', until: '1970-01-01T00:00:01.000Z', trace: 't', order: 'A-1' },
    });
    const data = (extra: object) => (JSON.parse(bodyOf({ event: 'show', seq: 9, at: 0, trace: 't', drop: 'd', ...extra } as never, 's')) as { data: object }).data;
    expect(data({ type: 'LotDrawn', data: { seed: 'ab' } })).toEqual({ event: 'show', drop: 'd', trace: 't', lot: { seed: 'ab' } });
    expect(data({ type: 'DropDefined', terms: { name: 'Mug', kind: 'badge', info: { rules: 'x' } } })).toEqual({ event: 'show', drop: 'd', trace: 't', name: 'Mug', kind: 'badge' });
    expect(data({ type: 'Refused', reason: 'claim_sold_out', viewer: 3 })).toEqual({ event: 'show', drop: 'd', viewer: 3, trace: 't', reason: 'claim_sold_out' });
  });
});

describe('addresses', () => {
  const PRIVATE = [
    '127.0.0.1', '127.255.255.254', '0.0.0.0', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.169.254', '100.64.0.1', '192.0.0.8', '192.0.2.1', '198.18.0.1', '198.51.100.1', '203.0.113.9',
    '224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255', '::', '::1', '::ffff:10.0.0.1', '::ffff:8.8.8.8', '::127.0.0.1', '64:ff9b::a00:1', '64:ff9b:1::1', 'fc00::1', 'fd12:3456::1', 'fe80::1', 'fec0::1',
    'ff02::1', '2001::1', '2001:db8::1', '2002:a00:1::', '3fff::1', '100::1', '5f00::1', 'no address', '',
  ];
  const PUBLIC = ['8.8.8.8', '1.1.1.1', '172.32.0.1', '172.15.255.255', '192.0.1.1', '100.63.0.1', '100.128.0.1', '223.255.255.255', '2606:4700::1111', '2001:4860:4860::8888', '2a00:1450::1'];
  const code = async (work: Promise<unknown>): Promise<string> => work.then(() => 'taken', (error: unknown) => String((error as { code?: unknown }).code));

  it('[HOK11] what is not of the public internet is private, however it is written', async () => {
    expect(PRIVATE.filter(isPublic)).toEqual([]);
    expect(PUBLIC.filter((each) => !isPublic(each))).toEqual([]);
    const guard = new AddressGuard({ allowPrivate: [], resolve: async (name) => (name === 'mixed.example' ? ['8.8.8.8', '10.0.0.1'] : name === 'mapped.example' ? ['::ffff:127.0.0.1'] : ['8.8.8.8']) });
    const refused = [
      'http://example.org/', 'ftp://example.org/', 'file:///etc/passwd', 'javascript:alert(1)', 'https://', 'x', '', 'https://user:pass@example.org/', 'https://example.org/#x', 'https://127.0.0.1/', 'https://127.1/', 'https://0x7f000001/',
      'https://2130706433/', 'https://0177.0.0.1/', 'https://[::1]/', 'https://[::ffff:127.0.0.1]/', 'https://[::ffff:7f00:1]/', 'https://[64:ff9b::10.0.0.1]/', 'https://169.254.169.254/latest/meta-data', 'https://localhost/',
      'https://LOCALHOST./', 'https://a.localhost:8443/', 'https://mixed.example/', 'https://mapped.example/', 'https://１２７.0.0.1/', 'http://8.8.8.8/',
    ];
    for (const url of refused) expect([url, await code(guard.check(url))]).toEqual([url, 'webhook_url_refused']);
    for (const url of ['https://example.org/hook?a=b', 'https://8.8.8.8/', 'https://[2606:4700::1111]:8443/']) expect([url, await code(guard.check(url))]).toEqual([url, 'taken']);
    const silent = new AddressGuard({ allowPrivate: [], resolve: () => Promise.reject(new Error('ENOTFOUND')) });
    expect(await code(silent.check('https://not-yet.example/'))).toBe('taken');
    const some = new AddressGuard({ allowPrivate: ['10.0.0.0/8', '::1'], resolve: async () => ['10.9.9.9'] });
    const taken = await Promise.all(['http://10.1.1.1/', 'https://inside.example/', 'http://inside.example/', 'http://[::1]/', 'http://localhost/', 'https://192.168.0.1/', 'http://127.0.0.1/'].map((url) => code(some.check(url))));
    expect(taken).toEqual(['taken', 'taken', 'taken', 'taken', 'taken', 'webhook_url_refused', 'webhook_url_refused']);
  });

  it('[HOK11] a name that means something else at the connection than at the check gets nothing: what is looked at is what is connected to', async () => {
    const shop = await Shop.start();
    const answers = [['8.8.8.8'], ['127.0.0.1']];
    let asked = 0;
    const guard = new AddressGuard({ allowPrivate: [], resolve: async () => answers[Math.min(asked++, 1)]! });
    await guard.check(`https://rebind.example:${shop.port}/hook`);
    const poster = new Poster({ guard, now: () => Date.now(), timeoutMs: 2_000 });
    const outcome = await poster.post({ url: `https://rebind.example:${shop.port}/hook`, headers: {}, body: '{}' });
    expect([outcome, asked, shop.calls]).toEqual([{ result: 'failed', error: expect.stringContaining('public internet') as string }, 2, []]);
    // The address that the guard gave is the one that the socket goes to, not one that the system would have found.
    const allowed = new Poster({ guard: new AddressGuard({ allowPrivate: ['127.0.0.0/8'], resolve: async () => ['127.0.0.1'] }), now: () => Date.now(), timeoutMs: 2_000 });
    await expect(new Promise((resolve, reject) => systemLookup('shop.invalid', (error) => (error ? reject(error) : resolve(0))))).rejects.toThrow();
    expect(await allowed.post({ url: `http://shop.invalid:${shop.port}/hook`, headers: {}, body: '{}' })).toMatchObject({ result: 'delivered' });
    expect(await allowed.post({ url: `http://10.0.0.1:${shop.port}/hook`, headers: {}, body: '{}' })).toMatchObject({ result: 'failed' });
    poster.close();
    allowed.close();
  });
});

describe('tries', () => {
  it('[HOK7] a status decides, whatever the body; what stands in Retry-After is heard', async () => {
    const shop = await Shop.start();
    const guard = new AddressGuard({ allowPrivate: ['127.0.0.1'] });
    const poster = new Poster({ guard, now: () => 1_000_000, timeoutMs: 2_000 });
    const answer = async (status: number, headers: Record<string, string> = {}): Promise<Outcome> => {
      shop.behave('/x', (_, response) => void response.writeHead(status, headers).end('{"not":'));
      return poster.post({ url: shop.url('/x'), headers: {}, body: '{}' });
    };
    expect([await answer(200), await answer(299), await answer(204)]).toEqual([200, 299, 204].map((status) => ({ result: 'delivered', status })));
    expect(await answer(301, { location: shop.url('/trap') })).toEqual({ result: 'failed', status: 301, error: 'HTTP 301: redirects are not followed' });
    expect(await answer(410)).toMatchObject({ result: 'gone' });
    expect(await answer(429, { 'retry-after': '120' })).toMatchObject({ result: 'failed', retryAfterMs: 120_000 });
    expect(await answer(503, { 'retry-after': new Date(1_060_000).toUTCString() })).toMatchObject({ retryAfterMs: 60_000 });
    expect(await answer(503, { 'retry-after': new Date(0).toUTCString() })).toMatchObject({ retryAfterMs: 0 });
    for (const odd of ['soon', '-5', '1e9', '99999999999999']) expect(await answer(500, { 'retry-after': odd })).not.toHaveProperty('retryAfterMs');
    expect(shop.at('/trap')).toEqual([]);
    poster.close();
    expect(await answer(200)).toEqual({ result: 'aborted' });
  });

  it('[HOK9] a probe that came to nothing before it was sent leaves the way free for the next', () => {
    const breaker = new Breaker({ threshold: 1, firstMs: 10, lastMs: 10 });
    breaker.begun();
    breaker.failed(0);
    expect([breaker.admits(8, 9), breaker.admits(8, 10)]).toEqual([0, 1]);
    breaker.begun();
    expect(breaker.admits(8, 11)).toBe(0);
    breaker.abandoned();
    expect([breaker.open, breaker.admits(8, 11)]).toEqual([true, 1]);
  });

  it('[HOK9] waits grow from 5 s to a day over ten tries, each shorter by chance by up to a quarter; Retry-After is heard within bounds', () => {
    const [late, early] = [defaultSchedule(() => 0), defaultSchedule(() => 0.999)];
    const waits = Array.from({ length: 10 }, (_, index) => late.wait(index + 1, undefined));
    expect(waits).toEqual([5_000, 20_000, 80_000, 320_000, 1_280_000, 5_120_000, 20_480_000, 81_920_000, 86_400_000, undefined]);
    for (const [index, full] of waits.slice(0, 9).entries()) expect(early.wait(index + 1, undefined)! / full!).toBeCloseTo(0.75, 2);
    expect([late.wait(1, 60_000), late.wait(1, 0), late.wait(3, 1_000), late.wait(1, 1e12), late.wait(10, 60_000)]).toEqual([60_000, 5_000, 80_000, 86_400_000, undefined]);
  });

  it('[HOK9] the breaker opens after failures in a row, lets one probe go at a time, less and less often, and closes with the first that arrives', () => {
    const breaker = new Breaker({ threshold: 3, firstMs: 100, lastMs: 250 });
    const fail = (now: number): boolean => (breaker.begun(), breaker.failed(now));
    expect([fail(0), fail(0)]).toEqual([false, false]);
    breaker.succeeded();
    expect([fail(0), fail(0), breaker.admits(8, 0), fail(0), breaker.open, breaker.until]).toEqual([false, false, 8, true, true, 100]);
    breaker.failed(1); // was under way when it opened
    expect([breaker.until, breaker.admits(8, 99), breaker.admits(8, 100), breaker.admits(0, 100)]).toEqual([100, 0, 1, 0]);
    breaker.begun();
    expect(breaker.admits(8, 1_000)).toBe(0);
    expect([breaker.failed(100), breaker.until]).toEqual([false, 300]);
    expect([fail(300), breaker.until, fail(550), breaker.until]).toEqual([false, 550, false, 800]);
    breaker.begun();
    breaker.succeeded();
    expect([breaker.open, breaker.until, breaker.admits(8, 801)]).toEqual([false, 0, 8]);
  });
});

describe('the told ledger', () => {
  it('[HOK14] tells of each call that may have written to an event, also of one that failed, and of none that reads', async () => {
    const told: string[] = [];
    const ledger = toldLedger({
      claim: async (requests: { event: string }[]) => requests.length, unlock: async (_: { event: string }) => Promise.reject(new Error('away')), createEvent: async (event: string) => event,
      receipts: async (event: string) => event, entries: async (event: string) => event, state: async (event: string) => event,
    }, (event) => told.push(event));
    expect(await ledger.claim([{ event: 'a' }])).toBe(1);
    await ledger.claim([]);
    await expect(ledger.unlock({ event: 'b' })).rejects.toThrow('away');
    expect([await ledger.createEvent('c'), await ledger.receipts('d'), await ledger.entries('e'), await ledger.state('f')]).toEqual(['c', 'd', 'e', 'f']);
    expect(told).toEqual(['a', 'b', 'c']);
  });
});

describe('the pump', () => {
  it('[HOK14] wakes for what is written at any moment of the round before, also at the last one', async () => {
    const missed: number[] = [];
    for (let moment = 0; moment < 60; moment++) {
      // A moment is a microtask after a look at the books; a round has fewer than these.
      const looks: (() => void)[] = [];
      const outbox: Pick<Outbox, 'take'> = { take: () => new Promise((resolve) => looks.push(() => resolve({ messages: [], more: false, nextDue: undefined }))) };
      const pump = new Pump('wh_1', {
        outbox: outbox as Outbox, endpoint: () => ({ state: 'on', types: [] }) as unknown as EndpointRecord, now: () => 1_000, leaseMs: 1_000,
      } as unknown as PumpOptions);
      pump.nudge('show');
      await new Promise((resolve) => setImmediate(resolve));
      looks[0]!();
      for (let at = 0; at < moment; at++) await Promise.resolve();
      pump.nudge('show');
      await new Promise((resolve) => setImmediate(resolve));
      if (looks.length < 2) missed.push(moment);
      for (const look of looks) look();
      await pump.close();
    }
    expect(missed).toEqual([]);
  });
});
