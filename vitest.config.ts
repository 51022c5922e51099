import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  resolve: {
    // Tests run the sources, so that a stale build can never pass.
    alias: [
      { find: /^@crowdcue\/games\/(views|texts|design-tokens)$/, replacement: `${source('.')}/games/src/$1.ts` },
      { find: /^@crowdcue\/client\/element$/, replacement: source('./client-sdk/src/element/index.ts') },
      { find: /^@crowdcue\/(protocol|games|server|relay|loadtest)$/, replacement: `${source('.')}/$1/src/index.ts` },
      { find: /^@crowdcue\/client$/, replacement: source('./client-sdk/src/index.ts') },
    ],
  },
  test: {
    include: ['*/test/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    env: { NODE_ENV: 'test' },
  },
});
