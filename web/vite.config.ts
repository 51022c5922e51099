/**
 * Builds the pages into `web/dist`. Addresses in the output are relative (`base: './'`) and each page names the installation's
 * root in its own `<base>`, so the same build works at the root of a host and under any path prefix (see README.md).
 * The other workspaces come from their sources: a page never carries a stale build of them.
 */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here('.'),
  base: './',
  publicDir: false,
  resolve: {
    alias: [
      { find: /^@crowdcue\/games\/(views|design-tokens)$/, replacement: `${here('..')}/games/src/$1.ts` },
      { find: /^@crowdcue\/client\/element$/, replacement: here('../client-sdk/src/element/index.ts') },
      { find: /^@crowdcue\/client$/, replacement: here('../client-sdk/src/index.ts') },
      { find: /^@crowdcue\/(protocol|games)$/, replacement: `${here('..')}/$1/src/index.ts` },
    ],
  },
  build: {
    outDir: here('./dist'),
    emptyOutDir: true,
    target: ['chrome111', 'edge111', 'firefox114', 'safari16.4'],
    sourcemap: true,
    modulePreload: { polyfill: false },
    rollupOptions: { input: { index: here('./index.html'), host: here('./host.html'), join: here('./join.html') } },
  },
});
