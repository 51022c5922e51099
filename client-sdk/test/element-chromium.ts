/** A page with the element on it, in a Chromium of its own: built from the sources, with a session and a network that the test cranks by hand. */
import type { BrowserContext, Page } from 'playwright-core';
import { openChromium, type Chromium } from '../../web/test/browser.js';
import { bundleElement } from './element-bundle.js';

declare const window: { session: unknown } & Record<string, unknown>;
declare const document: { body: { append(...nodes: unknown[]): void }; createElement(name: string): Record<string, unknown> };

const ADDRESS = 'http://element.test/';
const STYLE = 'html,body{margin:0;height:100%}body{background:light-dark(#f4f5f8,#0a0c11);color-scheme:light dark}';

export interface ElementPageOptions {
  readonly width: number;
  readonly height: number;
  /** What the origin says of the event. */
  readonly card: Readonly<Record<string, unknown>>;
  /** Rules of the page around the element. */
  readonly style?: string;
  /** A policy that allows no inline style, the page's own neither. */
  readonly strict?: boolean;
}

export class ElementPage {
  /** Modules that the network does not bring. */
  readonly missing = new Set<string>();
  /** Whether the origin answers. */
  online = true;

  private constructor(
    private readonly browser: Chromium, readonly page: Page, readonly context: BrowserContext,
    /** What the page complains of: errors, and what its policy forbade. */
    readonly problems: string[],
    /** The page's modules by address. */
    readonly modules: ReadonlyMap<string, string>, private readonly options: ElementPageOptions,
  ) {}

  static async start(executablePath: string, options: ElementPageOptions): Promise<ElementPage> {
    const modules = await bundleElement();
    const browser = openChromium(executablePath);
    const { page, context, problems } = await browser.person({ width: options.width, height: options.height });
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) problems.push(message.text());
    });
    const element = new ElementPage(browser, page, context, problems, modules, options);
    await element.#serve();
    return element;
  }

  async #serve(): Promise<void> {
    const { card, style = '', strict = false } = this.options;
    await this.context.route(`${ADDRESS}**`, (route) => {
      const { pathname } = new URL(route.request().url());
      const code = this.modules.get(pathname);
      if (this.missing.has(pathname) || (pathname.startsWith('/api/') && !this.online)) return route.abort();
      if (code !== undefined) return route.fulfill({ contentType: 'text/javascript', body: code });
      if (pathname.startsWith('/api/')) return route.fulfill({ json: card });
      return route.fulfill({
        contentType: 'text/html', headers: strict ? { 'content-security-policy': "style-src 'none'; script-src 'self'" } : {},
        body: `<!doctype html><html lang="en"><title>element</title><meta name="viewport" content="width=device-width">
          ${strict ? '' : `<style>${STYLE}${style}</style>`}<body><script type="module" src="/page.js"></script>`,
      });
    });
  }

  /** Loads the page anew, without an element; `HandSession` is there. What this device keeps stays, the tab's storage goes. */
  async load(): Promise<void> {
    await this.page.goto(ADDRESS);
    await this.page.evaluate('sessionStorage.clear()'); // the choice of a round outlives a reload
    await this.page.waitForFunction('typeof HandSession === "function"');
  }

  /** Loads the page anew, with an element that is in an event; its session is `window.session`. `before`: a script that runs before the element is made. */
  async enter(lang = '', before = ''): Promise<void> {
    await this.load();
    await this.page.evaluate(before);
    await this.page.evaluate((language) => {
      const session = new (window['HandSession'] as new () => unknown)();
      const element = document.createElement('crowdcue-game');
      Object.assign(element, { event: 'ABCDEF', lang: language, open: () => Promise.resolve(session) });
      window.session = session;
      document.body.append(element);
    }, lang);
    await this.page.locator('crowdcue-game [data-stage=idle]').waitFor();
  }

  close(): Promise<void> {
    return this.browser.close();
  }
}
