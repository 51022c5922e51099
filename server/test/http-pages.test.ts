import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock, type Clock } from '../src/clock.js';
import { addressGroup, ClientAddresses } from '../src/http/client-address.js';
import { TokenBuckets } from '../src/http/token-buckets.js';
import { startOrigin, tempDir } from './support/test-origin.js';

const builtPages = (): string => {
  const root = tempDir();
  const dist = join(root, 'dist');
  mkdirSync(join(dist, 'assets'), { recursive: true });
  for (const page of ['index', 'host', 'join']) writeFileSync(join(dist, `${page}.html`), `<!doctype html><title>${page}</title>`);
  writeFileSync(join(dist, 'assets', 'main-abc123.js'), `export const text = ${JSON.stringify('x'.repeat(5_000))};`);
  writeFileSync(join(dist, 'robots.txt'), 'User-agent: *');
  writeFileSync(join(root, 'secret.txt'), 'secret');
  return dist;
};

const rawGet = (port: number, path: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`));
    let reply = '';
    socket.on('data', (chunk) => {
      reply += chunk.toString();
      if (/\r\n\r\n[^]+/.test(reply)) socket.destroy();
    });
    socket.on('error', reject).on('close', () => resolve(reply));
  });

describe('pages', () => {
  it('[HTTP9] serves the pages with a policy, assets for ever, the rest by revalidation', async () => {
    const test = await startOrigin({ WEB_DIR: builtPages() });
    for (const [path, title] of [['/', 'index'], ['/host', 'host'], ['/join/ABCDEF', 'join'], ['/join/%41BCDEF', 'join']] as const) {
      const page = await test.call('GET', path);
      expect(page).toMatchObject({ status: 200, body: `<!doctype html><title>${title}</title>` });
      expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(page.headers.get('cache-control')).toBe('no-cache');
      expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
      expect(page.headers.get('x-content-type-options')).toBe('nosniff');
      expect(page.headers.get('referrer-policy')).toBe('no-referrer');
      const known = await test.call('GET', path, { headers: { 'if-none-match': page.headers.get('etag')! } });
      expect(known).toMatchObject({ status: 304, body: '' });
    }
    const host = await test.call('GET', '/host');
    expect(host.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(host.headers.get('x-frame-options')).toBe('DENY');
    const asset = await test.call('GET', '/assets/main-abc123.js', { headers: { 'accept-encoding': 'gzip' } });
    expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(asset.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(asset.headers.get('content-encoding')).toBe('gzip');
    expect(asset.body).toContain('xxxx');
    expect((await test.call('GET', '/robots.txt')).body).toBe('User-agent: *');
    const head = await test.call('HEAD', '/host');
    expect(head).toMatchObject({ status: 200, body: '' });
    expect(head.headers.get('content-length')).toBe(String('<!doctype html><title>host</title>'.length));
    for (const path of ['/assets/none.js', '/assets/', '/host.html', '/host/', '/join/', '/join/a/b']) expect((await test.call('GET', path)).status, path).toBe(404);
  });

  it('[HTTP9] no path leads out of the pages\' folder', async () => {
    const test = await startOrigin({ WEB_DIR: builtPages() });
    for (const path of ['/../secret.txt', '/assets/../../secret.txt', '/assets/..%2f..%2fsecret.txt', '/assets/%2e%2e/%2e%2e/secret.txt', '/..%5csecret.txt', '//etc/passwd', '/assets//etc/passwd', '/assets/%00', '/assets/__proto__', '/constructor']) {
      const reply = await rawGet(test.origin.port, path);
      expect(reply, path).toMatch(/^HTTP\/1\.1 404 /);
      expect(reply).not.toContain('root:');
    }
  });

  it('[HTTP9] says so when the pages are not built', async () => {
    const test = await startOrigin({ WEB_DIR: join(tempDir(), 'nothing') });
    for (const path of ['/', '/host', '/join/ABCDEF']) {
      const page = await test.call('GET', path);
      expect(page.status).toBe(503);
      expect(page.body).toContain('npm run build');
    }
    expect((await test.call('GET', '/api/games')).status).toBe(200);
  });
});

describe('addresses', () => {
  it('[HTTP7] believes a forwarded address as far as trusted proxies vouch for it', () => {
    const addresses = new ClientAddresses(['10.0.0.0/8', '::1', '192.0.2.7']);
    expect(addresses.of('203.0.113.5', '1.2.3.4')).toBe('203.0.113.5');
    expect(addresses.of('10.1.1.1', '1.2.3.4')).toBe('1.2.3.4');
    expect(addresses.of('10.1.1.1', '6.6.6.6, 1.2.3.4, 10.9.9.9')).toBe('1.2.3.4');
    expect(addresses.of('::1', '1.2.3.4, 192.0.2.7')).toBe('1.2.3.4');
    expect(addresses.of('::ffff:10.1.1.1', '::ffff:1.2.3.4')).toBe('1.2.3.4');
    expect(addresses.of('0000:0000:0000:0000:0000:ffff:0a01:0101', '1.2.3.4')).toBe('1.2.3.4');
    expect(addresses.of('10.1.1.1', 'unknown')).toBe('10.1.1.1');
    expect(addresses.of('10.1.1.1', '1.2.3.4, evil')).toBe('10.1.1.1');
    expect(addresses.of('10.1.1.1', undefined)).toBe('10.1.1.1');
    expect(new ClientAddresses([]).of('10.1.1.1', '1.2.3.4')).toBe('10.1.1.1');
  });

  it('[HTTP7] takes a forged header for nothing and a trusted proxy\'s for what it says', async () => {
    const tries = async (proxies: string): Promise<number> => {
      const test = await startOrigin({ TRUSTED_PROXIES: proxies });
      let refused = 0;
      for (let i = 0; i < 20; i++) {
        const { status } = await test.call('POST', '/api/host/session', { body: { key: 'x' }, headers: { 'x-forwarded-for': `198.51.100.${i}` } });
        if (status === 429) refused++;
      }
      return refused;
    };
    expect(await tries('')).toBe(10);
    expect(await tries('127.0.0.1')).toBe(0);
  });

  it('[HTTP7] counts an IPv6 network of one customer as one', () => {
    expect(addressGroup('2001:db8:1:2:3:4:5:6')).toBe(addressGroup('2001:0db8:1:2::9'));
    expect(addressGroup('2001:db8:1:3::1')).not.toBe(addressGroup('2001:db8:1:2::1'));
    expect(addressGroup('::1')).toBe('0:0:0:0');
    expect(addressGroup('192.0.2.1')).toBe('192.0.2.1');
  });

  it('[HTTP8] a bucket fills again with time and the number of buckets is bounded', () => {
    let time = 0;
    const clock: Clock = { ...systemClock, monotonic: () => time };
    const buckets = new TokenBuckets(clock, 3, 2);
    expect([1, 2, 3, 4].map(() => buckets.take('a'))).toEqual([true, true, true, false]);
    time += 500;
    expect([buckets.take('a'), buckets.take('a')]).toEqual([true, false]);
    expect(buckets.take('b')).toBe(true);
    for (let i = 0; i < 250_000; i++) buckets.take(`flood-${i}`);
    expect(buckets.size).toBeLessThanOrEqual(100_000);
    time += 60_000;
    expect(buckets.take('a')).toBe(true);
  });
});
