import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Tests that start the built processes (`npm test` builds first). */
const SYSTEM = ['loadtest/test/system/*.test.ts'];
/** Tests that mostly wait, for leases to end, faults to pass, rounds to be over, or count and judge no time. Not the live stream: its pictures and scores are measured. */
const WAITING = [
  ...['bench', 'captions', 'chaos-links', 'chaos-origins', 'claims', 'fair-window', 'fuzz', 'games', 'kill-and-resume', 'load-tools', 'origins', 'quests', 'quickdraw', 'rehearsal', 'relays', 'show', 'soak', 'stock-sdk-churn', 'virtual-processes', 'webhook-tls', 'workers']
    .map((name) => `loadtest/test/system/${name}.test.ts`),
  'server/test/ledger-faults.test.ts', 'server/test/journal-redis-faults.test.ts',
];
/** Chromium. */
const BROWSER = ['*/test/*browser.test.ts'];

export default defineConfig({
  resolve: {
    // Tests run the sources, so that a stale build can never pass.
    alias: [
      { find: /^@crowdcue\/games\/(views|overlays|texts|design-tokens)$/, replacement: `${source('.')}/games/src/$1.ts` },
      { find: /^@crowdcue\/client\/sponsor-strip$/, replacement: source('./client-sdk/src/element/sponsor-view.ts') },
      { find: /^@crowdcue\/client\/element$/, replacement: source('./client-sdk/src/element/index.ts') },
      { find: /^@crowdcue\/client\/stream-clock$/, replacement: source('./client-sdk/src/stream-clock/index.ts') },
      { find: /^@crowdcue\/(protocol|games|server|relay|loadtest)$/, replacement: `${source('.')}/$1/src/index.ts` },
      { find: /^@crowdcue\/relay\/wire-socket$/, replacement: source('./relay/src/wire-socket.ts') },
      { find: /^@crowdcue\/client$/, replacement: source('./client-sdk/src/index.ts') },
    ],
  },
  test: {
    projects: [
      { extends: true, test: { name: 'parts', include: ['*/test/**/*.test.ts'], exclude: [...SYSTEM, ...WAITING, ...BROWSER], sequence: { groupOrder: 0 }, maxWorkers: 2 } },
      { extends: true, test: { name: 'waiting', include: WAITING, sequence: { groupOrder: 1 }, maxWorkers: 3 } },
      { extends: true, test: { name: 'browser', include: BROWSER, sequence: { groupOrder: 2 }, maxWorkers: 3 } },
      // A crowd, a benchmark, a live stream: one after the other, and after everything else, so that nothing starves them of a core.
      { extends: true, test: { name: 'system', include: SYSTEM, exclude: WAITING, sequence: { groupOrder: 3 }, maxWorkers: 1 } },
    ],
    pool: 'forks',
    testTimeout: 60_000, // only what hangs should reach it, also on a machine with much else to do
    hookTimeout: 120_000,
    expect: { poll: { timeout: 15_000 } },
    env: { NODE_ENV: 'test' },
  },
});
