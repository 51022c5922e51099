/** Address of `path` below the installation's root, which each page names in its `<base>`; `path` has no leading slash. */
export const siteUrl = (path: string, base: string = document.baseURI): string => new URL(path, base).href;

/** Address of the installation without a slash at its end: what the SDK calls its origin. */
export const siteOrigin = (base: string = document.baseURI): string => siteUrl('.', base).replace(/\/$/, '');

/** What sets this installation apart in storage that it shares with others of the same host name. */
export const sitePath = (base: string = document.baseURI): string => new URL('.', base).pathname;
