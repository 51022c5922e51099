import { errorOf } from './reply.js';
import { route, type Route } from './router.js';
import { StaticFiles } from './static-files.js';

/** A folder of modules and where it stands below the root; the address changes with any of the files. */
export interface ViewFolder {
  readonly prefix: string;
  readonly folder: string;
}

/** The same as for our own files under a hash. */
const FOR_EVER: Readonly<Record<string, string>> = { 'cache-control': 'public, max-age=31536000, immutable' };

/** The views of games from packages. Pages of other origins import the component from here, and these with it. */
export const gameViewRoutes = (views: readonly ViewFolder[]): Route[] => views.map(({ prefix, folder }) => {
  const files = new StaticFiles(folder);
  return route({ method: 'GET', path: `/${prefix}/*`, cors: 'any', handle: (call) => files.reply(call.params['*']!, call, FOR_EVER) ?? errorOf('not_found') });
});
