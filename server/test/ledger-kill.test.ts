import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { expect, it, onTestFinished } from 'vitest';
import { lmdbLedger } from '../src/ledger/index.js';
import { lmdbOutbox } from '../src/outbox/index.js';
import { openLmdbStore } from '../src/store/index.js';
import { handClock, tempDir } from './store-helper.js';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Bundles the child's TypeScript, so that the sources under test run, not a stale build. Inside the repository, for its packages. */
async function bundleChild(): Promise<string> {
  mkdirSync(here('../../test-output'), { recursive: true });
  const outDir = mkdtempSync(here('../../test-output/kill-'));
  onTestFinished(() => rmSync(outDir, { recursive: true, force: true }));
  await build({ configFile: false, logLevel: 'silent', build: { ssr: here('ledger-kill-child.ts'), outDir, target: 'node20', rollupOptions: { output: { entryFileNames: 'child.mjs' } } } });
  return join(outDir, 'child.mjs');
}

/** Runs the child until it has printed `enough` receipts, then kills it without warning. */
function runAndKill(script: string, path: string, from: number, enough: number): Promise<[viewer: number, serial: number][]> {
  const child = spawn(process.execPath, [script, path, String(from)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const receipts: [number, number][] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [viewer = 0, serial = 0] = line.split(' ').map(Number);
    receipts.push([viewer, serial]);
    if (receipts.length === enough) child.kill('SIGKILL');
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status, signal) => (signal === 'SIGKILL' ? resolve(receipts) : reject(new Error(`child ended with ${status ?? signal}`))));
  });
}

it('[LED19] keeps every receipt that was given out, and doubles none, when the process is killed -9', async () => {
  const script = await bundleChild();
  const path = tempDir();
  const printed: [number, number][] = [];
  for (const enough of [40, 137, 301]) {
    const next = Math.max(0, ...printed.map(([viewer]) => viewer)) + 100;
    printed.push(...(await runAndKill(script, path, printed.length === 0 ? 1 : next, enough)));

    const store = await openLmdbStore({ path });
    const ledger = lmdbLedger(store, handClock());
    const grants = (await ledger.entries('show', 1, 1_000_000)).filter(({ type }) => type === 'Granted');
    const byViewer = new Map(grants.map(({ viewer, serial }) => [viewer, serial]));
    expect(byViewer.size).toBe(grants.length);
    expect(new Set(byViewer.values()).size).toBe(grants.length);
    for (const [viewer, serial] of printed) expect(byViewer.get(viewer)).toBe(serial);
    expect(await ledger.reconcile('show')).toEqual([]);
    const messages = await lmdbOutbox(store, { maxAttempts: 1, leaseMs: 0 }).take(1_000_000, Number.MAX_SAFE_INTEGER - 1);
    // Looking leased the messages of the round before, so they come in another order.
    expect(messages.map(({ entry }) => entry.seq).sort((a, b) => a - b)).toEqual(grants.map(({ seq }) => seq));
    await store.close();
  }
  expect(printed.length).toBeGreaterThanOrEqual(478);
});
