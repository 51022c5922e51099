/** Signing in with Twitch for a reward, on the built pages and real processes: from the join page, from another site's page, and every way in which it fails. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { EventView } from '@crowdcue/protocol';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CrowdcueSystem, type HostApi } from '../../loadtest/src/system.js';
import { TwitchId } from '../../server/test/support/twitch-id.js';
import { signedInTexts, type SignedInText } from '../src/signed-in/text.js';
import { chromiumPath, openChromium, PHONE, SCREENSHOTS, screenshots, serious, sideways, type Chromium } from './browser.js';

const SMALL = { width: 320, height: 640 };
const EVENT = 'Friday <b>Finale</b>';
const LANGUAGES = ['en', 'ar', 'de', 'es', 'ja', 'pt-BR'];

describe.skipIf(chromiumPath === undefined)('signing in with Twitch, in Chromium', { timeout: 120_000 }, () => {
  let twitch: TwitchId;
  let system: CrowdcueSystem;
  let api: HostApi;
  let event: EventView;
  let browser: Chromium;
  /** Another site, with the component on its page. */
  let site: Server;

  beforeAll(async () => {
    twitch = await TwitchId.start();
    system = await CrowdcueSystem.start({ originEnv: () => twitch.env });
    api = await system.host();
    event = await api.post<EventView>('/api/events', {
      id: 'show', name: EVENT, drops: [
        { id: 'cup', name: 'Cup', kind: 'badge', supply: 10, unlockedBy: 'round-won', proof: 'twitch' },
      ],
    });
    site = createServer((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(`<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Elsewhere</title>
      <script type="module" src="${system.origin.url}/element.js"></script><crowdcue-game origin="${system.origin.url}" event="${event.code}" style="display: block; height: 640px"></crowdcue-game>`));
    await new Promise<void>((listening) => site.listen(0, '127.0.0.1', listening));
    browser = openChromium(chromiumPath!);
  });

  afterAll(async () => {
    await browser?.close();
    site?.closeAllConnections();
    site?.close();
    await system?.stop();
    await twitch?.stop();
  });

  const card = (page: Page): Locator => page.locator('crowdcue-proof');
  const element = (page: Page): Locator => page.locator('crowdcue-game');
  /** Plays a round, wins and claims; who they are is asked for then. */
  const win = async (page: Page, address: string): Promise<void> => {
    await page.goto(address);
    await element(page).locator('[data-stage=idle], [data-stage=over]').waitFor();
    await api.post('/api/events/show/cue', { game: 'tug', inMs: 500, durationMs: 4_000 });
    await element(page).locator('[data-stage=live]').waitFor();
    await element(page).locator('.pad.left').tap();
    await element(page).locator('[data-stage=over]').waitFor();
    await element(page).getByRole('button', { name: 'Claim' }).click();
  };
  /** The tab that a link of the card opens. */
  const away = async (page: Page, name: string): Promise<Page> => {
    const [tab] = await Promise.all([page.context().waitForEvent('page'), card(page).getByRole('link', { name, exact: true }).click()]);
    return tab;
  };
  const digitsOf = async (tab: Page): Promise<string> => {
    const digits = await tab.locator('[data-test=digits]').innerText();
    expect(digits).toMatch(/^\d{6}$/);
    return digits;
  };
  /** Nothing that Twitch said is left where it could be read. */
  const bare = async (tab: Page): Promise<void> => {
    expect(tab.url()).toBe(`${system.origin.url}/signed-in/twitch`);
    expect(Object.keys(await tab.evaluate(() => (history.state ?? {}) as object)).filter((key) => !['event', 'digits', 'until'].includes(key))).toEqual([]);
  };
  const fits = async (page: Page): Promise<void> => {
    const before = page.viewportSize()!;
    await page.setViewportSize(SMALL);
    expect(await sideways(page)).toBeLessThanOrEqual(0);
    await page.setViewportSize(before);
  };

  it('[PRF20] [PRF21] on the join page a drop for an account on Twitch is claimed with one press and a tab that is closed again', async () => {
    const { page, problems } = await browser.person(PHONE);
    twitch.as('1001');
    await win(page, `${system.origin.url}/join/${event.code}?lang=en`);
    await card(page).getByRole('link', { name: 'Sign in with Twitch', exact: true }).waitFor();
    await screenshots(page, 'sign-in-card');
    expect(await serious(page)).toEqual([]);
    await fits(page);
    const tab = await away(page, 'Sign in with Twitch');
    await tab.locator('[data-test=digits]').waitFor();
    await bare(tab);
    const digits = await digitsOf(tab);
    await tab.reload(); // a phone that threw the tab away
    expect(await digitsOf(tab)).toBe(digits);
    expect(await tab.getByText(EVENT, { exact: true }).count()).toBe(1); // as it was written
    await element(page).locator('.serial').getByText('No. 1 of 10').waitFor(); // by itself
    await fits(tab);
    await screenshots(tab, 'signed-in');
    expect(await serious(tab)).toEqual([]);
    expect(twitch.calls).toEqual(['GET /oauth2/authorize', 'POST /oauth2/token', 'POST /oauth2/revoke']);
    expect(problems).toEqual([]);
    await page.context().close();
  });

  it('[PRF20] [PRF21] on another site’s page the digits are typed: who says no at Twitch is told so and may try again, and a wrong code is told', async () => {
    const { page, problems } = await browser.person(PHONE);
    await win(page, `http://127.0.0.1:${(site.address() as AddressInfo).port}/`);
    twitch.refuse();
    const denied = await away(page, 'Sign in with Twitch');
    await denied.getByRole('alert').getByText('You did not sign in').waitFor();
    await bare(denied);
    await fits(denied);
    await screenshots(denied, 'signed-in-denied');
    expect(await serious(denied)).toEqual([]);
    await denied.close();
    twitch.as('1002');
    const tab = await away(page, 'Open Twitch again');
    const digits = await digitsOf(tab);
    await tab.close();
    await card(page).getByLabel('Six digits').fill(digits === '000000' ? '111111' : '000000'); // nothing came by itself
    await page.keyboard.press('Enter');
    await card(page).getByRole('alert').getByText('That is not the code').waitFor();
    await screenshots(page, 'sign-in-digits');
    expect(await serious(page)).toEqual([]);
    await fits(page);
    await card(page).getByLabel('Six digits').fill(`${digits.slice(0, 3)} ${digits.slice(3)}`);
    await page.keyboard.press('Enter');
    await element(page).locator('.serial').getByText('No. 2 of 10').waitFor();
    expect(problems).toEqual([]);
    await page.context().close();
  });

  it('[PRF21] a way back that is not ours, was used or lacks a part is over; where nobody answers it is tried again with a press; in six languages, which fit 320 px', async () => {
    const { page, problems } = await browser.person(PHONE);
    const here = (query: string): string => `${system.origin.url}/signed-in/twitch${query}`;
    for (const query of ['', '?code=1', '?state=1', '?error=server_error&state=1', '?code=1&state=made-up']) {
      await page.goto(here(query === '' ? '?lang=en' : `${query}&lang=en`));
      await page.getByRole('alert').getByText('This sign-in is over').waitFor();
      await bare(page);
    }
    await screenshots(page, 'signed-in-over');

    const tried: unknown[] = [];
    let answer: object | undefined;
    await page.route('**/api/proofs/twitch', (route) => {
      tried.push(route.request().postDataJSON());
      return answer === undefined ? route.abort() : route.fulfill(answer);
    });
    const again = page.getByRole('button', { name: 'Try again' });
    await page.goto(here('?code=c&state=s&scope=openid&lang=en'));
    await page.getByRole('alert').getByText('That didn’t work').waitFor();
    await bare(page);
    await screenshots(page, 'signed-in-failed');
    expect(await serious(page)).toEqual([]);
    answer = { status: 503, json: { code: 'sign_in_unavailable', error: '', retryable: true } };
    await again.focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => tried.length).toBe(2);
    await page.getByRole('alert').getByText('That didn’t work').waitFor();
    expect(await again.evaluate((button) => button.matches(':focus'))).toBe(true);
    answer = { json: { event: { id: 'show', name: EVENT }, digits: '012345', until: Date.UTC(2027, 0, 1) } };
    await page.keyboard.press('Enter');
    await page.getByRole('status').getByText('You are signed in').waitFor();
    expect(await digitsOf(page)).toBe('012345');
    expect(tried).toEqual(Array.from({ length: 3 }, () => ({ code: 'c', state: 's' })));

    await page.setViewportSize(SMALL);
    for (const lang of LANGUAGES) {
      const text = signedInTexts[lang.toLowerCase()]!;
      await page.goto(here(`?code=c&state=s&lang=${lang}`));
      await page.getByRole('heading', { name: text.signedIn, exact: true }).waitFor();
      expect(await page.evaluate(() => [document.documentElement.lang, document.documentElement.dir, document.title])).toEqual([lang, lang === 'ar' ? 'rtl' : 'ltr', `${text.title} · Crowdcue`]);
      expect(await digitsOf(page)).toBe('012345');
      expect(await sideways(page), lang).toBeLessThanOrEqual(0);
      await page.screenshot({ path: join(SCREENSHOTS, `signed-in-320-${lang}.png`) });
      for (const kind of ['denied', 'over'] as const) {
        await page.goto(here(kind === 'denied' ? `?error=access_denied&lang=${lang}` : `?lang=${lang}`));
        await page.getByRole('alert').getByText(text[kind].body, { exact: true }).waitFor();
        expect(await sideways(page), lang).toBeLessThanOrEqual(0);
      }
    }
    expect(problems).toEqual([]);
    await page.context().close();
  });

  it('[PRF21] each of six languages says all that English says, in its own words', () => {
    const words = (value: unknown): string[] => (typeof value === 'string' ? [value] : typeof value === 'function' ? [(value as (text: string) => string)('x')] : Object.values(value as object).flatMap(words));
    const said = ({ dir: _, ...text }: SignedInText): string[] => words(text);
    expect(Object.keys(signedInTexts).toSorted()).toEqual(LANGUAGES.map((lang) => lang.toLowerCase()).toSorted());
    for (const lang of LANGUAGES.slice(1)) {
      const own = said(signedInTexts[lang.toLowerCase()]!);
      expect(own).toHaveLength(said(signedInTexts.en).length);
      expect(own.filter((text, at) => text === said(signedInTexts.en)[at]), lang).toEqual([]);
    }
  });
});
