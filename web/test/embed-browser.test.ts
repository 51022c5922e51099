/** The component on other people's pages, on the built pages and real processes: strict policies, frames, the sponsor, lost relays, no network. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { EventOverview, EventView } from '@crowdcue/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, openChromium, PHONE, screenshots, type Chromium } from './browser.js';
import { CrowdcueSystem, type HostApi } from '../../loadtest/src/system.js';

type Person = Awaited<ReturnType<Chromium['person']>>;

const SOON = { timeout: 30_000, interval: 50 };
/** One pixel. */
const PNG = 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const SPONSOR = { name: 'North & Ice', text: 'Cold drinks for hot rounds.', url: 'https://ice.example/', imageUrl: PNG };

describe.skipIf(chromiumPath === undefined)('embedded, in Chromium', { timeout: 120_000 }, () => {
  let system: CrowdcueSystem;
  let api: HostApi;
  let event: EventView;
  let browser: Chromium;
  let viewer: Person;
  /** Another site: what it serves by path, and under which policy. */
  let site: Server;
  const pages = new Map<string, { readonly html: string; readonly csp?: string }>();
  const elsewhere = (path: string): string => `http://127.0.0.1:${(site.address() as AddressInfo).port}${path}`;

  beforeAll(async () => {
    system = await CrowdcueSystem.start();
    api = await system.host();
    site = createServer(({ url }, response) => {
      const page = pages.get(url ?? '');
      response.writeHead(page === undefined ? 404 : 200, { 'content-type': 'text/html', ...(page?.csp === undefined ? {} : { 'content-security-policy': page.csp }) });
      response.end(page?.html);
    });
    await new Promise<void>((listening) => site.listen(0, '127.0.0.1', listening));
    event = await api.post<EventView>('/api/events', {
      name: 'Friday <b>Finale</b>', id: 'show', sponsor: SPONSOR, embedOrigins: [elsewhere('').replace(/\/$/, '')],
      drops: [{ name: 'Rope', kind: 'badge', supply: 3, unlockedBy: 'round-won' }],
    });
    browser = openChromium(chromiumPath!);
    viewer = await browser.person(PHONE);
    await viewer.page.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => console.error(`refused by policy: ${violatedDirective} ${blockedURI}`));
    });
    viewer.page.on('console', (message) => {
      if (/refused|policy/i.test(message.text())) viewer.problems.push(message.text());
    });
  });

  afterAll(async () => {
    await browser?.close();
    site?.closeAllConnections();
    site?.close();
    await system?.stop();
  });

  const tag = (attributes = ''): string => `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Elsewhere</title>
    <script type="module" src="${system.origin.url}/element.js"></script><crowdcue-game origin="${system.origin.url}" event="${event.code}" ${attributes}></crowdcue-game>`;
  const element = () => viewer.page.locator('crowdcue-game');
  const stage = (name: string) => element().locator(`[data-stage=${name}]`).waitFor();
  const cue = (game: string, durationMs: number, params?: object) => api.post('/api/events/show/cue', { game, inMs: 500, durationMs, params });
  const seen = async (): Promise<unknown> => (await api.get<EventOverview>('/api/events/show')).impressions;

  it('[EMB10] needs of a page\'s policy only our scripts, our connections and our pictures: no inline style, no eval, no violation through a round, a win and a claim', async () => {
    const { origin, relays } = system;
    const csp = `default-src 'none'; script-src ${origin.url}; connect-src ${origin.url} ${relays[0]!.url} ${relays[0]!.url.replace(/^http/, 'ws')}; img-src ${origin.url}; base-uri 'none'; form-action 'none'`;
    pages.set('/strict', { html: tag(), csp });
    await viewer.page.goto(elsewhere('/strict'));
    await stage('idle');
    await element().locator('.sponsor img').waitFor();
    expect(await element().locator('.sponsor img').evaluate((image: HTMLImageElement) => image.decode().then(() => image.naturalWidth))).toBe(1);
    await cue('tug', 4_000);
    await stage('live');
    await element().locator('.pad.left').tap();
    await element().locator('.mine').waitFor();
    await stage('over');
    await element().getByRole('button', { name: 'Claim' }).click();
    await element().locator('.serial').waitFor();
    await element().getByRole('button', { name: 'Close' }).click();
    await cue('trivia', 3_000, { question: '<img src=x onerror=alert(1)>', answer1: '<b>Mars</b>', answer2: 'Venus', right: 1 });
    await stage('live');
    expect(await element().locator('[data-choice="0"] .name').innerText()).toBe('<b>Mars</b>'); // as it was written
    await element().locator('[data-choice="0"]').tap();
    await stage('over');
    expect(await element().locator('header b').innerText()).toBe('Friday <b>Finale</b>');
    expect(viewer.problems).toEqual([]);
  });

  it('[EMB11] counts that a viewer saw the sponsor after a second in view, once, and not before', async () => {
    await expect.poll(seen, SOON).toBe(1);
    const { page, context } = await browser.person(PHONE);
    const told: string[] = [];
    page.on('request', (request) => {
      if (request.url().endsWith('/impressions')) told.push(request.postData() ?? '');
    });
    pages.set('/below', { html: `${tag('id="game" style="display: block; height: 600px; margin-top: 3000px"')}` });
    await page.clock.install();
    await page.goto(elsewhere('/below'));
    await page.locator('crowdcue-game .sponsor').waitFor();
    await page.clock.runFor(10_000); // twice as long as it takes at most, below the fold
    expect(told).toEqual([]);
    const scroll = async (): Promise<void> => {
      await page.locator('crowdcue-game .sponsor').scrollIntoViewIfNeeded();
      // The observer tells of it before the next frame but one.
      await page.evaluate(() => new Promise((resolve) => new IntersectionObserver(([entry]) => entry!.isIntersecting && resolve(0)).observe(document.querySelector('crowdcue-game')!)));
    };
    await scroll();
    await expect.poll(async () => (await page.clock.runFor(1_000), seen()), SOON).toBe(2);
    // The origin counts before its answer is here: a page that goes between the two knows nothing of it, and tells again.
    await expect.poll(() => page.evaluate(() => Object.keys(sessionStorage).filter((key) => key.startsWith('crowdcue.seen.')).length), SOON).toBe(1);
    await page.reload();
    await page.locator('crowdcue-game .sponsor').waitFor();
    await scroll();
    await page.clock.runFor(10_000);
    expect(told).toEqual(['{}']);
    await context.close();
  });

  it('[EMB12] plays in a frame of a page whose origin the event allows; a page of any other origin gets nothing to be pressed', async () => {
    const { page } = viewer;
    pages.set('/frame', { html: `<!doctype html><title>Allowed</title><iframe src="${system.origin.url}/embed/${event.code}?theme=dark" style="border: 0; width: 360px; height: 640px"></iframe>` });
    await page.goto(elsewhere('/frame'));
    await page.frameLocator('iframe').locator('crowdcue-game [data-stage=over]').waitFor();
    await page.frameLocator('iframe').locator('crowdcue-game .sponsor img').waitFor();
    expect(viewer.problems).toEqual([]);

    // The same site by another name is another origin: a hostile page that lays the console and the game under its own button.
    const trap = elsewhere('/trap').replace('127.0.0.1', 'localhost');
    const targets = [`/embed/${event.code}`, '/embed/show', `/join/${event.code}`, '/host', '/', '/demo'];
    pages.set('/trap', { html: `<!doctype html><title>Win!</title><style>iframe{position:absolute;inset:0;opacity:.01;width:360px;height:600px}</style><button>Win a phone</button>${targets.map((path) => `<iframe src="${system.origin.url}${path}"></iframe>`).join('')}` });
    await page.goto(trap);
    await expect.poll(() => viewer.problems.filter((problem) => /frame-ancestors|X-Frame-Options/i.test(problem)).length, SOON).toBe(targets.length);
    for (const frame of page.frames().slice(1)) {
      await expect.poll(() => frame.url(), SOON).toBe('chrome-error://chromewebdata/');
      expect(await frame.locator('crowdcue-game, cc-join, cc-console').count()).toBe(0);
    }
    viewer.problems.length = 0;
  });

  it('[EMB13] relays out of reach: a calm cover over what was last known, and back by itself with the score when a relay is', async () => {
    const { page } = viewer;
    const [relay] = system.relays as [CrowdcueSystem['relays'][number]];
    pages.set('/away', { html: tag('style="display: block; height: 640px"') });
    await page.goto(elsewhere('/away'));
    await stage('over');
    await cue('tug', 60_000);
    await stage('live');
    for (let taps = 0; taps < 3; taps++) await element().locator('.pad.left').tap();
    await expect.poll(() => element().locator('.pad.left .mine:not(.pending)').count(), SOON).toBe(1);
    await relay.kill();
    await element().locator('.away').getByText('Enjoy the show').waitFor();
    expect(await element().locator('main').evaluate((main) => (main as HTMLElement).inert)).toBe(true);
    expect(await element().locator('.pad.left .mine').count()).toBe(1); // what was last known
    await screenshots(page, 'element-away');
    // The page is opened anew while nobody is there: the same words, no error.
    await page.reload();
    await element().locator('.away').waitFor();
    expect(await element().getByRole('button').count()).toBe(0);
    await relay.start();
    await stage('live');
    await element().locator('.away').waitFor({ state: 'detached' });
    await expect.poll(() => element().locator('.pad.left .mine .said').innerText(), SOON).toBe('3');
    await element().locator('.pad.left').tap();
    await expect.poll(() => element().locator('.pad.left .mine .said').innerText(), SOON).toBe('4');
    await api.post('/api/events/show/stop', {});
    await stage('over');
  });

  it('[EMB14] opens without a network, says so, and goes on when there is one: our own pages by the worker, a foreign page by the cache', async () => {
    const { page, context } = await browser.person(PHONE);
    const offline = page.locator('crowdcue-game .away').getByText('You are offline');
    await page.goto(`${system.origin.url}/join/${event.code}`);
    await page.locator('crowdcue-game [data-stage=over]').waitFor();
    await page.waitForFunction(async () => (await (await caches.open('crowdcue-shell')).keys()).length > 5);
    expect(await page.evaluate(async () => (await (await caches.open('crowdcue-shell')).keys()).filter(({ url }) => url.includes('/api/')).length)).toBe(0);
    await context.setOffline(true);
    await page.reload();
    await offline.waitFor();
    expect(await page.locator('crowdcue-game header b').innerText()).toBe('Friday <b>Finale</b>');
    await screenshots(page, 'element-offline');
    await context.setOffline(false);
    await page.locator('crowdcue-game [data-stage=over]').waitFor();
    await page.locator('crowdcue-game .away').waitFor({ state: 'detached' });

    // Nobody answers at all: origin and relay are gone, the foreign page is still there.
    pages.set('/foreign', { html: tag('style="display: block; height: 640px"') });
    await page.goto(elsewhere('/foreign'));
    await page.locator('crowdcue-game [data-stage=over]').waitFor();
    await system.relays[0]!.kill();
    await system.origin.kill();
    await page.reload();
    await page.locator('crowdcue-game .away').waitFor();
    expect(await page.locator('crowdcue-game header b').innerText()).toBe('Friday <b>Finale</b>');
    await page.goto(`${system.origin.url}/embed/${event.code}`).catch(() => undefined); // never visited: nothing is kept of it
    await page.waitForURL('chrome-error://chromewebdata/');
    await page.goto(`${system.origin.url}/join/${event.code}`);
    await page.locator('crowdcue-game .away').waitFor();
    await system.origin.start();
    await system.relays[0]!.start();
    await page.locator('crowdcue-game [data-stage=over]').waitFor();
    await page.locator('crowdcue-game .away').waitFor({ state: 'detached' });
    await context.close();
  });

  it('[EMB15] takes hostile attributes for what they say, which is nothing', async () => {
    const { page } = viewer;
    const attributes = [
      'lang=\'"&gt;&lt;img src=x onerror=alert(1)&gt;\' accent="red}:host{display:none" theme="x"', 'origin="javascript:alert(1)"', 'origin="//"', 'relay="javascript:alert(1)"', 'event="../../host"', 'event="%00"', 'event="&lt;script&gt;"',
    ];
    const tags = attributes.map((given) => `<crowdcue-game style="height: 300px" ${given.includes('origin=') ? '' : `origin="${system.origin.url}"`} ${given.includes('event=') ? '' : `event="${event.code}"`} ${given}></crowdcue-game>`);
    pages.set('/hostile', { html: `<!doctype html><html lang="en"><title>Hostile</title><script type="module" src="${system.origin.url}/element.js"></script>${tags.join('')}` });
    let dialogs = 0;
    page.on('dialog', (dialog) => (dialogs++, void dialog.dismiss()));
    await page.goto(elsewhere('/hostile'));
    const stages = () => page.locator('crowdcue-game').evaluateAll((games) => games.map((game) => `${game.shadowRoot?.querySelector('[data-stage]')?.getAttribute('data-stage')} ${game.shadowRoot?.querySelector('h2')?.textContent}`));
    await expect.poll(stages, SOON).toEqual([
      expect.stringContaining('over'), 'ended This page is not set up', 'ended This page is not set up', 'ended This page is not set up', 'ended No such event', 'ended No such event', 'ended No such event',
    ]);
    expect(await page.locator('crowdcue-game').first().isVisible()).toBe(true);
    expect(dialogs).toBe(0);
    expect(await page.locator('crowdcue-game img[src=x]').count()).toBe(0);
  });
});
