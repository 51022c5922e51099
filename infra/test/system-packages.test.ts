import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findOnPath } from '../lib/run.mjs';
import { fixture } from './fixture.js';

const HERE = new URL('../lib/system-packages.mjs', import.meta.url).href;
const CODE = `const { systemPrograms } = await import(${JSON.stringify(HERE)}); console.log('env=' + JSON.stringify(await systemPrograms()));`;

/** A folder of programs that stands for the whole path. */
const programs = (files: Record<string, string>): string => {
  const folder = fixture(files);
  for (const file of Object.keys(files)) chmodSync(join(folder, file), 0o755);
  return folder;
};

const run = (folder: string, env: Record<string, string> = {}): { said: string; env: Record<string, string> } => {
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', CODE], { encoding: 'utf8', env: { PATH: folder, ...env } });
  const [said, found] = stdout.split('env=');
  expect(stderr).toBe('');
  return { said: said!, env: JSON.parse(found!) as Record<string, string> };
};

// Where a Mac's Chrome is, is looked at whatever the path says.
const isMac = process.platform === 'darwin';

describe('programs that tests use', () => {
  it('are found on the path, and the tests get their paths', () => {
    const folder = programs({ chromium: '', 'chromium-headless-shell': '', 'redis-server': '', ffmpeg: '' });
    expect(run(folder)).toEqual({ said: '', env: { CROWDCUE_CHROMIUM: join(folder, 'chromium'), CROWDCUE_HEADLESS_SHELL: join(folder, 'chromium-headless-shell'), CROWDCUE_REDIS_SERVER: join(folder, 'redis-server'), CROWDCUE_FFMPEG: join(folder, 'ffmpeg') } });
  });

  it('are those that a variable names, first', () => {
    const folder = programs({ chromium: '', 'redis-server': '', mine: '' });
    const mine = join(folder, 'mine');
    expect(run(folder, { CROWDCUE_REDIS_SERVER: mine }).env['CROWDCUE_REDIS_SERVER']).toBe(mine);
    expect(run(folder, { CROWDCUE_REDIS_SERVER: join(folder, 'gone') }).env['CROWDCUE_REDIS_SERVER']).toBe(join(folder, 'redis-server'));
  });

  it('that are missing where nothing can be installed are told in one line each', () => {
    const { said, env } = run(programs({ chromium: '', 'chromium-headless-shell': '', ffmpeg: '' }));
    expect(env).not.toHaveProperty('CROWDCUE_REDIS_SERVER');
    expect(said).toBe('redis-server is not here: install it or set CROWDCUE_REDIS_SERVER to its path; the tests that need it are counted as skipped.\n');
    expect(run(programs({ chromium: '', 'redis-server': '', ffmpeg: '' })).said).toBe('chromium-headless-shell is not here: install it or set CROWDCUE_HEADLESS_SHELL to its path; tests of pages take Chromium instead, and longer.\n');
  });

  const isRootOnDebian = process.getuid?.() === 0 && existsSync('/etc/debian_version');
  it.skipIf(!isRootOnDebian || isMac)('that are missing are installed by root on Debian, all by one call, and it is said', () => {
    const folder = programs({ 'apt-get': '#!/bin/sh\necho "$@" >> "$(dirname "$0")/calls"\ncase "$*" in *install*) cd "$(dirname "$0")"; : > chromium; : > chromium-headless-shell; : > redis-server; : > ffmpeg; chmod 755 chromium chromium-headless-shell redis-server ffmpeg;; esac\n' });
    for (const name of ['timeout', 'dirname', 'chmod']) symlinkSync(findOnPath(name)!, join(folder, name));
    const { said, env } = run(folder);
    expect(said).toContain('installing chromium, chromium-headless-shell, redis-server, ffmpeg with apt-get (you are root on Debian)');
    expect(env).toEqual({ CROWDCUE_CHROMIUM: join(folder, 'chromium'), CROWDCUE_HEADLESS_SHELL: join(folder, 'chromium-headless-shell'), CROWDCUE_REDIS_SERVER: join(folder, 'redis-server'), CROWDCUE_FFMPEG: join(folder, 'ffmpeg') });
    expect(readFileSync(join(folder, 'calls'), 'utf8').split('\n')).toEqual(['-q update', '-q install -y --no-install-recommends chromium chromium-headless-shell redis-server ffmpeg', '']);
  });

  it.skipIf(!isRootOnDebian)('that cannot be installed leave the tests to be skipped, with a line that says so', () => {
    const folder = programs({ chromium: '', 'apt-get': '#!/bin/sh\nexit 100\n' });
    symlinkSync(findOnPath('timeout')!, join(folder, 'timeout'));
    const { said, env } = run(folder);
    expect(said).toContain('apt-get failed (exit 100).');
    expect(said).toContain('redis-server is not here');
    expect(env).toEqual({ CROWDCUE_CHROMIUM: join(folder, 'chromium') });
  });
});
