/** Processes that a test kills without warning while they write. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { onTestFinished } from 'vitest';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Bundles a child's TypeScript of `server/test`, so that the sources under test run, not a stale build. Inside the repository, for its packages. */
export async function bundleChild(file: string): Promise<string> {
  mkdirSync(here('../../../test-output'), { recursive: true });
  const outDir = mkdtempSync(here('../../../test-output/kill-'));
  onTestFinished(() => rmSync(outDir, { recursive: true, force: true }));
  await build({ configFile: false, logLevel: 'silent', build: { ssr: here(`../${file}`), outDir, target: 'node20', rollupOptions: { output: { entryFileNames: 'child.mjs' } } } });
  return join(outDir, 'child.mjs');
}

/** Runs the child until it has printed `enough` lines of numbers, then kills it; what it printed until it was dead. */
export function runAndKill(script: string, args: readonly string[], enough: number): Promise<number[][]> {
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: number[][] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (lines.push(line.split(' ').map(Number)) === enough) child.kill('SIGKILL');
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status, signal) => (signal === 'SIGKILL' ? resolve(lines) : reject(new Error(`child ended with ${status ?? signal}`))));
  });
}
