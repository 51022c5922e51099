/**
 * From a fresh checkout to something that runs, with Node and npm alone: installs what package-lock.json names, checks that
 * uWebSockets.js loads, compiles, and builds the pages. Each part is skipped when it is up to date; concurrent commands wait
 * for each other. Built-ins only: it runs before anything is installed.
 */
import './lib/require-node.mjs';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fingerprint } from './lib/fingerprint.mjs';
import { withLock } from './lib/lock.mjs';
import { isMain, ROOT, STATE } from './lib/root.mjs';
import { runQuiet } from './lib/run.mjs';
import { CommandError, runCommand, step } from './lib/steps.mjs';

const readJson = (path) => (existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined);

/**
 * Whether node_modules holds what the lock file asks for. npm leaves a stamp there, its own list of what it installed, as the
 * last step of an installation; entries for other platforms are missing from it.
 */
export const isInstalled = (root) => {
  const wanted = readJson(join(root, 'package-lock.json'))?.packages ?? {};
  const stamp = readJson(join(root, 'node_modules/.package-lock.json'))?.packages;
  if (stamp === undefined) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.includes('node_modules/')) return true; // the root and the workspaces themselves
    const have = stamp[path];
    if (have === undefined) return entry.optional === true || entry.peer === true || entry.devOptional === true;
    return have.version === entry.version && have.integrity === entry.integrity;
  });
};

const install = async () => {
  if (isInstalled(ROOT)) return;
  const npm = process.env.npm_execpath; // under `npm start`: the same npm, on every system
  const [command, args] = npm?.endsWith('js') ? [process.execPath, [npm]] : ['npm', []];
  await step('installing dependencies', async () => {
    await runQuiet(command, [...args, 'ci', '--no-audit', '--no-fund'], { what: 'npm ci' });
  });
};

const checkNative = () => {
  try {
    createRequire(join(ROOT, 'package.json'))('uWebSockets.js');
  } catch (error) {
    const libc = process.report?.getReport().header.glibcVersionRuntime;
    const here = `Node ${process.versions.node}, ${process.platform} ${process.arch}, ${libc ? `glibc ${libc}` : 'no glibc'}`;
    const needs = 'Node 20 with glibc 2.27, or Node 22 or 24 with glibc 2.38 (Debian 13, Ubuntu 24.04), or macOS or Windows';
    throw new CommandError(`uWebSockets.js has no binary that loads here (${here}). It needs ${needs}.`, {
      details: String(error.message).trim().split('\n').at(-1),
    });
  }
};

const compile = () =>
  step('compiling', async () => {
    await runQuiet(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-b'], { what: 'the TypeScript compiler' });
  });

const PAGE_SOURCES = ['web', 'client-sdk/src', 'games/src', 'protocol/src', 'package-lock.json'];

const buildPages = async () => {
  if (!existsSync(join(ROOT, 'web/package.json'))) return;
  const stamp = join(ROOT, 'node_modules/.cache/crowdcue/pages');
  const hash = fingerprint(ROOT, PAGE_SOURCES);
  if (existsSync(join(ROOT, 'web/dist')) && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  await step('building the pages', async () => {
    await runQuiet(process.execPath, [join(ROOT, 'node_modules/vite/bin/vite.js'), 'build', 'web'], { what: 'vite build web' });
  });
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, hash);
};

const locked = (work) =>
  withLock(join(STATE, 'bootstrap.lock'), work, {
    onWait: (pid) => console.log(`waiting for another command that builds here (process ${pid}) …`),
  });

/** Installs what is missing and checks that the native module loads. */
export const ensureInstalled = () =>
  locked(async () => {
    await install();
    checkNative();
  });

/** Installs and builds what is not up to date. */
export const bootstrap = () =>
  locked(async () => {
    await install();
    checkNative();
    await compile();
    await buildPages();
  });

if (isMain(import.meta.url)) await runCommand(async () => void (await bootstrap()));
