import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { flashTimes } from '@crowdcue/protocol';
import { chromiumPath } from '../../web/test/browser.js';
import { ElementPage } from './element-chromium.js';

const SHOTS = join(import.meta.dirname, '../../test-output/screenshots');

/** Names that the page puts on its window. */
interface Session { listening: Record<string, number>; taps: number[]; acts: unknown[]; claims: number; me: unknown; delay: number; delays: unknown[]; eventTime(): number; emit(type: string, value?: unknown): void; change(part: object): void }
interface Hands { session: Session; events: string[] }
declare const window: Hands & Record<string, unknown>;
declare const document: { body: { append(...nodes: unknown[]): void }; createElement(name: string): Record<string, unknown>; querySelector(q: string): Record<string, unknown> };

describe.skipIf(chromiumPath === undefined)('<crowdcue-game> in Chromium', () => {
  let browser: ElementPage;
  let page: Page;

  beforeAll(async () => {
    browser = await ElementPage.start(chromiumPath!, { width: 360, height: 740, card: { name: 'Friday', accent: '#123456', game: 'quickdraw' }, strict: true });
    ({ page } = browser);
  });
  afterAll(() => browser?.close());

  beforeEach(async () => {
    browser.problems.length = 0;
    browser.missing.clear();
    await page.setViewportSize({ width: 360, height: 740 });
    await browser.enter();
    await page.evaluate(() => {
      window.events = [];
      for (const type of ['crowdcue-unlock', 'crowdcue-receipt', 'crowdcue-delay']) {
        (document.querySelector('crowdcue-game')['addEventListener'] as (t: string, f: (e: { detail: unknown }) => void) => void)(type, (event) => window.events.push(`${type} ${JSON.stringify(event.detail)}`));
      }
    });
  });

  const live = (game: string): Promise<void> => page.evaluate((id) => {
    window.session.change({
      phase: 'live', round: 1, game: id, startsAt: performance.now(), endsAt: performance.now() + 30_000,
      texts: new Map([['signal', 'wait']]), numbers: new Map([['rope', 0], ['left', 1], ['right', 1], ['pullLeft', 0], ['pullRight', 0]]),
    });
  }, game);
  const hands = (): Promise<{ taps: number[]; acts: unknown[]; claims: number }> => page.evaluate(() => ({ taps: window.session.taps, acts: window.session.acts, claims: window.session.claims }));

  it('[EMB16] loads the view of the game that the event’s card names before there is a state of it', async () => {
    const loaded = (): Promise<string[]> => page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name.replace(/.*\//, '')).filter((name) => name.startsWith('view')));
    await expect.poll(async () => (await loaded()).length).toBeGreaterThan(0);
    const ahead = await loaded();
    await live('quickdraw');
    await page.locator('crowdcue-game crowdcue-quickdraw').waitFor();
    expect(await loaded()).toEqual(ahead);
  });

  it('[ELM9] plays tug by pointer: the tap counts on pointer down and shows in the same frame', async () => {
    await live('tug');
    await page.locator('crowdcue-game .pad.left').waitFor();
    await page.locator('crowdcue-game .pad.left').hover();
    await page.mouse.down();
    await page.locator('crowdcue-game .mine').waitFor();
    expect(await hands()).toMatchObject({ taps: [0] });
    await page.mouse.up();
    expect(await hands()).toMatchObject({ taps: [0] });
    const sameFrame = await page.evaluate(() => new Promise((resolve) => {
      const view = (document.querySelector('crowdcue-game')['shadowRoot'] as ParentNodeLike).querySelector('crowdcue-tug');
      const inner = view['shadowRoot'] as ParentNodeLike;
      (inner.querySelector('.pad')['dispatchEvent'] as (e: unknown) => void)(new (window['PointerEvent'] as new (t: string, i: object) => unknown)('pointerdown', { button: 0 }));
      queueMicrotask(() => queueMicrotask(() => queueMicrotask(() => setTimeout(() => resolve((inner.querySelector('.mine crowdcue-number') as { value?: number }).value)))));
    }));
    expect(sameFrame).toBe(2);
    await expect.poll(() => page.locator('crowdcue-game .pad').count()).toBe(1);
    expect(browser.problems).toEqual([]);
  });

  it('[WIN11] late pictures: the pads stay until the own window is over, who waits is told for how long, and who is too late that it does not score', async () => {
    /** A question whose round ends in so many ms, and whose last window so many after that, on a picture late by `delay`. */
    const ask = (endsIn: number, more: number, delay: number, me: object = {}) => page.evaluate(([ends, extra, late, about]) => {
      const now = performance.now();
      Object.assign(window.session, { delay: late, me: { viewer: 1, name: 'Swift Otter', round: 1, score: 0, rank: 0, applied: 0, appliedTotal: 0, roundsPlayed: 0, roundsWon: 0, result: 'none', fastest: false, ...(about as object) } });
      window.session.change({
        phase: 'live', round: 1, game: 'trivia', startsAt: now - 10_000, endsAt: now + (ends as number), closesAt: now + (ends as number) + (extra as number),
        texts: new Map([['question', 'Which moon is the largest?'], ['option1', 'Ganymede'], ['option2', 'Callisto']]), numbers: new Map(),
      });
      window.session.emit('me', window.session.me);
    }, [endsIn, more, delay, me] as const);
    const pad = page.locator('crowdcue-game .pad').first();
    const line = page.locator('crowdcue-game [part~=late]');
    await ask(-1_000, 9_300, 0);
    await pad.waitFor();
    await expect.poll(() => line.textContent()).toMatch(/The outcome comes in [89] s/);
    expect(await pad.getAttribute('aria-disabled')).toBe('true');
    await page.screenshot({ path: 'test-output/screenshots/element-late-waits.png' });
    await ask(-1_000, 9_300, 8_000);
    await expect.poll(() => pad.getAttribute('aria-disabled')).toBe('false');
    expect(await line.count()).toBe(0);
    await ask(5_000, 300, 14_000, { unscored: true });
    await expect.poll(() => line.textContent()).toContain('too late to score');
    expect(await pad.getAttribute('aria-disabled')).toBe('false');
    await page.screenshot({ path: 'test-output/screenshots/element-late-unscored.png' });
    expect(browser.problems).toEqual([]);
  });

  it('[ELM10] plays tug by keyboard without focusing it first, and a held key is one tap', async () => {
    await live('tug');
    await page.locator('crowdcue-game .pad.left').waitFor();
    await page.keyboard.press('Space'); // no side yet
    await page.keyboard.press('d');
    await page.locator('crowdcue-game .mine').waitFor();
    await page.keyboard.press('Space');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowLeft'); // the other side
    await page.keyboard.down('Space');
    await page.keyboard.down('Space');
    await page.keyboard.up('Space');
    expect(await hands()).toMatchObject({ taps: [1, 1, 1, 1] });
  });

  it('[ELM11] plays quickdraw by keyboard and pointer, once a round, and says at once when it was too soon', async () => {
    await live('quickdraw');
    await page.locator('crowdcue-game .pad.wait').waitFor();
    await page.evaluate(() => window.session.change({ texts: new Map([['signal', 'go']]) }));
    await page.locator('crowdcue-game .pad.go').waitFor();
    await page.keyboard.press('Enter');
    await page.locator('crowdcue-game .pad.drew').waitFor();
    await page.keyboard.press('Enter');
    expect(await hands()).toMatchObject({ taps: [], acts: [{ choice: 0, value: 0 }] });
    await page.evaluate(() => {
      window.session.me = { round: 1, score: 4115, rank: 0, applied: 1, result: 'none', fastest: false, name: 'Brave Otter' };
      window.session.emit('me', window.session.me);
    });
    await page.getByText('243 ms').waitFor();
    await page.evaluate(() => window.session.change({ round: 2, texts: new Map([['signal', 'wait']]) }));
    await page.locator('crowdcue-game .pad.wait').dispatchEvent('pointerdown', { button: 0 });
    await page.locator('crowdcue-game .pad.early').waitFor();
  });

  it('[ELM12] leads from the unlock to a numbered receipt, and tells the page of both', async () => {
    await page.evaluate(() => window.session.emit('unlock', { achievement: 'won', title: 'You won a round', drops: [{ id: 'b', name: 'Badge' }] }));
    await page.getByRole('button', { name: 'Claim' }).click();
    await page.getByText('No. 1 of 100').first().waitFor();
    expect(await hands()).toMatchObject({ claims: 1 });
    const events = await page.evaluate(() => window.events);
    expect(events.map((event) => event.split(' ')[0])).toEqual(['crowdcue-unlock', 'crowdcue-receipt']);
    await page.keyboard.press('Tab');
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: '1 reward' }).click();
    await page.getByText('No. 1 of 100').first().waitFor();
  });

  it('[ELM16] says in words that rewards did not load, keeps them, and shows the sheet, dressed, with the press that loads it', async () => {
    browser.missing.add('/reward-desk.js');
    await page.evaluate(() => window.session.emit('unlock', { achievement: 'won', title: 'You won a round', drops: [{ id: 'b', name: 'Badge' }] }));
    await page.getByText('Your rewards did not load.').waitFor();
    await page.getByRole('button', { name: 'Try again' }).click();
    expect(await page.locator('crowdcue-game .sheet').count()).toBe(0);
    browser.missing.clear();
    await expect.poll(async () => {
      await page.getByRole('button', { name: 'Try again' }).click({ timeout: 500 }).catch(() => undefined);
      return page.locator('crowdcue-game .sheet').count();
    }).toBe(1);
    expect(await page.locator('crowdcue-game .sheet').evaluate((sheet) => (window['getComputedStyle'] as (e: unknown) => { position: string })(sheet).position)).toBe('absolute');
    expect(await page.getByText('Your rewards did not load.').count()).toBe(0);
    await page.getByRole('button', { name: 'Claim' }).click();
    await page.getByText('No. 1 of 100').first().waitFor();
  });

  it('[ELM13] keeps the game in place under a notice while the room holds or the connection is away, and ends with words', async () => {
    await live('tug');
    await page.locator('crowdcue-game .pad').first().waitFor(); // the game is loaded when it is first wanted
    await page.evaluate(() => (Object.assign(window.session, { hold: true }), window.session.emit('hold', true)));
    await page.getByText('One moment…').waitFor();
    await page.evaluate(() => (Object.assign(window.session, { status: 'reconnecting' }), window.session.emit('reconnecting', {})));
    await page.getByText('Reconnecting').waitFor();
    expect(await page.locator('crowdcue-game .pad').count()).toBe(2);
    await page.evaluate(() => window.session.emit('closed', { code: 4103, reason: 'taken_over' }));
    await page.getByText('Playing somewhere else').first().waitFor();
    await page.getByRole('button', { name: 'Play here' }).click();
    await page.locator('crowdcue-game .pad').first().waitFor();
  });

  it('[ELM14] fits 320 pixels and a corner of a video without a sideways scroll, and reads at 4.5:1 on any accent', async () => {
    await page.setViewportSize({ width: 320, height: 420 });
    for (const game of ['tug', 'quickdraw']) { // the others: games-browser.test.ts
      await live(game);
      await page.locator('crowdcue-game .pad').first().waitFor();
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320);
    }
    const worst = await page.evaluate(CONTRAST) as Record<string, number>;
    for (const [what, ratio] of Object.entries(worst)) expect.soft(ratio, what).toBeGreaterThanOrEqual(4.5);
    expect(browser.problems).toEqual([]);
  });

  /** Event time is the test's. */
  const at = (time: number): Promise<void> => page.evaluate((now) => void (window.session.eventTime = () => now), time);
  const delays = (): Promise<unknown> => page.evaluate(() => window.session.delays);
  const offer = () => page.locator('crowdcue-game .tap-flash');

  it('[CLK21] asks for taps when the picture flashes and nothing better is known of it; a finger and a key count when they go down', async () => {
    await at(100_000);
    await page.evaluate((from) => window.session.change({ flashFrom: from }), 100_500);
    await offer().waitFor();

    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: join(SHOTS, `element-tap-${colorScheme}.png`) });
    }
    await page.setViewportSize({ width: 320, height: 360 });
    await page.screenshot({ path: join(SHOTS, 'element-tap-corner.png') });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
    for (const [i, flash] of flashTimes(100_500).slice(0, 4).entries()) {
      await at(flash + 7_000 + 250);
      if (i % 2 === 0) await offer().dispatchEvent('pointerdown', { button: 0 });
      else await offer().press(i === 1 ? ' ' : 'Enter');
      await expect.poll(() => page.locator('crowdcue-game .dots i.on').count()).toBe(i < 3 ? i + 1 : 0);
    }
    await page.getByText('Your picture is 7.0 seconds late').waitFor();
    await page.screenshot({ path: join(SHOTS, 'element-tapped.png') });
    const told = await delays() as { delay: number; error: number }[];
    expect(told).toHaveLength(1);
    expect(Math.abs(told[0]!.delay - 7_000)).toBeLessThan(60); // the time that the browser took to hand the events on
    expect(told[0]!.error).toBeLessThan(200);
    expect(await page.evaluate(() => window.events.filter((event) => event.startsWith('crowdcue-delay')).length)).toBe(1);
    expect(browser.problems).toEqual([]);
  });

  it('[CLK21] does not ask in a round, nor after it was put away, nor whose player knows', async () => {
    await at(100_000);
    await page.evaluate(() => window.session.change({ flashFrom: 100_500 }));
    await offer().waitFor();
    await live('tug');
    await page.locator('crowdcue-game .pad.left').waitFor();
    expect(await offer().count()).toBe(0);
    await page.evaluate(() => window.session.change({ phase: 'idle' }));
    await offer().waitFor();
    await page.locator('crowdcue-game').getByRole('button', { name: 'Not now' }).click();
    await page.locator('crowdcue-game .crowd').waitFor({ state: 'attached' });
    await page.evaluate(() => window.session.change({ flashFrom: 100_600 })); // another series
    await offer().waitFor();
    await page.evaluate(() => {
      const element = document.querySelector('crowdcue-game') as unknown as { attachPlayer(player: unknown): void };
      const cue = { startTime: 10, value: { key: 'X-CROWDCUE-TIME', data: '96000' } };
      const player = { currentTime: 10, paused: false, seeking: false, readyState: 4, textTracks: [{ kind: 'metadata', mode: 'hidden', cues: [cue] }] };
      element.attachPlayer(Object.assign(new EventTarget(), player));
    });
    await page.evaluate(() => window.session.change({ flashFrom: 100_700 }));
    await page.locator('crowdcue-game .crowd').waitFor({ state: 'attached' });
    expect(await delays()).toEqual([{ delay: 4_000, error: 100 }]);
  });

  it('[CLK22] follows the video that it is `for`, also one that comes later, and plays on when the clock cannot be loaded', async () => {
    const chunk = [...browser.modules.keys()].find((name) => name.includes('clock-desk'))!;
    browser.missing.add(chunk);
    const asked = page.waitForRequest((request) => request.url().endsWith(chunk));
    await page.evaluate(() => {
      (document.querySelector('crowdcue-game') as unknown as { setAttribute(name: string, value: string): void }).setAttribute('for', 'show');
      const video = document.createElement('video');
      Object.assign(video, { id: 'show' });
      document.body.append(video);
      window.session.change({});
    });
    await asked;
    await live('tug');
    await page.locator('crowdcue-game .pad.left').waitFor();
    expect(browser.problems).toEqual([]);
  });

  it('[CLK22] follows what has the name now: another video that takes it over, none once it is taken away, and what the page attached before either', async () => {
    // Each player is known by the marks that it alone has: hls.js' program date, or none.
    const set = (script: string): Promise<unknown> => page.evaluate(`{ const game = document.querySelector('crowdcue-game'); ${script} }`);
    const looked = (): Promise<unknown> => page.evaluate('window.looked.join()');
    await set(`window.looked = [];
      window.video = (name) => {
        const video = document.createElement('video');
        video.id = 'show';
        video.getStartDate = () => { if (!window.looked.includes(name)) window.looked.push(name); return new Date(NaN); };
        Object.defineProperties(video, { paused: { value: false }, readyState: { value: 4 } });
        return video;
      };
      window.first = window.video('first');
      game.setAttribute('for', 'show');
      document.body.append(window.first);
      window.session.change({ packagerEpoch: 1, packagerError: 1 });`);
    await expect.poll(looked).toBe('first');
    await set(`window.first.replaceWith(window.video('second'));
      window.session.change({});`);
    await expect.poll(looked).toBe('first,second');
    await set(`window.looked.length = 0;
      game.removeAttribute('for');
      window.session.change({});
      game.attachPlayer(window.video('attached'));`);
    await expect.poll(looked).toBe('attached');
    await set(`game.setAttribute('for', 'show');
      window.session.change({});`);
    await page.evaluate('document.querySelector("crowdcue-game").updateComplete');
    expect(await looked()).toBe('attached');
    await set('window.looked.length = 0; game.attachPlayer(undefined);');
    await expect.poll(looked).toBe('second');
    expect(browser.problems).toEqual([]);
  });

  it('[ELM19] out of the page it listens to no session, runs no timer and opens none, whatever is set on it; back in it, it plays on', async () => {
    const state = (): Promise<unknown> => page.evaluate(() => [window.session.listening, window['opened']]);
    await page.evaluate(`{
      const game = document.querySelector('crowdcue-game');
      const { open } = game;
      window.opened = 0;
      game.open = () => (window.opened++, open());
      game.setAttribute('for', 'show');
      window.game = game;
      const running = (window.running = new Set());
      const { setInterval, clearInterval } = window;
      window.setInterval = (...given) => { const id = setInterval(...given); running.add(id); return id; };
      window.clearInterval = (id) => { running.delete(id); clearInterval(id); };
      localStorage.setItem('crowdcue.captions', 'en 1');
      game.remove();
    }`);
    await expect.poll(state).toEqual([{}, 0]);
    await page.evaluate('document.body.append(window.game)');
    await page.locator('crowdcue-captions').waitFor({ state: 'attached' });
    await page.evaluate('window.moved = document.createElement("div"); document.body.append(window.moved); window.moved.append(window.game)'); // moved
    await expect.poll(() => page.evaluate(() => window.session.listening['caption'])).toBe(1);
    expect([await page.evaluate('window.opened'), await page.evaluate('window.running.size > 0')]).toEqual([1, true]);
    await page.evaluate('window.game.remove()');
    await expect.poll(state).toEqual([{}, 1]);
    await page.evaluate('(window.game.event = "GHIJKL", window.game.setAttribute("for", "other"), window.game.lang = "de", window.game.updateComplete)');
    expect(await state()).toEqual([{}, 1]);
    expect(await page.evaluate('window.running.size')).toBe(0);
    await page.evaluate('document.body.append(window.game)');
    await page.locator('crowdcue-game [data-stage=idle]').waitFor();
    expect(await page.evaluate('window.opened')).toBe(2);
    await page.evaluate('localStorage.clear()');
    expect(browser.problems).toEqual([]);
  });

  it('[ELM18] a view and a part that did not load come by themselves once the network brings them, though nothing else happens', async () => {
    const parts = ['/sound.js', [...browser.modules].find(([name, code]) => name.startsWith('/view') && code.includes('crowdcue-tug'))![0]];
    for (const part of parts) browser.missing.add(part);
    const refused = Promise.all(parts.map((part) => page.waitForEvent('requestfailed', (request) => request.url().endsWith(part))));
    await browser.enter('', '{ const { setTimeout } = window; window.setTimeout = (run, ms, ...given) => setTimeout(run, ms >= 2000 ? ms / 20 : ms, ...given); }'); // no test waits for seconds
    await live('tug');
    await refused;
    await page.getByText('This round needs a newer page').waitFor();
    expect(await page.getByRole('button', { name: 'Sound' }).count()).toBe(0);
    browser.missing.clear();
    await page.locator('crowdcue-game .pad.left').waitFor();
    await page.getByRole('button', { name: 'Sound' }).waitFor();
    expect(browser.problems).toEqual([]);
  });

  it('[SND3] makes no sound until the viewer turns it on, remembers that, and neither offers nor makes any where it is muted', async () => {
    await page.evaluate(() => {
      window['made'] = 0;
      const { prototype } = window['AudioContext'] as { prototype: { createOscillator: () => unknown } };
      const { createOscillator } = prototype;
      prototype.createOscillator = function (this: unknown) {
        (window['made'] as number)++;
        return createOscillator.call(this as never);
      };
    });
    const made = (): Promise<number> => page.evaluate(() => window['made'] as number);
    const round = async (number: number): Promise<void> => {
      const entered = (stage: string): Promise<unknown> => page.locator(`section[data-stage=${stage}]`).waitFor();
      await page.evaluate((n) => { const { session } = window; session.change({ phase: 'armed', round: n, game: 'tug', startsAt: session.eventTime() + 60_000, endsAt: session.eventTime() + 90_000 }); }, number);
      await entered('armed');
      await page.evaluate(() => { const { session } = window; session.change({ phase: 'live', startsAt: session.eventTime(), endsAt: session.eventTime() + 30_000 }); });
      await entered('live');
      await page.evaluate(() => window.session.change({ phase: 'idle' }));
      await entered('idle');
    };
    const button = page.getByRole('button', { name: 'Sound' });
    await button.waitFor();
    expect(await button.getAttribute('aria-pressed')).toBe('false');
    await round(1);
    expect(await made()).toBe(0);
    await button.click();
    expect(await button.getAttribute('aria-pressed')).toBe('true');
    expect(await page.evaluate('localStorage.getItem("crowdcue.sound")')).toBe('on');
    const before = await made();
    await round(2);
    expect(await made()).toBeGreaterThan(before);
    await page.evaluate(() => (document.querySelector('crowdcue-game')['setAttribute'] as (name: string, value: string) => void)('muted', ''));
    await page.evaluate(() => (document.querySelector('crowdcue-game')['requestUpdate'] as () => void)());
    await button.waitFor({ state: 'detached' });
    const silent = await made();
    await round(3);
    expect(await made()).toBe(silent);
    await page.evaluate('localStorage.clear()');
    expect(browser.problems).toEqual([]);
  });
});

interface ParentNodeLike { querySelector(q: string): Record<string, unknown> }

/** Sets accents all over sRGB on the element and reads what the tokens make of them: the worst contrast of each pair, light and dark. */
const CONTRAST = `(() => {
  const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  const element = document.querySelector('crowdcue-game');
  const probe = document.createElement('i');
  element.shadowRoot.append(probe);
  const y = (value) => {
    probe.style.color = value;
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = getComputedStyle(probe).color;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => { const [x, z] = [y(a), y(b)]; return (Math.max(x, z) + 0.05) / (Math.min(x, z) + 0.05); };
  const worst = {};
  for (const theme of ['light', 'dark']) {
    element.setAttribute('theme', theme);
    for (let r = 0; r < 256; r += 51) for (let g = 0; g < 256; g += 51) for (let b = 0; b < 256; b += 51) {
      element.style.setProperty('--cc-accent', 'rgb(' + r + ' ' + g + ' ' + b + ')');
      const ratios = { ink: contrast('var(--cc-accent-ink)', 'var(--cc-accent-fill)'), text: contrast('var(--cc-accent-text)', 'var(--cc-surface)'), page: contrast('var(--cc-accent-text)', 'var(--cc-bg)'), soft: contrast('var(--cc-text)', 'var(--cc-accent-soft)'), muted: contrast('var(--cc-text-muted)', 'var(--cc-accent-soft)'), kicker: contrast('var(--cc-accent-text)', 'var(--cc-accent-soft)') };
      for (const [what, ratio] of Object.entries(ratios)) worst[theme + ' ' + what] = Math.min(worst[theme + ' ' + what] ?? 99, ratio);
    }
  }
  return worst;
})()`;
