import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, it, onTestFinished } from 'vitest';
import { lmdbLedger } from '../src/ledger/index.js';
import { openLmdbStore } from '../src/store/index.js';
import { handClock, tempDir } from './store-helper.js';
import { bundleChild, runAndKill } from './support/kill-child.js';
import { Shop } from './support/shop.js';

const AHEAD_MS = 60_000; // each life is a minute after the one before: longer than a lease

it('[HOK10] every message arrives, and in the order of its entitlement, however often the origin is killed -9 while it grants and delivers', async () => {
  const script = await bundleChild('webhooks-kill-child.ts');
  const [path, shop] = [tempDir(), await Shop.start()];
  let away = 0;
  shop.behave('/hook', (_, response) => void response.writeHead(++away % 7 === 0 ? 503 : 200).end()); // some fail, so that kills meet retries too
  const printed: number[] = [];
  for (const [life, enough] of [25, 60, 41].entries()) {
    const from = printed.length === 0 ? 1 : Math.max(...printed) + 50;
    const lines = await runAndKill(script, [path, shop.url('/hook'), String(from), String(life * AHEAD_MS)], enough);
    printed.push(...lines.map(([viewer = 0]) => viewer));
  }
  const child = spawn(process.execPath, [script, path, shop.url('/hook'), '0', String(3 * AHEAD_MS)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = once(child, 'exit');
  onTestFinished(() => void child.kill('SIGKILL'));
  for await (const line of createInterface({ input: child.stdout })) if (line === '0 0') child.kill('SIGKILL');
  await gone;

  const store = await openLmdbStore({ path });
  const entries = (await lmdbLedger(store, handClock()).entries('show', 1, 1_000_000)).filter(({ type }) => type === 'Granted' || type === 'Revoked');
  await store.close();
  const ids = entries.map(({ seq }) => `show:${seq}`);
  const first = new Map(shop.calls.toReversed().map((call) => [call.id, shop.calls.indexOf(call)]));
  expect([...first.keys()].toSorted()).toEqual(ids.toSorted());
  for (const viewer of printed) expect(entries.some((entry) => entry.type === 'Granted' && entry.viewer === viewer)).toBe(true);
  for (const { type, viewer, seq } of entries) {
    if (type !== 'Revoked') continue;
    const grant = entries.find((entry) => entry.type === 'Granted' && entry.viewer === viewer)!;
    expect(first.get(`show:${grant.seq}`)!).toBeLessThan(first.get(`show:${seq}`)!);
  }
  expect(printed.length).toBeGreaterThanOrEqual(126);
}, 120_000);
