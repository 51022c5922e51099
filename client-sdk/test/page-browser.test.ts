import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FRAME } from '@crowdcue/protocol';
import { chromium, type BrowserContext, type CDPSession, type Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { FakeRelay, fakeToken, until } from './fake-relay.js';

const CHROMIUM = process.env['CROWDCUE_CHROMIUM'] ?? '/usr/bin/chromium';
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const root = fileURLToPath(new URL('../../', import.meta.url));

/** The page's modules by address; the first is `/page.js`. */
const bundle = async (): Promise<Map<string, string>> => {
  const built = await build({
    root: join(root, 'client-sdk'), configFile: false, logLevel: 'error',
    resolve: { alias: [{ find: /^@crowdcue\/(protocol|games)$/, replacement: `${root}$1/src/index.ts` }] },
    build: {
      write: false, minify: false, modulePreload: false,
      rolldownOptions: { input: fileURLToPath(new URL('./sdk-page/page.ts', import.meta.url)), output: { entryFileNames: '[name].js', chunkFileNames: '[name].js' } },
    },
  });
  if (!('output' in built)) throw new TypeError('one build has one output');
  return new Map(built.output.flatMap((chunk) => (chunk.type === 'chunk' ? [[`/${chunk.fileName}`, chunk.code] as const] : [])));
};

describe.skipIf(!existsSync(CHROMIUM))('the SDK in a page of Chromium', () => {
  let context: BrowserContext;
  let page: Page;
  let cdp: CDPSession;
  let profile: string;
  let server: Server;
  const relays: FakeRelay[] = [];
  const start = async (): Promise<FakeRelay> => {
    const relay = await FakeRelay.start();
    relays.push(relay);
    return relay;
  };
  const enter = (addresses: readonly string[]): Promise<void> => page.evaluate(`(async () => {
    globalThis.session = await connect({ event: 'show', token: '${fakeToken()}', relays: ${JSON.stringify(addresses)}, tier: 'focus' });
  })()`);
  const tiers = (relay: FakeRelay): number[] => relay.last.frames.filter((frame) => frame[0] === FRAME.tier).map((frame) => frame[1]!);

  beforeAll(async () => {
    const modules = await bundle();
    server = createServer((request, response) => {
      const code = modules.get(request.url ?? '');
      response.writeHead(200, { 'content-type': code === undefined ? 'text/html' : 'text/javascript' });
      response.end(code ?? '<!doctype html><html lang="en"><title>sdk</title><body><script type="module" src="/page.js"></script>');
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    profile = mkdtempSync(join(tmpdir(), 'crowdcue-sdk-'));
    context = await chromium.launchPersistentContext(profile, { executablePath: CHROMIUM, headless: true, args: FLAGS });
    page = await context.newPage();
    cdp = await context.newCDPSession(page);
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.waitForFunction('typeof connect === "function"');
  });

  afterEach(async () => {
    await page.evaluate('globalThis.session?.leave()');
    for (const relay of relays.splice(0)) await relay.crash();
  });

  afterAll(async () => {
    await context?.close();
    server?.close();
    if (profile !== undefined) rmSync(profile, { recursive: true, force: true });
  });

  it('[SDK30] a page that the browser hides and freezes is written once a second, sends its taps before, and comes back to its rate', async () => {
    const relay = await start();
    await enter([relay.url]);
    await until('in focus', () => tiers(relay).length === 1);
    expect(await page.evaluate('document.visibilityState')).toBe('visible');
    await page.evaluate('session.tap(1)');
    await cdp.send('Page.setWebLifecycleState', { state: 'frozen' });
    await until('hidden', () => tiers(relay).at(-1) === 3);
    await until('the tap is there', () => relay.last.actions.length === 1);
    await cdp.send('Page.setWebLifecycleState', { state: 'active' });
    await page.bringToFront();
    await until('in focus again', () => tiers(relay).at(-1) === 0);
    expect(tiers(relay)).toEqual([0, 3, 0]);
    expect(relay.viewers).toHaveLength(1);
  });

  it('[SDK44] a page that lost its connection while frozen is back at once when it thaws, with what was not confirmed', async () => {
    const relay = await start();
    await enter([relay.url]);
    await until('in', () => relay.viewers.length === 1);
    await page.evaluate('void session.act({ choice: 0 })');
    await until('acted', () => relay.last.actions.length === 1);
    await cdp.send('Page.setWebLifecycleState', { state: 'frozen' });
    await until('hidden', () => tiers(relay).at(-1) === 3);
    relay.last.socket.terminate();
    await cdp.send('Page.setWebLifecycleState', { state: 'active' });
    await page.bringToFront();
    await until('back', () => relay.viewers.length === 2 && relay.last.actions.length === 1);
    expect(relay.last.actions[0]!.n).toBe(1);
    await until('in focus', () => tiers(relay).at(-1) === 0);
  });

  it('[REG15] measures relays from a page, and goes to the nearest', async () => {
    const [far, near] = [await start(), await start()];
    far.probeMs = 120;
    await enter([far.url, near.url]);
    expect([far.viewers.length, near.viewers.length]).toEqual([0, 1]);
    await until('the probes are closed', () => far.probes === 1 && near.probes === 1);
  });
});
