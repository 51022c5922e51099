/**
 * package-lock.json installs on every system: npm leaves out optional packages that its registry could not give, and then
 * `npm ci` refuses the file everywhere. It also names no registry, so that it works with any.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readText } from './sources.mjs';

const isLocked = (packages, from, name) => {
  for (let at = from; ; at = at.slice(0, at.lastIndexOf('/node_modules/'))) {
    if (packages[`${at === '' ? '' : `${at}/`}node_modules/${name}`] !== undefined) return true;
    if (!at.includes('/node_modules/')) return packages[`node_modules/${name}`] !== undefined;
  }
};

/** Problems of the lock file. */
export const checkLockfile = (root) => {
  if (!existsSync(join(root, 'package-lock.json'))) return ['there is no package-lock.json'];
  const { packages } = JSON.parse(readText(root, 'package-lock.json'));
  return Object.entries(packages).flatMap(([path, entry]) => [
    ...Object.keys(entry.optionalDependencies ?? {}).filter((name) => !isLocked(packages, path, name))
      .map((name) => `package-lock.json lacks ${name}, an optional dependency of ${path}: npm ci will refuse it`),
    ...(/^https?:/.test(entry.resolved ?? '') ? [`package-lock.json names the registry of ${path}`] : []),
  ]);
};
