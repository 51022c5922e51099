import { errorOf, type Reply } from './reply.js';
import type { Request } from './request.js';
import { route, type Route } from './router.js';
import type { StaticFiles } from './static-files.js';

/** Relays and streams live elsewhere, hence `connect-src` and `media-src`; styles are set by components as they render. */
const policy = (frameAncestors: string): string =>
  ["default-src 'self'", "script-src 'self'", "style-src 'self' 'unsafe-inline'", "img-src 'self' data: blob:", 'media-src * blob:',
    "connect-src 'self' ws: wss: http: https:", "object-src 'none'", "base-uri 'self'", "form-action 'self'", `frame-ancestors ${frameAncestors}`].join('; ');

/** The console is never framed: a press on it must be meant. Viewers' pages may be, by the creator's site. */
const CONSOLE: Readonly<Record<string, string>> = {
  'content-security-policy': policy("'none'"), 'x-frame-options': 'DENY', 'cross-origin-opener-policy': 'same-origin',
};
/** A sponsor's picture may be anywhere; nobody clicks here, and nobody frames it. */
const OVERLAY: Readonly<Record<string, string>> = {
  'content-security-policy': policy("'none'").replace("img-src 'self'", "img-src 'self' https:"), 'x-frame-options': 'DENY', 'cross-origin-opener-policy': 'same-origin',
};
const VIEWER: Readonly<Record<string, string>> = { 'content-security-policy': policy('*'), 'cross-origin-opener-policy': 'same-origin' };

const NOT_BUILT = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Crowdcue</title>
<body style="font: 18px/1.5 system-ui; margin: 4rem auto; max-width: 32rem; padding: 0 1rem">
<h1>The pages are not built</h1><p>The origin runs, but finds no pages. Stop it, run <code>npm run build</code>, and start it again;
<code>npm start</code> does all of it.</p>`;

/** The pages and their files. */
export const pageRoutes = (files: StaticFiles): Route[] => {
  const page = (path: string, name: string, headers: Readonly<Record<string, string>>): Route =>
    route({ method: 'GET', path, early: true, handle: (call) => (files.built ? file(name, call, headers) : notBuilt()) });
  const file = (name: string, request: Request, headers: Readonly<Record<string, string>> = {}): Reply =>
    files.reply(name, request, headers) ?? errorOf('not_found');
  return [
    page('/', 'index.html', VIEWER),
    page('/host', 'host.html', CONSOLE),
    page('/join/:code', 'join.html', VIEWER),
    page('/overlay/:event', 'overlay.html', OVERLAY),
    // Pages of other origins may import the component from here.
    route({ method: 'GET', path: '/assets/*', early: true, cors: 'any', handle: (call) => file(`assets/${call.params['*']}`, call) }),
    // Whatever else stands beside the pages, by its name: the component's entry, whose address must not change.
    ...files.names.map((name) => route({ method: 'GET', path: `/${name}`, early: true, cors: 'any', handle: (call) => file(name, call, VIEWER) })),
  ];
};

const notBuilt = (): Reply => ({
  status: 503,
  headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', 'retry-after': '10', 'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'" },
  body: NOT_BUILT,
});
