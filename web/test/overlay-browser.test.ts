/** The overlay as a browser source has it, on the built pages and processes: what stands on the picture in every phase of every game. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { connect, type Session } from '@crowdcue/client';
import type { EventOverview } from '@crowdcue/protocol';
import { chromiumPath, DESKTOP, openChromium, screenshots, type Chromium } from './browser.js';
import { readPng, type Picture } from './png.js';
import { CrowdcueSystem, type HostApi } from '../../loadtest/src/system.js';

const SOON = { timeout: 20_000, interval: 25 };
const HD = { width: 1280, height: 720 };
const SIZES = { hd: HD, fullhd: { width: 1920, height: 1080 }, corner: { width: 480, height: 270 } } as const;
const BUSY = 'repeating-linear-gradient(32deg, #fff 0 14px, #18b070 14px 40px, #000 40px 52px, #ff8a00 52px 90px), #888';
const FOLDER = fileURLToPath(new URL('../../test-output/screenshots/', import.meta.url));
/** Pixels at 720 lines: what stream compression leaves legible on a phone. */
const SMALLEST_TYPE = 24;

const GAMES: Readonly<Record<string, Readonly<Record<string, string | number>>>> = {
  tug: {}, quickdraw: {}, boss: { toughness: 20 },
  poll: { question: 'Where shall we build the next level?', option1: 'Crystal caves', option2: 'A city under the sea', option3: 'The night market', option4: 'Sky islands', option5: 'Back to the forest', option6: 'A volcano' },
  trivia: { question: 'Which planet has the longest day, counted from one sunrise to the next?', answer1: 'Mars', answer2: 'Venus', answer3: 'Jupiter', answer4: 'Mercury', right: 2 },
  predict: { question: 'Does Mira beat the ice boss on this try?', outcome1: 'Yes, at once', outcome2: 'Only just', outcome3: 'No' },
};

describe.skipIf(chromiumPath === undefined)('overlay in Chromium', { timeout: 150_000 }, () => {
  let system: CrowdcueSystem;
  let browser: Chromium;
  let host: HostApi;
  let page: Page;
  let problems: string[];
  let overlayUrl = '';
  let quiet: Awaited<ReturnType<Chromium['person']>>;
  const viewers: Session[] = [];

  const scene = (): Promise<string | null> => page.locator('cc-overlay [data-scene]').getAttribute('data-scene');
  const still = (): Promise<string | null> => page.locator('cc-overlay [data-still]').getAttribute('data-still');
  const overview = (): Promise<EventOverview> => host.get<EventOverview>('/api/events/show');
  const shot = async (): Promise<Picture> => readPng(await page.screenshot({ omitBackground: true }));
  const over = async (name: string, background: string): Promise<Picture> => {
    const style = await page.addStyleTag({ content: `html { min-height: 100vh; background: ${background} !important; }` });
    await settled();
    const png = await page.screenshot({ path: join(FOLDER, `overlay-${name}.png`) });
    await style.evaluate((each) => (each as unknown as { remove(): void }).remove());
    return readPng(png);
  };
  /** What comes in has come in. */
  const settled = (): Promise<unknown> => page.evaluate(`Promise.allSettled(document.querySelector('cc-overlay').shadowRoot.getAnimations().map((each) => each.finished)).then(() => undefined)`);
  /** Pictures of what is on now, in a whole canvas and in a corner, and that it fits both. */
  const pictures = async (name: string): Promise<void> => {
    for (const [size, viewport] of Object.entries(SIZES)) {
      if (size === 'fullhd' && !name.startsWith('tug')) continue;
      await page.setViewportSize(viewport);
      await fits(name, viewport);
      await over(`${name}-${size}`, BUSY);
    }
    await page.setViewportSize(HD);
  };
  const fits = async (name: string, { width, height }: { width: number; height: number }): Promise<void> => {
    await settled();
    const boxes = await page.locator('cc-overlay .sheet:visible').evaluateAll((sheets) => sheets.map((sheet) => {
      const { x, y, right, bottom } = (sheet as unknown as { getBoundingClientRect(): { x: number; y: number; right: number; bottom: number } }).getBoundingClientRect();
      return { x, y, right, bottom };
    }));
    for (const box of boxes) {
      expect(Math.min(box.x, box.y), `${name} ${width}`).toBeGreaterThanOrEqual(0);
      expect(box.right, `${name} ${width}`).toBeLessThanOrEqual(width);
      expect(box.bottom, `${name} ${width}`).toBeLessThanOrEqual(height);
    }
  };
  const smallestType = (): Promise<number> => page.evaluate(`(() => {
    const sizes = [];
    const walk = (root) => { for (const element of root.querySelectorAll('*')) {
      if (element.shadowRoot) walk(element.shadowRoot);
      const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '');
      if (own && element.tagName !== 'STYLE' && element.getClientRects().length > 0) sizes.push(parseFloat(getComputedStyle(element).fontSize));
    } };
    walk(document.querySelector('cc-overlay').shadowRoot);
    return Math.min(...sizes);
  })()`);
  const cue = (game: string, times: { inMs: number; durationMs: number }): Promise<unknown> => host.post('/api/events/show/cue', { game, params: GAMES[game], ...times });

  beforeAll(async () => {
    await mkdir(FOLDER, { recursive: true });
    system = await CrowdcueSystem.start();
    browser = openChromium(chromiumPath!);
    host = await system.host();
    await host.post('/api/events', { id: 'show', name: 'Friday Finale', drops: [{ id: 'rope', name: 'Golden Rope', kind: 'badge', supply: 100, unlockedBy: 'round-won' }] });
    ({ overlayUrl } = await host.get<{ overlayUrl: string }>('/api/events/show/keys'));
    for (let i = 0; i < 3; i++) viewers.push(await connect({ origin: system.origin.url, event: 'show' }));
    await host.post('/api/events', { id: 'quiet', name: 'Quiet show', sponsor: { name: 'Fjord Coffee', text: 'Roasted up north, slowly', imageUrl: 'https://127.0.0.1:9/none.png' } });
    quiet = await browser.person(HD);
    await quiet.page.goto((await host.get<{ overlayUrl: string }>('/api/events/quiet/keys')).overlayUrl);
    ({ page, problems } = await browser.person(HD));
    await page.goto(overlayUrl);
  });

  afterAll(async () => {
    for (const viewer of viewers) viewer.leave();
    await browser?.close();
    await system?.stop();
  });

  it('[OVL8] is transparent wherever nothing stands, opaque where something does, and reads over white, black and a busy picture', async () => {
    await expect.poll(scene, SOON).toBe('idle');
    await page.getByText('3 playing along').waitFor();
    await page.waitForFunction(`document.querySelector('cc-overlay').shadowRoot.querySelector('.join img').naturalWidth > 0`);
    const bare = await shot();
    for (const [x, y] of [[0, 0], [1279, 0], [0, 719], [1279, 719], [640, 360], [300, 300]] as const) expect(bare.at(x, y)[3], `${x},${y}`).toBe(0);
    let clear = 0;
    for (let y = 0; y < 720; y += 4) for (let x = 0; x < 1280; x += 4) if (bare.at(x, y)[3] === 0) clear++;
    expect(clear / (180 * 320)).toBeGreaterThan(.75);
    const box = (await page.locator('cc-overlay .join').boundingBox())!;
    for (const [name, background] of [['white', '#fff'], ['black', '#000'], ['busy', BUSY]] as const) {
      const picture = await over(`idle-${name}`, background);
      const [r, g, b] = picture.at(Math.round(box.x + box.width - 12), Math.round(box.y + 12)); // the sheet that white type stands on
      expect(Math.max(r, g, b), name).toBeLessThanOrEqual(60); // contrast of white on it: 10 to 1 at least
    }
    expect(await smallestType()).toBeGreaterThanOrEqual(SMALLEST_TYPE);
    await pictures('idle');
  });

  it('[OVL20] runs from right to left in Arabic, and is English where its address names no language', async () => {
    const other = await browser.person(HD);
    const words = other.page.locator('cc-overlay [data-scene=idle]');
    await other.page.goto(`${overlayUrl}&lang=no_such-tag`);
    await other.page.getByText('3 playing along').waitFor();
    expect(await words.evaluate((each) => [each.getAttribute('lang'), each.getAttribute('dir')])).toEqual(['en', 'ltr']);
    await other.page.goto('about:blank'); // what stands behind the # alone loads no page
    await other.page.goto(`${overlayUrl}&lang=ar-EG`);
    await other.page.getByText('٣ يلعبون معنا').waitFor();
    expect(await words.evaluate((each) => [each.getAttribute('lang'), getComputedStyle(each.querySelector('.join')!).direction])).toEqual(['ar', 'rtl']);
    await other.page.screenshot({ path: join(FOLDER, 'overlay-arabic-idle-hd.png') });
    await cue('boss', { inMs: 0, durationMs: 90_000 });
    const board = other.page.locator('cc-overlay crowdcue-boss-overlay .big');
    await board.waitFor();
    expect(await board.innerText()).toMatch(/^١٠٠٪/);
    expect(await other.page.locator('cc-overlay .clock').innerText()).toMatch(/^١:[٠-٩]{2}$/);
    await other.page.screenshot({ path: join(FOLDER, 'overlay-arabic-live-hd.png') });
    await host.post('/api/events/show/stop', {});
    expect(other.problems).toEqual([]);
    await other.context.close();
  });

  it('[OVL1] is nobody on the desk', async () => {
    expect(await overview()).toMatchObject({ viewers: 3, peakViewers: 3 });
    expect((await host.get<{ viewers: unknown[] }>('/api/events/show/viewers')).viewers).toHaveLength(3);
  });

  it.each(Object.keys(GAMES))('[OVL9] %s: counts down, shows its board while it runs and its outcome after it, all large enough and inside the picture', async (game) => {
    const taps = setInterval(() => viewers.forEach((viewer, i) => {
      if (viewer.state?.phase !== 'live') return;
      if (game === 'tug' || game === 'boss') viewer.tap(i % 2);
      else if (game !== 'quickdraw') viewer.act({ choice: i % 2 });
    }), 200);
    onTestFinished(() => clearInterval(taps));
    // Pictures take a loaded machine seconds: the round waits for them, a prediction by its bets, the others by the host's stop.
    await cue(game, { inMs: 3_000, durationMs: game === 'predict' ? 4_500 : 60_000 });
    await expect.poll(scene, SOON).toBe('armed');
    await page.locator('cc-overlay .armed .headline:not(:empty)').waitFor();
    await pictures(`${game}-armed`);
    await expect.poll(scene, SOON).toBe('live');
    await page.locator(`cc-overlay crowdcue-${game}-overlay`).waitFor();
    expect(await smallestType()).toBeGreaterThanOrEqual(SMALLEST_TYPE);
    await pictures(`${game}-live`);
    if (game === 'trivia') expect(await page.locator('cc-overlay crowdcue-trivia-overlay .strong').count()).toBe(0); // the answer is not there yet
    if (game === 'predict') {
      await expect.poll(async () => (await overview()).outcomes, SOON).toBe(3);
      await host.post('/api/events/show/settle', { outcome: 0 });
    } else await host.post('/api/events/show/stop', {});
    await expect.poll(scene, SOON).toBe('over');
    await page.locator(`cc-overlay crowdcue-${game}-overlay .headline`).waitFor();
    expect(await smallestType()).toBeGreaterThanOrEqual(SMALLEST_TYPE);
    if (game === 'tug') { // first: it stands for six seconds
      await page.getByText('Golden Rope').waitFor();
      await pictures('tug-news');
    }
    await pictures(`${game}-over`);
    expect(problems).toEqual([]);
  });

  it('[OVL14] shows the sponsor between rounds, and the desk how often', async () => {
    await quiet.page.getByText('Presented by').waitFor();
    await quiet.page.screenshot({ path: join(FOLDER, 'overlay-sponsor-hd.png') });
    await expect.poll(async () => (await host.get<EventOverview>('/api/events/quiet')).sponsors, SOON).toEqual([{ name: 'Fjord Coffee', shown: 1, viewers: 0 }]);
    await quiet.page.evaluate(`dispatchEvent(new CustomEvent('obsSourceActiveChanged', { detail: { active: false } }))`);
    expect(quiet.problems).toEqual([]);
  });

  it('[OVL10] goes on where the show is after a reload, as the same overlay', async () => {
    await cue('tug', { inMs: 0, durationMs: 60_000 });
    await expect.poll(scene, SOON).toBe('live');
    const number = (): Promise<number> => page.evaluate(`JSON.parse(sessionStorage.getItem('crowdcue.overlay.show')).viewer`);
    const before = await number();
    await page.reload();
    await expect.poll(scene, SOON).toBe('live');
    await page.locator('cc-overlay .clock').waitFor();
    expect(await number()).toBe(before);
    expect((await overview()).viewers).toBe(3);
  });

  it('[OVL22] a copy of its page, with what it keeps, becomes an overlay of its own, and both go on', async () => {
    const number = (on: Page): Promise<number> => on.evaluate(`JSON.parse(sessionStorage.getItem('crowdcue.overlay.show')).viewer`);
    const before = await number(page);
    const copy = await browser.person(HD);
    await copy.page.goto(new URL('/health', overlayUrl).href);
    await copy.page.evaluate(`Object.assign(sessionStorage, ${await page.evaluate('JSON.stringify(sessionStorage)')})`);
    await copy.page.goto(overlayUrl);
    await expect.poll(() => number(page), SOON).not.toBe(before); // the newest keeps the number
    await expect.poll(still, SOON).toBe('false');
    expect(await number(copy.page)).toBe(before);
    expect(await copy.page.locator('cc-overlay [data-still]').getAttribute('data-still')).toBe('false');
    await copy.page.close();
  });

  it('[OVL11] stands still while the server is gone, without a clock that might be wrong, and goes on when it is back', async () => {
    const board = (): Promise<string> => page.locator('cc-overlay crowdcue-tug-overlay .big').first().innerText();
    viewers[0]!.tap(0);
    await expect.poll(board, SOON).toBe('1');
    await system.origin.kill();
    await expect.poll(still, SOON).toBe('true');
    expect([await scene(), await board(), await page.locator('cc-overlay .clock').count()]).toEqual(['live', '1', 0]);
    await over('tug-still-hd', BUSY);
    await system.origin.start();
    await expect.poll(still, { timeout: 40_000, interval: 50 }).toBe('false');
    expect(await scene()).toBe('live');
    await page.locator('cc-overlay .clock').waitFor();
    viewers[0]!.tap(0);
    await expect.poll(board, SOON).toBe('2');
    expect(problems).toEqual([]);
  });

  it('[OVL12] tells the host alone, in a mode of its own, when the answer may be said', async () => {
    await host.post('/api/events/show/stop', {});
    const monitor = await browser.person(HD);
    await monitor.page.goto(`${overlayUrl}&mode=host`);
    await monitor.page.getByText('Nothing to hold back').waitFor();
    viewers[0]!.setDelay({ delay: 3_000, error: 100 }); // somebody's picture is late
    await expect.poll(async () => (await host.get<EventOverview>('/api/events/show')).delays?.some(({ delay }) => delay >= 3_000), SOON).toBe(true);
    await cue('trivia', { inMs: 0, durationMs: 3_000 });
    await monitor.page.getByText(/Safe to reveal in [1-7] s/).waitFor();
    await monitor.page.screenshot({ path: join(FOLDER, 'overlay-host-hd.png') });
    expect(await page.getByText(/Safe to reveal/).count()).toBe(0);
    const { safeToRevealAt, endsAt } = await host.get<EventOverview>('/api/events/show');
    expect(safeToRevealAt! - endsAt).toBeGreaterThanOrEqual(3_000); // the end on the host's picture is not yet safe: a late one still asks
    await monitor.page.getByText('Safe to reveal', { exact: true }).waitFor();
    await expect.poll(scene, SOON).toBe('over');
    viewers[0]!.setDelay({ delay: 0, error: 100 });
    await monitor.context.close();
  });

  it('[OVL13] nothing moves by itself for who wants that', async () => {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await cue('boss', { inMs: 0, durationMs: 20_000 });
    await expect.poll(scene, SOON).toBe('live');
    await page.locator('cc-overlay crowdcue-boss-overlay .bar').waitFor();
    const moving = await page.evaluate(`(() => {
      const roots = [document.querySelector('cc-overlay').shadowRoot, document.querySelector('cc-overlay').shadowRoot.querySelector('crowdcue-boss-overlay').shadowRoot];
      return roots.flatMap((root) => root.getAnimations()).length;
    })()`);
    expect(moving).toBe(0);
    await page.emulateMedia({ reducedMotion: null });
    await host.post('/api/events/show/stop', {});
  });

  it('[OVL17] flashes a bar across the whole picture in the first frame after its time, never late, never more than twice a second', async () => {
    const built = await build({
      configFile: false, logLevel: 'error',
      build: { write: false, minify: false, lib: { entry: fileURLToPath(new URL('../src/overlay/flash.ts', import.meta.url)), formats: ['es'] } },
    });
    const [chunk] = (Array.isArray(built) ? built : [built]).flatMap((each) => ('output' in each ? each.output : []));
    const { page: bare, context } = await browser.person(HD);
    await bare.route('http://flash.test/**', (route) => (route.request().url().endsWith('.js')
      ? route.fulfill({ contentType: 'text/javascript', body: (chunk as { code: string }).code })
      : route.fulfill({ contentType: 'text/html', body: '<!doctype html><style>body{margin:0} #bar{position:fixed;inset-inline:0;top:42%;height:16%;background:#fff} [hidden]{display:none}</style><div id="bar" hidden></div>' })));
    await bare.goto('http://flash.test/');
    const drawn = await bare.evaluate(`import('http://flash.test/flash.js').then(({ flashes, drawFlashes }) => new Promise((resolve) => {
      const drawn = [];
      const bar = document.getElementById('bar');
      const start = performance.now();
      drawFlashes(bar, () => performance.now() - start, (at, lateMs) => requestAnimationFrame(() => drawn.push({ at, lateMs, wide: bar.getBoundingClientRect().width, shown: !bar.hidden })));
      flashes([600]); // a series that another takes the place of
      flashes([-1_000, Number.NaN, 1_000, 1_200, 300, 1_700]);
      const wait = () => (performance.now() - start > 2_200 ? resolve({ drawn, hidden: bar.hidden }) : requestAnimationFrame(wait));
      wait();
    }))`) as { drawn: { at: number; lateMs: number; wide: number; shown: boolean }[]; hidden: boolean };
    expect(drawn.drawn.map(({ at }) => at)).toEqual([300, 1_000, 1_700]);
    for (const each of drawn.drawn) expect(each).toMatchObject({ wide: 1280, shown: true });
    for (const { lateMs } of drawn.drawn) expect(lateMs).toBeGreaterThanOrEqual(0);
    expect(drawn.hidden).toBe(true);
    await context.close();
    // The same on an overlay, when the host has it flash.
    const first = quiet.page.evaluate(`new Promise((resolve) => addEventListener('crowdcue-flash', ({ detail }) => resolve(detail.at), { once: true }))`);
    const { from } = await host.post<{ from: number }>('/api/events/quiet/flashes', {});
    expect(await first).toBe(from);
  });

  it('[OVL3] [OVL16] shows nothing at all once the desk has replaced its address, or where its key was never one', async () => {
    const empty = async (at: Page): Promise<boolean> => {
      const picture = readPng(await at.screenshot({ omitBackground: true }));
      for (let y = 0; y < 720; y += 2) for (let x = 0; x < 1280; x += 2) if (picture.at(x, y)[3] !== 0) return false;
      return true;
    };
    const stranger = await browser.person(HD);
    await stranger.page.goto(overlayUrl.replace(/.{6}$/, 'AAAAAA'));
    await expect.poll(() => stranger.page.locator('cc-overlay [data-scene]').getAttribute('data-scene'), SOON).toBe('none');
    expect(await empty(stranger.page)).toBe(true);
    await stranger.context.close();
    const console = await browser.person(DESKTOP);
    await console.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await console.page.goto((await host.post<{ url: string }>('/api/host/links', {})).url);
    await console.page.locator('[data-test=event]').selectOption('show');
    const copied = async (): Promise<string> => {
      await console.page.locator('[data-test=copy-overlay]').click();
      await console.page.locator('[data-test=copy-overlay]', { hasText: 'Copied' }).waitFor();
      return console.page.evaluate('navigator.clipboard.readText()');
    };
    expect(await copied()).toBe(overlayUrl);
    await screenshots(console.page, 'console-stream');
    await console.page.locator('[data-test=revoke-overlay]').click();
    await console.page.locator('[data-test=yes]').click();
    await console.page.getByText('The overlay has a new address.').waitFor();
    expect(await copied()).toMatch(/#key=o1\.2\./);
    expect(console.problems).toEqual([]);
    await expect.poll(scene, SOON).toBe('none');
    expect(await empty(page)).toBe(true);
    expect(problems).toEqual([]);
  });
});
