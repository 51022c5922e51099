/** The extension's zip in Chromium, in Twitch's frames, sandbox and policy, against the built origin and relay behind TLS. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Frame, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventOverview } from '@crowdcue/protocol';
import { CrowdcueSystem, type HostApi } from '../../loadtest/src/system.js';
import { TWITCH_SECRET, twitchJwt, viewerClaims } from '../../server/test/support/twitch-jwt.js';
import { chromiumPath, openChromium, SCREENSHOTS, type Chromium } from './browser.js';
import { CLIENT_ID, EXTENSION, openTwitchHost, ORIGIN, RELAY, type TwitchHost } from './twitch-host.js';
import { unzip } from './unzip.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CHANNEL = '44322889';
const PANEL = { width: 318, height: 496 };
const SIZES = { 'panel.html': PANEL, 'component.html': { width: 400, height: 300 }, 'mobile.html': { width: 375, height: 420 }, 'config.html': { width: 700, height: 520 } } as const;
type View = keyof typeof SIZES;
type StandIn = { standIn: { authorize(auth: object): void; context(context: object): void } };

describe.skipIf(chromiumPath === undefined)('the extension on Twitch', { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'crowdcue-twitch-'));
  let files: Map<string, Buffer>;
  let twitch: TwitchHost;
  let system: CrowdcueSystem;
  let host: HostApi;
  let browser: Chromium;
  const complaints: string[] = [];
  /** Hosts that pages asked. */
  const asked = new Set<string>();

  beforeAll(async () => {
    execFileSync(process.execPath, [join(ROOT, 'infra/build-twitch.mjs'), '--origin', ORIGIN, '--relay', RELAY, '--out', folder], { stdio: ['ignore', 'ignore', 'inherit'] });
    files = unzip(readFileSync(join(folder, 'crowdcue-twitch.zip')));
    twitch = await openTwitchHost(files, `${ORIGIN} wss://play.example ${RELAY}`);
    system = await CrowdcueSystem.start({
      originEnv: () => ({ PUBLIC_URL: ORIGIN, TWITCH_EXTENSION_SECRET: TWITCH_SECRET, TWITCH_EXTENSION_CLIENT_ID: CLIENT_ID }), relayEnv: () => ({ RELAY_PUBLIC_URL: RELAY }),
    });
    Object.assign(twitch.behind, { origin: system.origin.url, relay: system.relays[0]!.url });
    host = await system.host();
    browser = openChromium(chromiumPath!, { args: [`--host-resolver-rules=MAP * 127.0.0.1:${twitch.port}`, '--ignore-certificate-errors'], ignoreHTTPSErrors: true });
  });

  afterAll(async () => {
    await browser?.close();
    await twitch?.close();
    await system?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A view in Twitch's frames; what it does there is said by `standIn`. */
  const openView = async (page: Page, view: View): Promise<Frame> => {
    page.on('console', (message) => {
      if (/Content Security Policy|Refused|violates/.test(message.text())) complaints.push(message.text());
    });
    page.on('request', (request) => void asked.add(new URL(request.url()).host)).on('websocket', (socket) => void asked.add(new URL(socket.url()).host));
    await page.setViewportSize(SIZES[view]);
    await page.goto(`https://www.twitch.tv/?view=${view}`);
    await expect.poll(() => page.frames().some((frame) => frame.url().startsWith(EXTENSION))).toBe(true);
    const frame = page.frames().find((each) => each.url().startsWith(EXTENSION))!;
    await frame.waitForFunction(() => 'standIn' in window);
    return frame;
  };
  const authorize = (frame: Frame, claims: Record<string, unknown>): Promise<void> =>
    frame.evaluate((auth) => (window as unknown as StandIn).standIn.authorize(auth), { token: twitchJwt(claims), channelId: CHANNEL, userId: String(claims['opaque_user_id']) });
  const context = (frame: Frame, words: object): Promise<void> => frame.evaluate((each) => (window as unknown as StandIn).standIn.context(each), words);
  const person = async (view: View): Promise<{ page: Page; frame: Frame; problems: string[] }> => {
    const { page, problems } = await browser.person(SIZES[view]);
    return { page, frame: await openView(page, view), problems };
  };
  const picture = (page: Page, name: string): Promise<Buffer> => page.screenshot({ path: join(SCREENSHOTS, `twitch-${name}.png`) });
  const put = (body: object): Promise<Response> => fetch(`${system.origin.url}/api/twitch/channels/${CHANNEL}`, {
    method: 'PUT', headers: { authorization: `Bearer ${host.session}`, 'content-type': 'application/json' }, body: JSON.stringify(body),
  });

  it('[TWI12] says calmly that no show is on; the broadcaster\'s page gives the key that links the channel, and the game appears', async () => {
    await host.post('/api/events', { id: 'friday', name: 'Friday', drops: [{ id: 'rope', name: 'Golden Rope', kind: 'badge', supply: 3, unlockedBy: 'round-won' }] });
    const viewer = await person('panel.html');
    const early = viewerClaims('UEARLY', CHANNEL);
    await authorize(viewer.frame, early);
    await viewer.frame.getByText('No show right now').waitFor();
    await picture(viewer.page, 'panel-off');

    const stranger = await person('config.html');
    await authorize(stranger.frame, viewerClaims('U1', CHANNEL));
    await stranger.frame.getByText('Only the broadcaster').waitFor();
    await stranger.frame.evaluate(() => location.reload());
    await stranger.frame.waitForFunction(() => 'standIn' in window);
    await authorize(stranger.frame, viewerClaims('UB', CHANNEL, { role: 'broadcaster', user_id: CHANNEL, is_unlinked: false }));
    const key = await stranger.frame.locator('[data-test=key]').innerText();
    await picture(stranger.page, 'config');
    expect((await put({ event: 'friday' })).status).toBe(403);
    expect((await put({ event: 'friday', key })).status).toBe(200);
    await stranger.page.close();

    await authorize(viewer.frame, early); // as when Twitch renews the token; by itself the page looks every 15 s
    await viewer.frame.locator('crowdcue-game [data-stage=idle]').waitFor();
    expect(await viewer.frame.locator('crowdcue-game header').innerText()).toContain('Friday');
    await viewer.page.close();
  });

  it('[TWI9] [TWI10] [TWI11] plays a round in the panel and claims, under Twitch\'s policy and in its sandbox; nobody but Twitch\'s helper, the origin and the relay is asked', async () => {
    const winner = await person('panel.html');
    await context(winner.frame, { theme: 'dark', language: 'en', hlsLatencyBroadcaster: 1.5 });
    await authorize(winner.frame, viewerClaims('UWINNER', CHANNEL));
    await winner.frame.locator('crowdcue-game [data-stage=idle]').waitFor();
    // One owner: the component's stream clock tells the relay how late the picture is, and again when Twitch says another figure.
    const late = async (): Promise<unknown> => (await host.get<EventOverview>('/api/events/friday')).delays?.filter(({ viewers }) => viewers > 0).map(({ delay }) => delay);
    await expect.poll(late, { timeout: 15_000 }).toEqual([1_500]);
    await context(winner.frame, { hlsLatencyBroadcaster: 2.5 });
    await expect.poll(late, { timeout: 15_000 }).toEqual([2_500]);
    const { round } = await host.post<{ round: number }>('/api/events/friday/cue', { game: 'tug', inMs: 1_500, durationMs: 6_000 });
    await winner.frame.locator('crowdcue-game [data-stage=armed]').waitFor();
    expect(await winner.frame.locator('crowdcue-game .keys').isVisible()).toBe(false);
    const left = winner.frame.locator('crowdcue-game .pad.left');
    await left.waitFor();
    await winner.page.keyboard.press('a'); // no shortcuts on Twitch
    await winner.page.keyboard.press('Space');
    expect(await winner.frame.locator('crowdcue-game .mine').count()).toBe(0);
    await left.click();
    await left.focus();
    await winner.page.keyboard.press('Enter'); // a pad is a button all the same
    await expect.poll(() => winner.frame.locator('crowdcue-game .mine crowdcue-number').evaluate((element) => (element as unknown as { value: number }).value)).toBe(2);
    await picture(winner.page, 'panel-live');
    await winner.frame.getByRole('button', { name: 'Claim' }).click();
    await winner.frame.getByText('No. 1 of 3').first().waitFor();
    await picture(winner.page, 'panel-receipt');
    expect(round).toBe(1);
    expect([...asked].sort()).toEqual([`${CLIENT_ID}.ext-twitch.tv`, 'extension-files.twitch.tv', 'play.example', 'relay.play.example', 'supervisor.ext-twitch.tv', 'www.twitch.tv']);
    expect(await winner.frame.evaluate(() => document.querySelectorAll('audio, video, iframe').length)).toBe(0);
    expect(await winner.frame.locator('crowdcue-game').getAttribute('muted')).toBe('');
    expect(complaints).toEqual([]);
    expect(winner.problems).toEqual([]);

    // The same account in a second tab takes the session over, with its reward.
    const tab = await winner.page.context().newPage();
    const second = await openView(tab, 'panel.html');
    await authorize(second, viewerClaims('UWINNER', CHANNEL));
    await second.locator('crowdcue-game [data-stage]:not([data-stage=loading])').waitFor();
    await winner.frame.getByText('Playing somewhere else').first().waitFor();
    await second.getByRole('button', { name: '1 reward' }).click();
    await second.getByText('No. 1 of 3').first().waitFor();
    await winner.page.context().close();
  });

  it('[TWI13] runs as component and on mobile, in Twitch\'s theme and language, and tells a logged-out viewer what logging in gives', async () => {
    for (const view of ['component.html', 'mobile.html'] as const) {
      const { page, frame, problems } = await person(view);
      await context(frame, { theme: view === 'mobile.html' ? 'light' : 'dark', language: view === 'mobile.html' ? 'ar' : 'de' });
      await authorize(frame, viewerClaims(`A${view.slice(0, 5)}`, CHANNEL));
      await frame.locator('crowdcue-game [data-stage=idle], crowdcue-game [data-stage=over]').first().waitFor();
      await frame.getByText(view === 'mobile.html' ? 'سجّل الدخول إلى Twitch' : 'Melde dich bei Twitch an').waitFor();
      expect(await frame.evaluate(() => [document.documentElement.dataset['theme'], document.documentElement.scrollWidth - innerWidth])).toEqual([view === 'mobile.html' ? 'light' : 'dark', 0]);
      await picture(page, view.replace('.html', ''));
      expect(problems).toEqual([]);
      await page.context().close();
    }
    expect(complaints).toEqual([]);
  });

  it('[TWI14] is not shown in a frame of anybody else, nor connects to an address that the developer did not name', async () => {
    const { page, frame } = await person('panel.html');
    const refused = await frame.evaluate(() => fetch('https://elsewhere.example/').then(() => 'answered', () => 'refused'));
    expect(refused).toBe('refused');
    // A tick later: what a debugger runs may make code of text, what follows from it may not.
    expect(await frame.evaluate(() => new Promise((resolve) => { setTimeout(() => { try { resolve(new Function('return 1')()); } catch { resolve('refused'); } }); }))).toBe('refused');
    expect(twitch.hosts.has('elsewhere.example')).toBe(false);
    expect(complaints.splice(0).length).toBeGreaterThan(0); // the policy is there, and speaks
    await page.goto('https://elsewhere.example/');
    await page.evaluate((src) => { document.body.append(Object.assign(document.createElement('iframe'), { src })); }, `${EXTENSION}/panel.html`);
    await expect.poll(() => complaints.some((text) => text.includes('frame-ancestors'))).toBe(true);
    complaints.length = 0;
    await page.context().close();
  });

  it('[TWI8] the zip has what Twitch opens, at its top, and nothing outside it', () => {
    expect([...files.keys()].filter((name) => !name.includes('/'))).toEqual(['component.html', 'config.html', 'mobile.html', 'panel.html']);
    expect(existsSync('/usr/bin/unzip') ? execFileSync('unzip', ['-tq', join(folder, 'crowdcue-twitch.zip')]).toString() : 'No errors detected').toContain('No errors detected');
  });
});
