import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FRAME } from '@crowdcue/protocol';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { FakeRelay, fakeToken, until } from './fake-relay.js';
import { RawChromium, type RawPage } from './raw-chromium.js';

const CHROMIUM = process.env['CROWDCUE_CHROMIUM'] ?? '/usr/bin/chromium';
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
  let chromium: RawChromium;
  let page: RawPage;
  let server: Server;
  const relays: FakeRelay[] = [];
  const start = async (): Promise<FakeRelay> => {
    const relay = await FakeRelay.start();
    relays.push(relay);
    return relay;
  };
  const enter = (addresses: readonly string[]): Promise<unknown> => page.run(`(async () => {
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
    chromium = await RawChromium.start(CHROMIUM);
    page = await chromium.open(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, 'typeof connect === "function"');
    await page.show();
  });

  afterEach(async () => {
    await page.run('globalThis.session?.leave()');
    for (const relay of relays.splice(0)) await relay.crash();
  });

  afterAll(async () => {
    await chromium?.close();
    server?.close();
  });

  it('[SDK30] a page behind another tab is written once a second, sends its taps before, and comes back to its rate', async () => {
    const relay = await start();
    await enter([relay.url]);
    await until('in focus', () => tiers(relay).length === 1);
    await page.run('session.tap(1)');
    await page.hide();
    await until('hidden', () => tiers(relay).at(-1) === 3);
    await until('the tap is there', () => relay.last.actions.length === 1);
    await page.show();
    await until('in focus again', () => tiers(relay).at(-1) === 0);
    expect(tiers(relay)).toEqual([0, 3, 0]);
    expect(relay.viewers).toHaveLength(1);
  });

  it('[SDK44] a page that is frozen asks for one write a second before; thawed and looked at, it has the state of then and its rate', async () => {
    const relay = await start();
    await enter([relay.url]);
    await until('in focus', () => tiers(relay).length === 1);
    await page.freeze();
    await until('hidden', () => tiers(relay).at(-1) === 3);
    relay.patch((state) => void (state.round = 9));
    await page.thaw();
    await page.hide();
    await page.show();
    await until('in focus again', () => tiers(relay).at(-1) === 0);
    expect(await page.run('session.state.round')).toBe(9); // Chromium may have closed the frozen page's socket: then by a keyframe
  });

  it('[SDK44] a page that lost its connection while it was frozen is back once it thaws, with what was not confirmed', async () => {
    const relay = await start();
    await enter([relay.url]);
    await page.run('void session.act({ choice: 0 })');
    await until('acted', () => relay.last.actions.length === 1);
    await page.freeze();
    await until('hidden', () => tiers(relay).at(-1) === 3);
    relay.last.socket.terminate();
    await page.thaw();
    await page.hide();
    await page.show();
    await until('back', () => relay.viewers.length === 2 && relay.last.actions.length === 1);
    expect(relay.last.actions[0]!.n).toBe(1);
    await until('in focus', () => tiers(relay).at(-1) === 0);
  });

  it('[REG15] measures relays from a page, and goes to the nearest', async () => {
    const [far, near] = [await start(), await start()];
    far.probeMs = 120;
    await enter([far.url, near.url]);
    expect([far.viewers.length, near.viewers.length]).toEqual([0, 1]);
    expect([far.probes, near.probes]).toEqual([1, 1]);
  });
});
