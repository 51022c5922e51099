/** Chromium for tests: where it is, how it is started, screenshots in both sizes and both themes, and what axe-core says. */
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type BrowserContext, type Locator, type Page } from 'playwright-core';

const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
export const SCREENSHOTS = fileURLToPath(new URL('../../test-output/screenshots/', import.meta.url));

export const PHONE = { width: 390, height: 844 };
export const DESKTOP = { width: 1440, height: 900 };

const path = [process.env['CROWDCUE_HEADLESS_SHELL'], '/usr/bin/chromium-headless-shell', process.env['CROWDCUE_CHROMIUM'], '/usr/bin/chromium'].find((each) => each && existsSync(each));

/** The browser's executable, if there is one: the headless shell first, which has no tabs. */
export const chromiumPath: string | undefined = path;

export interface Chromium {
  /** A person with a browser of its own: nothing is shared with the others. `problems` collects what its pages complain of. */
  person(size: { width: number; height: number }): Promise<{ readonly page: Page; readonly context: BrowserContext; readonly problems: string[] }>;
  close(): Promise<void>;
}

/** Each person gets an own process with a new, empty profile: contexts of one browser would share its HTTP cache and its focus. */
export const openChromium = (executablePath: string, more: { readonly args?: readonly string[]; readonly ignoreHTTPSErrors?: boolean } = {}): Chromium => {
  const open: { context: BrowserContext; profile: string }[] = [];
  return {
    async person(size) {
      const profile = await mkdtemp(join(tmpdir(), 'crowdcue-chromium-'));
      const context = await chromium.launchPersistentContext(profile, { executablePath, args: [...FLAGS, ...(more.args ?? [])], ignoreHTTPSErrors: more.ignoreHTTPSErrors ?? false, viewport: size, hasTouch: size === PHONE, acceptDownloads: false });
      open.push({ context, profile });
      const page = context.pages()[0] ?? (await context.newPage());
      page.setDefaultTimeout(15_000);
      const problems: string[] = [];
      page.on('pageerror', (error) => problems.push(error.message));
      return { page, context, problems };
    },
    async close() {
      for (const { context, profile } of open) {
        await context.close();
        await rm(profile, { recursive: true, force: true });
      }
    },
  };
};

const SIZES = { phone: PHONE, desktop: DESKTOP } as const;

const SETTLE_MS = 1_000; // a transition is over by then; what runs longer (a countdown's bar) is meant to be seen running

/** Waits for the transitions that a change of size or theme began, in every shadow tree (a document lists only its own), and for sheets on their way in. */
export const settled = (page: Page): Promise<void> =>
  page.evaluate(async (limit) => {
    await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(drawn)))); // a frame begins them
    const roots: (Document | ShadowRoot)[] = [document];
    for (const root of roots) for (const element of root.querySelectorAll('*')) if (element.shadowRoot !== null) roots.push(element.shadowRoot);
    // What was folded away while it moved stands still until it is shown again.
    const seen = ({ effect }: Animation): boolean => (effect as KeyframeEffect | null)?.target?.checkVisibility() !== false;
    const ending = roots.flatMap((root) => root.getAnimations()).filter(seen).filter((animation) => {
      const end = Number(animation.effect?.getComputedTiming().endTime ?? 0);
      const runs = (animation.effect as KeyframeEffect | null)?.target?.checkVisibility() === true; // in a closed <details> time stands still
      return runs && end - Number(animation.currentTime ?? 0) <= limit;
    });
    await Promise.race([Promise.allSettled(ending.map((animation) => animation.finished)), new Promise((over) => setTimeout(over, limit))]); // it may be closed meanwhile
  }, SETTLE_MS);

const picture = async (page: Page, name: string, size: keyof typeof SIZES, colorScheme: 'light' | 'dark', of: Page | Locator): Promise<void> => {
  await page.setViewportSize(SIZES[size]);
  await page.emulateMedia({ colorScheme });
  await settled(page);
  await of.screenshot({ path: join(SCREENSHOTS, `${name}-${size}-${colorScheme}.png`) });
};

/** Writes screenshots of what the page shows now, and puts its size back: four of the page in both sizes and themes, two of a `part`, small and dark, large and light. */
export const screenshots = async (page: Page, name: string, part?: Locator): Promise<void> => {
  await mkdir(SCREENSHOTS, { recursive: true });
  const before = page.viewportSize() ?? DESKTOP;
  for (const size of ['phone', 'desktop'] as const) {
    for (const colorScheme of ['light', 'dark'] as const) {
      if (part === undefined || (size === 'phone') === (colorScheme === 'dark')) await picture(page, name, size, colorScheme, part ?? page);
    }
  }
  await page.emulateMedia({ colorScheme: null });
  await page.setViewportSize(before);
};

/** Pixels that the page is wider than its window. */
export const sideways = (page: Page): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** What axe-core finds serious or critical: in the page, or in the part of it that lies `within` these, each in the shadow of the one before. */
export const serious = async (page: Page, within?: readonly string[]): Promise<unknown> => {
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(readFileSync(AXE, 'utf8'));
  await settled(page);
  const where = within === undefined ? 'document' : JSON.stringify({ include: [{ fromShadowDom: within }] });
  return page.evaluate(`axe.run(${where}, { resultTypes: ['violations'] }).then(({ violations }) => violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => [id, nodes.map(({ html }) => html.slice(0, 160))]))`);
};
