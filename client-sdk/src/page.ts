/** What the SDK wants to know of the browser's page; nothing of it happens in Node. */
export interface PageEvents {
  /** The page is looked at, or not. */
  visible(on: boolean): void;
  /** The network came back. */
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
  visible();
  return () => stop.abort();
};
