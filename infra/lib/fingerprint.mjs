import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** All files below `path` (or `path` itself when it is one), sorted; nothing when it does not exist. `skip(name)` leaves a folder out. */
export const filesUnder = (path, skip = (name) => name === 'node_modules' || name === 'dist') => {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return [];
  if (stat.isFile()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .flatMap((entry) => {
      const child = join(path, entry.name);
      if (entry.isDirectory()) return skip(entry.name) ? [] : filesUnder(child, skip);
      return entry.isFile() ? [child] : [];
    })
    .toSorted();
};

/** A hash over the names and contents of all files below `paths`: file times lie after a checkout, contents do not. */
export const fingerprint = (root, paths) => {
  const hash = createHash('sha256');
  for (const file of paths.flatMap((path) => filesUnder(join(root, path)))) {
    const content = readFileSync(file);
    hash.update(`${relative(root, file).split(sep).join('/')}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
};
