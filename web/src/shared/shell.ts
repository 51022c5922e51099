import { siteUrl } from './site.js';

/** Has the service worker keep what this page is made of, so that it opens without a network. Where there can be no worker, it doesn't. */
export const keepShell = async (): Promise<void> => {
  if (!('serviceWorker' in navigator)) return;
  try {
    await navigator.serviceWorker.register(siteUrl('sw.js'));
    const { active } = await navigator.serviceWorker.ready;
    // From here on the worker sees what is loaded; before it, this is what was.
    active?.postMessage([location.href, ...performance.getEntriesByType('resource').map(({ name }) => name)]);
  } catch {
    // A browser that keeps nothing of pages in foreign frames, or at all.
  }
};
