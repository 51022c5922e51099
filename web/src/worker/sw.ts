/**
 * The service worker of viewers' pages: keeps what a page needs to open, so that it opens without a network and can say so. Pages are asked
 * for anew first, files whose name is made of their content are taken as they are kept, and nothing else is touched: no answer of the
 * origin's API is ever kept. A page of another build throws away what the build before it needed.
 */
const CACHE = 'crowdcue-shell';
/** Whoever has waited this long for a page gets the one that is kept, ms. */
const PAGE_MS = 4_000;
/** Paths below the installation's root. */
const PAGE = /^(join|embed)\/[^/]+$/;
const FILE = /^assets\/[^/]+\.js$/;
const ENTRY = /^element\.js$/;

/** What of the worker's global is used here; the page's types know no worker. */
interface WorkerScope {
  readonly registration: { readonly scope: string };
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install' | 'activate', heard: (event: Waiting) => void): void;
  addEventListener(type: 'message', heard: (event: Waiting & { readonly data: unknown }) => void): void;
  addEventListener(type: 'fetch', heard: (event: Waiting & { readonly request: Request; respondWith(answer: Promise<Response>): void }) => void): void;
}
interface Waiting { waitUntil(work: Promise<unknown>): void }

const worker = self as unknown as WorkerScope;

const bare = (url: string): string => {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
};
/** The path of an address below this installation's root; "" of any other. */
const pathOf = (url: string): string => (url.startsWith(worker.registration.scope) ? bare(url).slice(worker.registration.scope.length) : '');

const put = async (cache: Cache, url: string, fresh: Response): Promise<void> => {
  if (!fresh.ok) return;
  if (PAGE.test(pathOf(url))) {
    const before = await cache.match(url);
    // All pages come from one build: when one has changed, the files of the others are of no use either.
    if (before !== undefined && before.headers.get('etag') !== fresh.headers.get('etag')) for (const request of await cache.keys()) await cache.delete(request);
  }
  await cache.put(url, fresh);
};

const newest = async (request: Request, event: Waiting): Promise<Response> => {
  const url = bare(request.url);
  const cache = await caches.open(CACHE);
  const kept = await cache.match(url);
  const asked = fetch(request);
  event.waitUntil(asked.then((fresh) => put(cache, url, fresh.clone())).catch(() => undefined));
  if (kept === undefined) return asked;
  const late = new Promise<Response>((resolve) => setTimeout(() => resolve(kept), PAGE_MS));
  return Promise.race([asked.catch(() => kept), late]);
};

const kept = async (request: Request, event: Waiting): Promise<Response> => {
  const cache = await caches.open(CACHE);
  const found = await cache.match(request.url);
  if (found !== undefined) return found;
  const asked = fetch(request);
  event.waitUntil(asked.then((fresh) => put(cache, request.url, fresh.clone())).catch(() => undefined));
  return asked;
};

/** What a page had loaded before there was a worker. */
const keep = async (urls: readonly unknown[]): Promise<void> => {
  const cache = await caches.open(CACHE);
  for (const given of urls) {
    if (typeof given !== 'string') continue;
    const url = bare(given);
    if (![PAGE, FILE, ENTRY].some((kind) => kind.test(pathOf(url))) || (await cache.match(url)) !== undefined) continue;
    await fetch(url).then((fresh) => put(cache, url, fresh), () => undefined);
  }
};

worker.addEventListener('install', (event) => event.waitUntil(worker.skipWaiting()));
worker.addEventListener('activate', (event) => event.waitUntil(worker.clients.claim()));
worker.addEventListener('message', (event) => {
  if (Array.isArray(event.data)) event.waitUntil(keep(event.data));
});
worker.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET') return;
  const path = pathOf(request.url);
  if (FILE.test(path)) event.respondWith(kept(request, event));
  else if (ENTRY.test(path) || (PAGE.test(path) && request.mode === 'navigate')) event.respondWith(newest(request, event));
});
