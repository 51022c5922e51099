import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ROOT } from './root.mjs';
import { CommandError } from './steps.mjs';

const SHOWN = 30; // lines of a failed command that are shown from its start (npm's reason) and from its end (a stack's)

const shorten = (output) => {
  const lines = output.trimEnd().split('\n').filter((line) => !line.includes('EBADENGINE'));
  return lines.length <= 2 * SHOWN ? lines : [...lines.slice(0, SHOWN), '…', ...lines.slice(-SHOWN)];
};

/** Runs a program and keeps what it says; rejects with its last lines when it fails. */
export const runQuiet = (command, args, { cwd = ROOT, env = process.env, what = command } = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
    child.on('error', (error) => reject(new CommandError(`${what} could not be started: ${error.message}`)));
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(output);
      return reject(new CommandError(`${what} failed (${signal ?? `exit ${code}`}).`, { details: shorten(output).join('\n') }));
    });
  });

/** Runs a program on this terminal; resolves to its exit code. SIGINT and SIGTERM are handed on. */
export const runLoud = (command, args, { cwd = ROOT, env = process.env } = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: 'inherit' });
    const forward = (signal) => child.kill(signal);
    process.on('SIGINT', forward).on('SIGTERM', forward);
    child.on('error', (error) => reject(new CommandError(`${command} could not be started: ${error.message}`)));
    child.on('close', (code) => {
      process.off('SIGINT', forward).off('SIGTERM', forward);
      resolve(code ?? 1);
    });
  });

/** Where `name` stands on PATH, or undefined. */
export const findOnPath = (name) =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, name))
    .find((path) => isExecutable(path));

/** Whether `path` can be run. */
export const isExecutable = (path) => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};
