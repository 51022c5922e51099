/** The set-up of the console and its workspaces, as hosts use them, in real Chromium on built pages and processes. */
import { mkdir } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { EventView, QuestView } from '@crowdcue/protocol';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CrowdcueSystem, type HostApi } from '../../loadtest/src/system.js';
import { CLIENT_ID, TWITCH_SECRET, twitchJwt, viewerClaims } from '../../server/test/support/twitch-jwt.js';
import { chromiumPath, DESKTOP, openChromium, PHONE, SCREENSHOTS, screenshots, serious, sideways, type Chromium } from './browser.js';

type Person = Awaited<ReturnType<Chromium['person']>>;

const SOON = { timeout: 15_000, interval: 50 };
const SMALL = { width: 320, height: 640 };
const CHANNEL = '44322889';
const MARKUP = '<img src=x onerror=alert(1)>';
/** More pixels than any strip has, of a kind that the origin does not take: the console makes it fit. */
const LARGE = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="2400" height="900"><rect width="2400" height="900" fill="#0a7d55"/><circle cx="450" cy="450" r="320" fill="#fff"/></svg>');
/** Where the set-up lies. */
const SET_UP = ['cc-console', 'cc-desk', 'cc-setup'];

describe.skipIf(chromiumPath === undefined)('the set-up in Chromium', { timeout: 120_000 }, () => {
  let system: CrowdcueSystem;
  let api: HostApi;
  let event: EventView;
  let browser: Chromium;
  let host: Person;
  let viewer: Person;
  let site: Server;
  let served = '';

  beforeAll(async () => {
    system = await CrowdcueSystem.start({ originEnv: () => ({ TWITCH_EXTENSION_SECRET: TWITCH_SECRET, TWITCH_EXTENSION_CLIENT_ID: CLIENT_ID }) });
    api = await system.host();
    event = await api.post<EventView>('/api/events', { name: 'Friday Finale', id: 'friday' });
    await mkdir(SCREENSHOTS, { recursive: true });
    site = createServer((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(served));
    await new Promise<void>((listening) => site.listen(0, '127.0.0.1', listening));
    browser = openChromium(chromiumPath!);
    [host, viewer] = await Promise.all([browser.person(DESKTOP), browser.person(PHONE)]);
    await host.page.goto((await api.post<{ url: string }>('/api/host/links', {})).url);
  });

  afterAll(async () => {
    await browser?.close();
    site?.closeAllConnections();
    site?.close();
    await system?.stop();
  });

  const call = async <T>(method: string, path: string, bearer: string, body?: unknown): Promise<T> => {
    const answer = await fetch(system.origin.url + path, { method, headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    return (await answer.json()) as T;
  };
  const row = (name: string, page = host.page): Locator => page.locator(`[data-test=set-${name}]`);
  /** Opens a row as a keyboard does. */
  const open = async (name: string, page = host.page): Promise<void> => {
    await row(name, page).locator('summary').press('Enter');
    await row(name, page).locator('.body > :not(p)').waitFor();
  };
  const wrong = (name: string): Promise<string> => row(name).locator('[data-test=wrong]').innerText();
  /** An attribute of what has the focus. */
  const focused = (attribute = 'name', page = host.page): Promise<string | undefined> => page.evaluate((name) => {
    let at = document.activeElement;
    while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
    return at?.getAttribute(name) ?? undefined;
  }, attribute);
  const undo = (): Promise<void> => host.page.getByRole('button', { name: 'Undo' }).last().press('Enter');
  const dismiss = async (): Promise<void> => {
    for (let left = await host.page.getByRole('button', { name: 'Dismiss' }).count(); left > 0; left--) await host.page.getByRole('button', { name: 'Dismiss' }).first().click();
  };
  /** Looks at a part as small as there are phones, in the dark, and large, in the light. */
  const shown = async (name: string, part: Locator, page = host.page): Promise<void> => {
    for (const [size, viewport, colorScheme] of [['320', SMALL, 'dark'], ['desktop', DESKTOP, 'light']] as const) {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme });
      expect(await sideways(page)).toBeLessThanOrEqual(0);
      expect(await serious(page, SET_UP)).toEqual([]);
      await part.screenshot({ path: join(SCREENSHOTS, `console-set-${name}-${size}-${colorScheme}.png`) });
    }
    await page.emulateMedia({ colorScheme: null });
  };

  it('[EMB23] [WSP22] a sponsor is filled in, refused beside its fields, previewed, seen by viewers, removed and brought back with its picture', async () => {
    const { page } = host;
    await open('sponsor');
    const part = row('sponsor');
    const fill = (name: string, value: string): Promise<void> => part.locator(`[name=sponsor-${name}]`).fill(value);
    const save = (): Promise<void> => part.locator('[data-test=save-sponsor]').press('Enter');
    await fill('name', MARKUP);
    expect(await part.locator('.sponsor b').innerText()).toBe(MARKUP); // words, also before anybody has looked at them
    await save();
    await expect.poll(() => wrong('sponsor'), SOON).toMatch(/plain text.* bad_request$/);
    expect(await focused()).toBe('sponsor-name');
    await fill('name', 'North & Ice');
    await fill('text', 'Cold drinks for hot rounds.');
    for (const url of ['javascript:alert(1)', 'http://ice.example/', 'ice.example']) {
      await fill('url', url);
      await save();
      await expect.poll(() => part.locator('[name=sponsor-url]').getAttribute('aria-invalid'), SOON).toBe('true');
      expect(await wrong('sponsor')).toMatch(/https:\/\/\. bad_request$/);
      await fill('url', ''); // the next one is refused anew
      await expect.poll(() => focused(), SOON).toBe('sponsor-url');
    }
    await part.locator('[data-test=sponsor-file]').setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: Buffer.from(MARKUP) });
    await expect.poll(() => wrong('sponsor'), SOON).toContain('no picture');
    await shown('sponsor-wrong', part);
    await part.locator('[data-test=sponsor-file]').setInputFiles({ name: 'logo.svg', mimeType: 'image/svg+xml', buffer: LARGE });
    await expect.poll(() => part.locator('.sponsor img').evaluate((image: HTMLImageElement) => [image.naturalWidth, image.naturalHeight]), SOON).toEqual([264, 99]);
    await fill('url', 'https://ice.example/');
    await save();
    await part.locator('[data-test=remove-sponsor]').waitFor();
    await shown('sponsor', part);
    await viewer.page.goto(event.joinUrl);
    const strip = viewer.page.locator('crowdcue-game .sponsor');
    await strip.waitFor();
    const preview = part.locator('.sponsor');
    expect([await strip.locator('b').innerText(), await strip.locator('.claim').innerText(), await strip.getAttribute('href')])
      .toEqual([await preview.locator('b').innerText(), await preview.locator('.claim').innerText(), 'https://ice.example/']);
    const card = async (): Promise<EventView> => (await (await fetch(`${system.origin.url}/api/join/friday`)).json()) as EventView;
    const { sponsor } = await card();
    expect(sponsor?.imageUrl).toContain('/api/events/friday/sponsor/');
    await part.locator('[data-test=remove-sponsor]').press('Enter');
    await expect.poll(async () => (await card()).sponsor, SOON).toBeUndefined();
    await expect.poll(() => part.locator('[name=sponsor-name]').inputValue(), SOON).toBe('');
    await undo();
    await expect.poll(async () => (await card()).sponsor, SOON).toEqual(sponsor); // its picture's address is made of its bytes
    await expect.poll(() => part.locator('[name=sponsor-name]').inputValue(), SOON).toBe('North & Ice');
    await dismiss();
    await part.locator('summary').press('Enter');
    expect(await page.evaluate(() => document.querySelectorAll('img[src=x]').length)).toBe(0);
    expect([...host.problems, ...viewer.problems]).toEqual([]);
  });

  it('[EMB24] sites are allowed, refused, removed and brought back; what is to be copied works as it is', async () => {
    await open('embedding');
    const part = row('embedding');
    const allow = async (address: string): Promise<void> => {
      await part.locator('[name=origin]').fill(address);
      await part.locator('[name=origin]').press('Enter');
    };
    for (const bad of ['javascript:alert(1)', 'http://blog.example', 'https://blog.example;script-src *', 'blog.example', MARKUP]) {
      await allow(bad);
      await expect.poll(() => part.locator('[name=origin]').getAttribute('aria-invalid'), SOON).toBe('true');
      expect(await wrong('embedding')).toMatch(/begins with https:\/\/.* bad_request$/);
      await expect.poll(() => focused(), SOON).toBe('origin');
    }
    const framedBy = async (): Promise<string> => /frame-ancestors ([^;]*)/.exec((await fetch(`${system.origin.url}/embed/${event.code}`)).headers.get('content-security-policy')!)![1]!;
    const sites = (): Promise<string[]> => part.locator('[data-test=origin] code').allInnerTexts();
    await allow('https://Blog.example/2026/post?x=1#y');
    await expect.poll(sites, SOON).toEqual(['https://blog.example']);
    await allow('https://club.example');
    await expect.poll(framedBy, SOON).toBe("'self' https://blog.example https://club.example");
    await shown('embedding', part);
    await dismiss();
    await part.getByRole('button', { name: 'Remove https://blog.example' }).press('Enter');
    await expect.poll(sites, SOON).toEqual(['https://club.example']);
    await undo();
    await expect.poll(sites, SOON).toEqual(['https://blog.example', 'https://club.example']);
    expect(await framedBy()).toBe("'self' https://blog.example https://club.example");
    served = `<!doctype html><html lang="en"><title>Elsewhere</title>${await part.locator('[data-test=snippet]').first().innerText()}`;
    await viewer.page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`);
    await viewer.page.locator('crowdcue-game [data-stage=idle]').waitFor();
    expect(await part.locator('[data-test=snippet]').last().innerText()).toContain(`src="${system.origin.url}/embed/${event.code}"`);
    await dismiss();
    await part.locator('summary').press('Enter');
    expect(host.problems).toEqual([]);
  });

  it('[QST12] a quest is composed, refused beside its fields, edited, removed and brought back; another desk’s change is not written over', async () => {
    const { page } = host;
    await open('quests');
    const part = row('quests');
    const step = (i: number): Locator => part.locator('[data-test=step]').nth(i);
    const save = (): Promise<void> => part.locator('[data-test=save-quest]').press('Enter');
    const said = async (field: string, words: RegExp): Promise<void> => {
      await expect.poll(() => focused(), SOON).toBe(field);
      expect(await wrong('quests')).toMatch(words);
    };
    await part.locator('[data-test=new-quest]').press('Enter');
    await expect.poll(() => focused(), SOON).toBe('quest-title');
    await save();
    await said('quest-title', /title.* quest_bad_request$/);
    await part.locator('[name=quest-title]').fill('<b>The tour</b>');
    await step(0).locator('[name=step-title]').fill('Play two rounds of Tug');
    await step(0).locator('[name=step-game]').selectOption('tug');
    await step(0).locator('[name=step-count]').fill('many');
    await save();
    await said('step-count', /whole number.* quest_bad_request$/);
    await step(0).locator('[name=step-count]').fill('2');
    await part.locator('[data-test=add-step]').press('Enter');
    await step(1).locator('[name=step-title]').fill('Look into the shop');
    await step(1).locator('[name=step-kind]').selectOption('visit');
    await step(1).locator('[name=step-url]').fill('javascript:alert(1)');
    await save();
    await said('step-url', /https:\/\/.* quest_bad_request$/);
    await step(1).locator('[name=step-url]').fill('https://shop.example/');
    await part.locator('[data-test=add-step]').press('Enter');
    await step(2).locator('[name=step-title]').fill('Since when?');
    await step(2).locator('[name=step-kind]').selectOption('answer');
    await step(2).locator('[name=step-question]').fill('Since when are we live?');
    await step(2).locator('[name=step-choice]').first().fill('2015');
    await save();
    await said('step-choice', /needs words.* quest_bad_request$/);
    await step(2).locator('[name=step-choice]').nth(1).fill('2019');
    await step(2).getByRole('radio', { name: 'Choice 2 is right' }).check();
    await shown('quest-form', part);
    await save();
    await part.locator('[data-test=quest]').waitFor();
    expect(await part.locator('[data-test=quest] b').innerText()).toBe('<b>The tour</b>');

    type Given = { quests: { id: string; title: string; steps: { id: string; when?: object; answer?: { right: number } }[] }[] };
    const given = (): Promise<Given> => api.get<Given>('/api/events/friday/quests/given');
    const first = (await given()).quests[0]!;
    expect(first.steps).toMatchObject([{ when: { fact: 'RoundPlayed', game: 'tug', count: 2 } }, { visit: { url: 'https://shop.example/' } }, { answer: { right: 1 } }]);
    const { token } = await call<{ token: string }>('POST', '/api/join', '', { event: 'friday' });
    const seen = await call<{ quests: QuestView[] }>('GET', '/api/events/friday/quests', token);
    expect(seen.quests[0]!.steps.map(({ title }) => title)).toEqual(['Play two rounds of Tug', 'Look into the shop', 'Since when?']);

    await part.locator('[data-test=edit-quest]').press('Enter');
    await step(0).locator('[name=step-count]').fill('3');
    await step(1).locator('[name=step-title]').fill('Look round the shop');
    // Somebody else gives the event another quest meanwhile.
    const theirs = { id: 'theirs', title: 'Theirs', steps: [{ id: 'won', title: 'Win', achievement: 'round-won' }] };
    await call('PUT', '/api/events/friday/quests', api.session, { quests: [first, theirs] });
    await save();
    await expect.poll(() => wrong('quests'), SOON).toContain('Somebody else');
    await save();
    await part.locator('[data-test=new-quest]').waitFor();
    const [edited, kept] = (await given()).quests;
    expect([edited!.id, kept]).toEqual([first.id, theirs]);
    expect(edited!.steps.map(({ id }, i) => id === first.steps[i]!.id)).toEqual([false, true, true]); // three rounds are not two
    await shown('quests', part);
    await part.getByRole('button', { name: 'Drop: add one behind Theirs' }).press('Enter');
    await page.locator('input[name=drop-name]').fill('Cup');
    await page.locator('input[name=drop-supply]').fill('');
    await page.locator('[data-test=save]').press('Enter');
    await expect.poll(async () => (await api.get<{ drops: { name: string }[] }>('/api/events/friday')).drops.map(({ name }) => name), SOON).toEqual(['Cup']);
    expect((await call<{ drops: { unlockedBy: string }[] }>('GET', '/api/events/friday/drops', token)).drops.map(({ unlockedBy }) => unlockedBy)).toEqual(['quest-theirs']);
    await dismiss();
    await part.getByRole('button', { name: 'Remove Theirs' }).press('Enter');
    await expect.poll(async () => (await given()).quests.length, SOON).toBe(1);
    await undo();
    await expect.poll(async () => (await given()).quests[1], SOON).toEqual(theirs);
    await dismiss();
    await part.locator('summary').press('Enter');
    expect(await page.evaluate(() => [...document.querySelectorAll('b')].filter(({ textContent }) => textContent === 'The tour').length)).toBe(0);
    expect(host.problems).toEqual([]);
  });

  it('[TWI17] a channel is linked by its key, moved between shows, and unlinked after a question', async () => {
    const { page } = host;
    await open('twitch');
    const part = row('twitch');
    const link = async (key: string): Promise<void> => {
      await part.locator('[name=twitch-key]').fill(key);
      await part.locator('[name=twitch-key]').press('Enter');
      await expect.poll(() => focused(), SOON).toBe('twitch-key');
    };
    expect(await part.locator('[data-test=twitch-standing]').innerText()).toBe('No channel shows this event.');
    await part.screenshot({ path: join(SCREENSHOTS, 'console-set-twitch-none.png') });
    for (const bad of ['', MARKUP, CHANNEL, `${CHANNEL}.99999999999.${'A'.repeat(43)}`]) {
      await link(bad);
      await expect.poll(() => wrong('twitch'), SOON).toMatch(/key.* twitch_key_needed$/);
    }
    const broadcaster = twitchJwt(viewerClaims('UB1', CHANNEL, { role: 'broadcaster', user_id: CHANNEL, is_unlinked: false }));
    const { key } = await call<{ key: string }>('POST', '/api/twitch/key', broadcaster);
    await part.locator('[name=twitch-key]').fill(key);
    await part.locator('[data-test=link]').press('Enter');
    await expect.poll(() => part.locator('[data-test=twitch-standing]').innerText(), SOON).toMatch(/^(● )?Linked\./);
    expect((await call<{ event: { id: string } }>('POST', '/api/twitch/token', twitchJwt(viewerClaims('U1', CHANNEL)))).event.id).toBe('friday');
    await shown('twitch', part);
    // The next show: the event alone is enough, and a slip is taken back.
    await api.post('/api/events', { name: 'Next week', id: 'next-week' });
    await call('PUT', `/api/twitch/channels/${CHANNEL}`, api.session, { event: 'next-week' });
    await part.locator('[data-test=move]').press('Enter');
    await part.locator('[data-test=unlink]').waitFor();
    await dismissBut(page);
    await undo();
    await part.locator('[data-test=move]').waitFor();
    await part.locator('[data-test=move]').press('Enter');
    const yes = page.locator('[data-test=yes]');
    await part.locator('[data-test=unlink]').press('Enter');
    await yes.waitFor();
    await page.keyboard.press('Escape');
    await yes.waitFor({ state: 'hidden' });
    expect(await part.locator('[data-test=channel]').count()).toBe(1);
    await part.locator('[data-test=unlink]').press('Enter');
    await yes.waitFor();
    await yes.press('Enter');
    await expect.poll(() => part.locator('[data-test=channel]').count(), SOON).toBe(0);
    await dismiss();
    await part.locator('summary').press('Enter');
    expect(host.problems).toEqual([]);
  });

  /** Leaves the newest message. */
  const dismissBut = async (page: Page): Promise<void> => {
    for (let left = await page.getByRole('button', { name: 'Dismiss' }).count(); left > 1; left--) await page.getByRole('button', { name: 'Dismiss' }).first().click();
  };

  it('[WSP21] [WSP22] several workspaces are a choice of one press that outlives a reload; a role that may not is told why; who is out of one goes on in another', async () => {
    const { page } = host;
    expect(await page.locator('[data-test=workspace]').count()).toBe(0); // one workspace needs no choice
    await open('workspaces');
    const part = row('workspaces');
    await part.locator('[name=workspace-name]').fill('x'.repeat(61));
    await part.locator('[name=workspace-name]').press('Enter');
    await expect.poll(() => wrong('workspaces'), SOON).toMatch(/60 letters.* bad_request$/);
    await part.locator('[name=workspace-name]').fill('<i>Mira’s</i> studio');
    await part.locator('[name=workspace-name]').press('Enter');
    await expect.poll(() => page.locator('[data-test=workspace] option').allInnerTexts(), SOON).toEqual(['<i>Mira’s</i> studio · Host', 'This installation · Host']);
    const link = (await part.locator('[data-test=invitation]').textContent())!;
    await shown('workspaces', part);

    const { member, url } = await api.post<{ member: { id: string }; url: string }>('/api/workspaces/members', { name: 'Co', role: 'co-host' });
    const co = await browser.person(DESKTOP);
    await co.page.goto(url);
    await co.page.locator('cc-setup').waitFor();
    for (const name of ['sponsor', 'embedding', 'quests', 'twitch']) {
      await open(name, co.page);
      expect(await row(name, co.page).locator('[data-test=locked]').innerText()).toContain('you are here as co-host');
      expect(await row(name, co.page).locator('input:enabled, button.primary:enabled, button.danger:enabled').count()).toBe(0);
    }
    await shown('locked', co.page.locator('cc-setup'), co.page);
    expect(await co.page.locator('[data-test=workspace]').count()).toBe(0);

    await co.page.goto(`${link}`);
    const choice = co.page.locator('[data-test=workspace]');
    const here = (): Promise<string> => choice.evaluate((select: HTMLSelectElement) => select.selectedOptions[0]!.text);
    await expect.poll(here, SOON).toBe('<i>Mira’s</i> studio · Host');
    await co.page.locator('[data-test=first-event]').click();
    await co.page.locator('input[name=name]').fill('Studio night');
    await co.page.locator('[data-test=save]').click();
    const events = (): Promise<string[]> => co.page.locator('[data-test=event] option').allInnerTexts();
    await expect.poll(events, SOON).toEqual(['Studio night']);
    await co.page.locator('[data-test=phase]').click(); // the keyboard is nowhere
    await co.page.keyboard.press('w');
    await expect.poll(here, SOON).toBe('This installation · Co-host');
    expect(await events()).toContain('Friday Finale');
    expect(await events()).not.toContain('Studio night');
    expect(await co.page.locator('cc-setup').getByText('Studio night').count()).toBe(0);
    await co.page.reload();
    await expect.poll(here, SOON).toBe('This installation · Co-host');
    await choice.focus();
    await choice.selectOption({ label: '<i>Mira’s</i> studio · Host' });
    await expect.poll(events, SOON).toEqual(['Studio night']);
    await expect.poll(() => co.page.locator('[data-test=news]').innerText(), SOON).toContain('studio. You are here as Host.');
    await expect.poll(() => focused('data-test', co.page), SOON).toBe('workspace');
    await co.context.setOffline(true);
    await choice.selectOption({ label: 'This installation · Co-host' });
    await expect.poll(() => co.page.locator('[data-test=toast]').innerText(), SOON).toContain('unreachable');
    expect([await here(), await events()]).toEqual(['<i>Mira’s</i> studio · Host', ['Studio night']]); // nobody is left between two desks
    await co.context.setOffline(false);
    await co.page.getByRole('button', { name: 'Dismiss' }).click();
    await choice.focus();
    await screenshots(co.page, 'console-workspaces');
    await co.page.setViewportSize(SMALL);
    expect(await sideways(co.page)).toBeLessThanOrEqual(0);
    expect(await serious(co.page)).toEqual([]);
    await co.page.screenshot({ path: join(SCREENSHOTS, 'console-workspaces-320.png') });
    await co.page.setViewportSize(DESKTOP);
    await co.page.locator('[data-test=phase]').click();
    await co.page.keyboard.press('w');
    await expect.poll(here, SOON).toBe('This installation · Co-host');
    await fetch(`${system.origin.url}/api/workspaces/members/${member.id}`, { method: 'DELETE', headers: { authorization: `Bearer ${api.session}` } });
    await co.page.locator('[data-test=elsewhere]').waitFor(SOON);
    await co.context.setOffline(true);
    await co.page.locator('[data-test=elsewhere]').press('Enter');
    await expect.poll(() => co.page.locator('[data-test=code]').innerText(), SOON).toBe('unreachable'); // and it can be pressed again
    await co.context.setOffline(false);
    await co.page.locator('[data-test=elsewhere]').press('Enter');
    await expect.poll(events, SOON).toEqual(['Studio night']);
    await co.page.reload();
    await expect.poll(events, SOON).toEqual(['Studio night']);

    // What is over is locked for its host too.
    await api.post('/api/events', { name: 'Last week', id: 'last-week' });
    await api.post('/api/events/last-week/end', {});
    await page.reload();
    await page.locator('[data-test=event]').selectOption('last-week');
    await open('sponsor');
    expect(await row('sponsor').locator('[data-test=locked]').innerText()).toContain('over for good');
    expect(await row('sponsor').locator('input:enabled, button:enabled').count()).toBe(0);
    await open('workspaces');
    // The installation's host goes there without a link of anybody's, and forgets it again in this browser.
    await part.locator('[data-test=enter]').press('Enter');
    await expect.poll(() => page.locator('[data-test=event] option').allInnerTexts(), SOON).toEqual(['Studio night']);
    await page.locator('[data-test=workspace]').selectOption({ label: 'This installation · Host' });
    await expect.poll(() => page.locator('[data-test=event] option').allInnerTexts(), SOON).toContain('Friday Finale'); // the desk before has a row of this name too
    await open('workspaces');
    await part.locator('[data-test=forget]').press('Enter');
    await expect.poll(() => part.locator('[data-test=forget]').count(), SOON).toBe(0);
    await undo();
    await part.locator('[data-test=forget]').waitFor();
    expect([...host.problems, ...co.problems]).toEqual([]);
  });
});
