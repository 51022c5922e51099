/** What the SDK wants to know of the browser's page; nothing of it happens in Node. */
export interface PageEvents {
  /** The page is looked at, or not. */
  visible(on: boolean): void;
  /** The network came back, or the page after it stood still. */
  online(): void;
  /** The page goes away, maybe for a reload. */
  leaving(): void;
}

/** Listens until the returned function is called. */
export const watchPage = (events: PageEvents): (() => void) => {
  if (typeof document === 'undefined') return () => {};
  const stop = new AbortController();
  const { signal } = stop;
  const visible = (): void => events.visible(document.visibilityState !== 'hidden');
  document.addEventListener('visibilitychange', visible, { signal });
  addEventListener('online', () => events.online(), { signal });
  addEventListener('pagehide', () => events.leaving(), { signal });
  // A page that the browser freezes, or keeps to go back to, runs no timer: what waits goes out before, and afterwards nobody waits longer.
  document.addEventListener('freeze', () => events.visible(false), { signal });
  const back = (): void => (visible(), events.online());
  document.addEventListener('resume', back, { signal });
  addEventListener('pageshow', back, { signal });
  visible();
  return () => stop.abort();
};
