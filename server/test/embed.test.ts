import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startOrigin, tempDir, type TestOrigin } from './support/test-origin.js';

const builtPages = (): string => {
  const dist = join(tempDir(), 'dist');
  mkdirSync(dist);
  for (const page of ['index', 'host', 'join', 'embed', 'demo']) writeFileSync(join(dist, `${page}.html`), `<!doctype html><title>${page}</title>`);
  for (const script of ['element', 'sw']) writeFileSync(join(dist, `${script}.js`), 'export {};');
  return dist;
};
const ancestors = async (test: TestOrigin, path: string): Promise<string | undefined> =>
  /frame-ancestors ([^;]*)/.exec((await test.call('GET', path)).headers.get('content-security-policy') ?? '')?.[1];

describe('pages in frames', () => {
  it('[EMB4] an event\'s pages may be framed by the origins that its host names and by ours; the console by nobody', async () => {
    const test = await startOrigin({ WEB_DIR: builtPages() });
    const event = await test.event({ id: 'show', embedOrigins: ['https://Mira.Example/', 'https://mira.example'] });
    expect(event.embedOrigins).toEqual(['https://mira.example']);
    await test.event({ id: 'other' });
    for (const path of ['/embed/show', `/embed/${event.code.toLowerCase()}`, '/join/show']) expect(await ancestors(test, path)).toBe("'self' https://mira.example");
    for (const path of ['/embed/other', '/join/other', '/embed/none', '/', '/demo']) expect(await ancestors(test, path), path).toBe("'self'");
    expect(await ancestors(test, '/host')).toBe("'none'");
    await test.call('POST', '/api/events/show/embed', { bearer: test.session, body: { origins: ['http://localhost:8080', 'https://[2001:db8::1]:444'] } });
    expect(await ancestors(test, '/embed/show')).toBe("'self' http://localhost:8080 https://[2001:db8::1]:444");
    const next = await test.restart({ WEB_DIR: builtPages() });
    expect(await ancestors(next, '/embed/show')).toContain('http://localhost:8080');
    await next.call('POST', '/api/events/show/embed', { bearer: next.session, body: { origins: [] } });
    expect(await ancestors(next, '/embed/show')).toBe("'self'");
  });

  it('[EMB5] what is no origin of https, or would say more than an origin in a header, is refused, and so is whoever is no host', async () => {
    const test = await startOrigin({ WEB_DIR: builtPages() });
    await test.event({ id: 'show' });
    const embed = (origins: unknown, bearer = test.session) => test.call('POST', '/api/events/show/embed', { bearer, body: { origins } });
    for (const origin of ['*', 'https://*', 'https://*.mira.example', 'http://mira.example', 'https://a;script-src', "https://a' *", 'https://mira.example/path', 'https://u:p@mira.example', 'mira.example',
      'data:text/html,x', 'javascript:alert(1)', 'https://mira.example https://evil.example', 'https://mira.example\r\nx: y', "'self'", 'null', '', 7, `https://${'a'.repeat(300)}`]) {
      expect((await embed([origin])).status, String(origin)).toBe(400);
    }
    expect((await embed(Array.from({ length: 17 }, (_, i) => `https://a${i}.example`))).status).toBe(400);
    expect((await embed(['https://mira.example'], (await test.join('show')).token)).body.code).toBe('host_forbidden');
    expect(await ancestors(test, '/embed/show')).toBe("'self'");
  });

  it('[EMB6] the component\'s entry may be shown from a cache while it is asked for anew, and while nobody answers; the worker is asked for each time', async () => {
    const test = await startOrigin({ WEB_DIR: builtPages() });
    expect((await test.call('GET', '/element.js')).headers.get('cache-control')).toBe('public, max-age=60, stale-while-revalidate=86400, stale-if-error=604800');
    expect((await test.call('GET', '/sw.js')).headers.get('cache-control')).toBe('no-cache');
  });
});
