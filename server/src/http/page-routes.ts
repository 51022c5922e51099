import { errorOf, type Reply } from './reply.js';
import type { Request } from './request.js';
import { route, type Route } from './router.js';
import type { StaticFiles } from './static-files.js';

/** Relays, streams and sponsors' pictures live elsewhere, hence `connect-src`, `media-src` and `img-src`; styles are set by components as they render. */
const policy = (frameAncestors: string): string =>
  ["default-src 'self'", "script-src 'self'", "style-src 'self' 'unsafe-inline'", "img-src 'self' data: blob: https:", 'media-src * blob:',
    "connect-src 'self' ws: wss: http: https:", "object-src 'none'", "base-uri 'self'", "form-action 'self'", `frame-ancestors ${frameAncestors}`].join('; ');

/** The page for other people's frames is nothing but the component, which needs no more than this. */
const embedPolicy = (frameAncestors: string): string =>
  ["default-src 'none'", "script-src 'self'", "worker-src 'self'", "img-src 'self' data: https:", "connect-src 'self' ws: wss: http: https:", "base-uri 'self'", "form-action 'none'",
    `frame-ancestors ${frameAncestors}`].join('; ');

/** The console is never framed: a press on it must be meant. An event's pages are, by the origins that its host names; the others by ours. */
const CONSOLE: Readonly<Record<string, string>> = {
  'content-security-policy': policy("'none'"), 'x-frame-options': 'DENY', 'cross-origin-opener-policy': 'same-origin',
};
const VIEWER: Readonly<Record<string, string>> = { 'content-security-policy': policy("'self'"), 'cross-origin-opener-policy': 'same-origin' };

/**
 * The component's entry keeps its address, so pages ask again whether it changed, but show the one they have meanwhile, also while
 * there is no network. What it imports is named by its content.
 */
const ENTRY_CACHE = 'public, max-age=60, stale-while-revalidate=86400, stale-if-error=604800';

const NOT_BUILT = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Crowdcue</title>
<body style="font: 18px/1.5 system-ui; margin: 4rem auto; max-width: 32rem; padding: 0 1rem">
<h1>The pages are not built</h1><p>The origin runs, but finds no pages. Stop it, run <code>npm run build</code>, and start it again;
<code>npm start</code> does all of it.</p>`;

/** The pages and their files. */
export const pageRoutes = (files: StaticFiles, framedBy: (idOrCode: string) => readonly string[]): Route[] => {
  type Headers = Readonly<Record<string, string>>;
  const page = (path: string, name: string, headers: Headers | ((code: string) => Headers)): Route =>
    route({ method: 'GET', path, early: true, handle: (call) => (files.built ? file(name, call, typeof headers === 'function' ? headers(call.params['code']!) : headers) : notBuilt()) });
  const ofEvent = (policyFor: (frameAncestors: string) => string) => (code: string): Headers =>
    ({ ...VIEWER, 'content-security-policy': policyFor(["'self'", ...framedBy(code)].join(' ')) });
  const file = (name: string, request: Request, headers: Readonly<Record<string, string>> = {}): Reply =>
    files.reply(name, request, headers) ?? errorOf('not_found');
  return [
    page('/', 'index.html', VIEWER),
    page('/host', 'host.html', CONSOLE),
    page('/demo', 'demo.html', VIEWER),
    page('/join/:code', 'join.html', ofEvent(policy)),
    page('/embed/:code', 'embed.html', ofEvent(embedPolicy)),
    page('/report/:event/:drop', 'report.html', VIEWER),
    page('/signed-in/twitch', 'signed-in.html', CONSOLE), // never framed: what it shows is for who signed in
    page('/overlay/:event', 'overlay.html', CONSOLE), // nobody clicks there, and nobody frames it
    // Pages of other origins may import the component from here.
    route({ method: 'GET', path: '/assets/*', early: true, cors: 'any', handle: (call) => file(`assets/${call.params['*']}`, call) }),
    // Whatever else stands beside the pages, by its name: the component's entry, whose address must not change.
    ...files.names.map((name) => route({ method: 'GET', path: `/${name}`, early: true, cors: 'any', handle: (call) => file(name, call, name === 'element.js' ? { ...VIEWER, 'cache-control': ENTRY_CACHE } : VIEWER) })),
  ];
};

const notBuilt = (): Reply => ({
  status: 503,
  headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', 'retry-after': '10', 'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'" },
  body: NOT_BUILT,
});
