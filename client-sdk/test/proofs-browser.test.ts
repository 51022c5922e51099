/** Who a viewer is, asked on the claim card: in Chromium by keyboard, in six languages, 320 px wide; and the way to what is theirs already. */
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { proofTexts } from '../src/element/proof-text.js';
import { chromiumPath, openChromium, type Chromium } from '../../web/test/browser.js';
import { bundleElement } from './element-bundle.js';

type Asked = { path: string; body: Record<string, unknown> };
interface Hands { viewer: { viewer: number }; claims: number; claim: () => Promise<unknown>; given: unknown[]; answers: (path: string, body: never) => unknown; asked: Asked[] }
declare const window: Record<string, unknown> & { sessions: Hands[]; opened: { token?: string }[]; codes: string[]; axe: { run(node: unknown): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } };
declare const document: { body: { append(...nodes: unknown[]): void }; createElement(name: string): Record<string, unknown>; documentElement: { lang: string; scrollWidth: number } };
declare const innerWidth: number;

const PICTURES = fileURLToPath(new URL('../../test-output/screenshots/', import.meta.url));
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const LANGUAGES = ['en', 'ar', 'de', 'es', 'ja', 'pt-br'];

describe.skipIf(chromiumPath === undefined)('proofs on the claim card, in Chromium', () => {
  let browser: Chromium;
  let page: Page;
  const errors: string[] = [];

  beforeAll(async () => {
    const modules = await bundleElement();
    mkdirSync(PICTURES, { recursive: true });
    browser = openChromium(chromiumPath!);
    ({ page } = await browser.person({ width: 320, height: 720 }));
    page.setDefaultTimeout(8_000);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.context().route('http://element.test/at-twitch?**', (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>Twitch</title>' }));
    page.on('pageerror', (error) => errors.push(error.message));
    await page.route('http://element.test/**', (route) => {
      const { pathname } = new URL(route.request().url());
      const code = modules.get(pathname);
      if (code !== undefined) return route.fulfill({ contentType: 'text/javascript', body: code });
      if (pathname.startsWith('/api/')) return route.fulfill({ json: { name: 'Friday', accent: '#ffc21a' } });
      return route.fulfill({
        contentType: 'text/html', headers: { 'content-security-policy': "style-src 'none'; script-src 'self'" },
        body: '<!doctype html><html lang="en"><title>element</title><body><script type="module" src="/page.js"></script>',
      });
    });
  });
  afterAll(() => browser?.close());
  beforeEach(() => void errors.splice(0));

  /** A page whose viewer has a drop to claim that asks for `proof`. The origin knows Ada as viewer 3. The way to Twitch, where there is one, is good for `goodMs`. */
  const load = async (language = 'en', proof = 'email', goodMs?: number): Promise<void> => {
    await page.goto('http://element.test/');
    await page.waitForFunction('typeof HandSession === "function"');
    await page.evaluate(([lang, kind, good]) => {
      document.documentElement.lang = lang;
      const drop = { id: 'b', name: 'Golden Rope', supply: 100, left: 57, open: true, state: 'unlocked', unlockedBy: 'round-won', unlockTitle: 'Win a round', proof: kind, kind: 'badge' };
      const receipt = { id: 'show:9', drop: 'b', status: 'granted', serial: 4, supply: 100, at: 0 };
      const hand = (viewer: number): Hands => {
        const session = new (window['HandSession'] as new () => Hands)();
        session.viewer = { ...session.viewer, viewer };
        session.given = [viewer === 3 ? { ...drop, state: 'granted', receipt } : drop];
        window.codes = ['123456', '654321'];
        let ways = 0;
        let proven = false;
        session.answers = (path, body: { email?: string; code?: string; viewer?: number }) => {
          if (path === '/proofs/email') return body.email!.includes('@') ? { until: 0, ...(body.email!.startsWith('dev') ? { shown: window.codes[0] } : {}) } : 'proof_bad_address';
          if (path === '/proofs/twitch') return good === undefined ? 'twitch_off' : { url: `http://element.test/at-twitch?way=${++ways}`, until: Date.now() + good };
          if (path === '/proofs/email/confirm' || path === '/proofs/twitch/confirm') {
            if (body.code === 'over') return 'proof_code_over';
            if (body.code === '') return 'bad_request';
            if (!window.codes.includes(body.code!)) return 'proof_code_wrong';
            proven = true;
            return { proof: 'email', first: body.email?.startsWith('ada') ? 3 : viewer };
          }
          if (path === '/receipts') return { receipts: [{ ...receipt, viewer: 3, standing: 'active' }] };
          if (path === '/proofs/resume') return { token: 'token-of-3', viewer: body.viewer };
          return { quests: [] };
        };
        session.claim = () => {
          session.claims++;
          if (!proven) return Promise.resolve({ id: 'x', drop: 'b', status: 'refused', reason: 'claim_proof_needed', supply: 100, at: 0 });
          return Promise.resolve(session.asked.some(({ body }) => String(body?.['email']).startsWith('ada')) ? { id: 'x', drop: 'b', status: 'refused', reason: 'claim_subject_taken', supply: 100, at: 0 } : { ...receipt, serial: 5 });
        };
        return session;
      };
      window.sessions = [];
      window.opened = [];
      const element = document.createElement('crowdcue-game');
      Object.assign(element, {
        event: 'ABCDEF', open: (options: { token?: string }) => {
          window.opened.push(options);
          window.sessions.push(hand(options.token === undefined ? 7 : 3));
          return Promise.resolve(window.sessions.at(-1));
        },
      });
      (element['style'] as { height: string }).height = '700px';
      document.body.append(element);
    }, [language, proof, goodMs] as const);
    await page.locator('crowdcue-game .ticket .button').click();
  };
  const card = () => page.locator('crowdcue-proof');
  const focused = (): Promise<string> => page.evaluate(`(() => { let at = document.activeElement; while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement; return at?.name || at?.className || ''; })()`);
  const asked = (path: string): Promise<unknown[]> => page.evaluate((to) => window.sessions[0]!.asked.filter((each) => each.path === to).map(({ body }) => body['code'] ?? ''), path);
  const confirmed = (): Promise<unknown[]> => asked('/proofs/twitch/confirm');
  const way = (name: string) => card().getByRole('link', { name, exact: true });
  /** Leaves for Twitch, in a tab that is closed again. */
  const leave = async (press: () => Promise<void>): Promise<void> => {
    const [tab] = await Promise.all([page.context().waitForEvent('page'), press()]);
    await tab.waitForURL(/\/at-twitch\?way=\d+$/);
    expect(await tab.evaluate('opener')).toBe(null);
    await tab.close();
    await card().getByLabel('Six digits').waitFor();
  };
  /** Says digits as the page does that Twitch sends to; whoever listens to it has heard them then. */
  const told = (event: string, digits: unknown): Promise<void> => page.evaluate(([to, said]) => new Promise<void>((heard) => {
    const [last, first] = [new BroadcastChannel('crowdcue.sign-in'), new BroadcastChannel('crowdcue.sign-in')];
    last.onmessage = () => heard();
    first.postMessage({ event: to, digits: said });
  }), [event, digits] as const);
  const overflow = (): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  const fine = async (): Promise<void> => {
    expect(await overflow()).toBe(0);
    await page.evaluate(readFileSync(AXE, 'utf8'));
    const { violations } = await page.evaluate(() => window.axe.run(document.body));
    expect(violations.filter(({ id }) => !['region', 'landmark-one-main', 'page-has-heading-one'].includes(id)).map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  };

  it('[PRF14] a refused claim asks for the address, then for the code, by keyboard alone, and is made again', async () => {
    await load();
    await expect.poll(focused).toBe('email');
    await page.screenshot({ path: join(PICTURES, 'proof-address-phone-light.png') });
    await fine();
    await page.keyboard.type('nobody');
    await page.keyboard.press('Enter');
    await card().getByRole('alert').getByText('No mail can go to this address').waitFor();
    expect(await card().locator('input').getAttribute('aria-invalid')).toBe('true');
    expect(await focused()).toBe('email');
    await page.keyboard.press('Control+A');
    await page.keyboard.type('eve@example.org');
    await page.keyboard.press('Enter');
    await expect.poll(focused).toBe('code');
    await card().getByText('We have mailed six digits to eve@example.org.').waitFor();
    await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
    await page.screenshot({ path: join(PICTURES, 'proof-code-phone-dark.png') });
    await fine();
    await page.keyboard.type('000000');
    await page.keyboard.press('Enter');
    await card().getByText('That is not the code. Look again.').waitFor();
    await page.keyboard.press('Control+A');
    await page.keyboard.type('123456');
    await page.keyboard.press('Enter');
    await page.locator('crowdcue-game .serial').getByText('No. 5 of 100').waitFor();
    await page.emulateMedia({ colorScheme: null });
    expect(await page.evaluate(() => [window.sessions[0]!.claims, window.sessions[0]!.asked.map(({ path, body }) => `${path} ${body?.['lang'] ?? body?.['code'] ?? ''}`.trim())])).toEqual([2, [
      '/proofs/email en', '/proofs/email en', '/proofs/email/confirm 000000', '/proofs/email/confirm 123456',
    ]]);
    expect(errors).toEqual([]);
  });

  it('[PRF14] a code that is over leads back to the address, which stands there; in development the code is shown', async () => {
    await load();
    await card().locator('input').fill('dev@example.org');
    await page.keyboard.press('Enter');
    await card().getByText('No mail is sent in development. The code is 123456.').waitFor();
    await card().locator('input').fill('over');
    await page.keyboard.press('Enter');
    await card().getByText('This code is over.').waitFor();
    expect(await card().locator('input[name=email]').inputValue()).toBe('dev@example.org');
    await page.keyboard.press('Enter');
    await card().getByRole('button', { name: 'Another address' }).click();
    await card().getByRole('button', { name: 'Mail me a code' }).waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => card().count()).toBe(0); // the sheet is put away, nothing is claimed
    expect(await page.evaluate(() => window.sessions[0]!.claims)).toBe(1);
  });

  it('[PRF15] who has it as another viewer is shown it, and goes on as that viewer, with its rewards', async () => {
    await load();
    await card().locator('input').fill('ada@example.org');
    await page.keyboard.press('Enter');
    await card().locator('input[name=code]').fill('654321');
    await page.keyboard.press('Enter');
    await card().getByRole('heading', { name: 'It is yours already' }).waitFor();
    await card().getByText('No. 4 of 100').waitFor();
    await page.screenshot({ path: join(PICTURES, 'proof-taken-phone-light.png') });
    await fine();
    await card().getByRole('button', { name: 'Go on as that viewer' }).click();
    await page.locator('crowdcue-game .serial').getByText('No. 4 of 100').waitFor();
    expect(await page.evaluate(() => [window.opened.map(({ token }) => token ?? null), window.sessions[0]!.asked.at(-1)])).toEqual([[null, 'token-of-3'], { path: '/proofs/resume', body: { viewer: 3 } }]);
    expect(errors).toEqual([]);
  });

  it('[PRF14] [PRF20] where nobody can sign in, a drop for viewers on Twitch says so, and asks for no address; with an address nothing else is offered', async () => {
    await load('en', 'twitch');
    await card().getByText('This one is for viewers on Twitch').waitFor();
    expect(await card().locator('input, a').count()).toBe(0);
    await load('en', 'any');
    await expect.poll(() => asked('/proofs/twitch')).toHaveLength(1);
    await card().locator('input[name=email]').waitFor();
    expect(await card().locator('a').count()).toBe(0);
  });

  it('[PRF20] a drop for an account on Twitch leads there and asks for the digits, by keyboard alone, and is claimed again', async () => {
    await load('en', 'twitch', 60_000);
    await way('Sign in with Twitch').waitFor();
    await expect.poll(focused).toBe('loud');
    expect(await way('Sign in with Twitch').evaluate(({ target, rel, href }: HTMLAnchorElement) => [target, rel, href])).toEqual(['_blank', 'noopener', 'http://element.test/at-twitch?way=1']);
    await page.screenshot({ path: join(PICTURES, 'proof-twitch-phone-light.png') });
    await fine();
    await leave(() => page.keyboard.press('Enter'));
    await expect.poll(focused).toBe('code');
    await card().getByRole('status').getByText('a page there shows six digits').waitFor();
    await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
    await page.screenshot({ path: join(PICTURES, 'proof-digits-phone-dark.png') });
    await fine();
    for (const wrong of ['', '000000']) {
      await page.keyboard.type(wrong);
      await page.keyboard.press('Enter');
      await expect.poll(async () => (await confirmed()).at(-1)).toBe(wrong);
      await card().getByRole('alert').getByText('That is not the code. Look again.').waitFor();
      expect([await card().locator('input').getAttribute('aria-invalid'), await focused()]).toEqual(['true', 'code']);
    }
    await leave(() => way('Open Twitch again').click());
    await card().locator('input').fill('123456');
    await page.keyboard.press('Enter');
    await page.locator('crowdcue-game .serial').getByText('No. 5 of 100').waitFor();
    await page.emulateMedia({ colorScheme: null });
    expect([await confirmed(), await page.evaluate(() => window.sessions[0]!.claims), errors]).toEqual([['', '000000', '123456'], 2, []]);
  });

  it('[PRF20] digits that are over lead back to a fresh way; going back keeps a way that is good, and renews one that is over', async () => {
    await load('en', 'twitch', 60_000);
    await leave(() => way('Sign in with Twitch').click());
    await card().getByRole('button', { name: 'Back' }).click();
    await expect.poll(focused).toBe('loud');
    expect(await asked('/proofs/twitch')).toHaveLength(1);
    await leave(() => way('Sign in with Twitch').click());
    await card().locator('input').fill('over');
    await page.keyboard.press('Enter');
    await card().getByRole('alert').getByText('This sign-in is over. Sign in again.').waitFor();
    await expect.poll(() => way('Sign in with Twitch').getAttribute('href')).toBe('http://element.test/at-twitch?way=2');
    await expect.poll(focused).toBe('loud');
    await load('en', 'any', -1);
    await leave(() => way('Sign in with Twitch instead').click());
    await card().getByRole('button', { name: 'Back' }).click();
    await expect.poll(focused).toBe('email');
    await expect.poll(() => way('Sign in with Twitch instead').getAttribute('href')).toBe('http://element.test/at-twitch?way=2');
    await page.screenshot({ path: join(PICTURES, 'proof-any-phone-light.png') });
    await fine();
    expect(errors).toEqual([]);
  });

  it('[PRF20] digits that a page of the same origin tells are taken while they are waited for, and those of this event alone', async () => {
    await load('en', 'any', 60_000);
    await way('Sign in with Twitch instead').waitFor();
    await told('demo', '123456');
    await leave(() => way('Sign in with Twitch instead').click());
    await card().getByRole('button', { name: 'Back' }).click();
    await way('Sign in with Twitch instead').waitFor();
    await told('demo', '123456');
    await leave(() => way('Sign in with Twitch instead').click());
    await told('another', '123456');
    await told('demo', 123456);
    await told('demo', '000000');
    await card().getByRole('alert').getByText('That is not the code. Look again.').waitFor();
    await told('demo', '654321');
    await page.locator('crowdcue-game .serial').getByText('No. 5 of 100').waitFor();
    await told('demo', '123456');
    expect([await confirmed(), errors]).toEqual([['000000', '654321'], []]);
  });

  it('[PRF20] signing in is offered in each of six languages, and fits 320 px', async () => {
    for (const language of LANGUAGES) {
      const { button, digits } = proofTexts[language as 'en'].signIn;
      await load(language, 'twitch', 60_000);
      await way(button).waitFor();
      expect(await overflow(), language).toBe(0);
      await way(button).click();
      await card().getByLabel(digits).waitFor();
      expect(await overflow(), language).toBe(0);
      if (['ar', 'ja'].includes(language)) await page.screenshot({ path: join(PICTURES, `proof-digits-phone-${language}.png`) });
    }
    for (const tab of page.context().pages().filter((each) => each !== page)) await tab.close();
  });

  it('[PRF16] in each of six languages it says all that English says, in its own words, and fits 320 px', async () => {
    const words = (value: unknown): string[] => (typeof value === 'string' ? [value] : typeof value === 'function' ? [(value as (text: string) => string)('x')] : Object.values(value as object).flatMap(words));
    expect(Object.keys(proofTexts).toSorted()).toEqual(LANGUAGES.toSorted());
    for (const language of LANGUAGES.slice(1)) {
      const own = words(proofTexts[language as 'de']);
      expect(own).toHaveLength(words(proofTexts.en).length);
      expect(own.filter((text, at) => text === words(proofTexts.en)[at] || text.trim() === ''), language).toEqual([]);
      await load(language);
      await card().locator('input').fill('a.rather.long.address.of.somebody@department.example.org');
      await page.keyboard.press('Enter');
      await card().locator('input[name=code]').waitFor();
      expect(await overflow(), language).toBe(0);
      if (['ar', 'ja'].includes(language)) await page.screenshot({ path: join(PICTURES, `proof-code-phone-${language}.png`) });
    }
  });
});
