/** What the checkers read: the files of the checkout, their syntax trees and their imports. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { parseSync } from 'vite';
import { filesUnder } from '../lib/fingerprint.mjs';

const LEFT_OUT = new Set(['node_modules', 'dist', '.git', '.crowdcue', 'test-output', 'coverage']);

/** All files of the checkout at `root`, as paths with `/` relative to it. */
export const allFiles = (root) =>
  filesUnder(root, (name) => LEFT_OUT.has(name)).map((file) => relative(root, file).split(sep).join('/'));

export const readText = (root, file) => readFileSync(join(root, file), 'utf8');

/** Whether `file` is a test or serves tests alone. */
export const isTest = (file) => /(^|\/)test\//.test(file) || file.endsWith('.test.ts');

/** The syntax tree of a file. */
export const parse = (root, file) => parseSync(file, readText(root, file));

/** Calls `visit` with every node of a syntax tree. */
export const walk = (node, visit) => {
  if (Array.isArray(node)) for (const item of node) walk(item, visit);
  else if (node !== null && typeof node === 'object') {
    if (typeof node.type === 'string') visit(node);
    for (const value of Object.values(node)) if (typeof value === 'object') walk(value, visit);
  }
};

/** What a file imports or re-exports, also lazily and as types only: `{ request, line, lazy }`. */
export const importsOf = (root, file) => {
  const text = readText(root, file);
  const { module } = parseSync(file, text);
  const line = (offset) => text.slice(0, offset).split('\n').length;
  const found = module.staticImports.map(({ start, moduleRequest }) => ({ request: moduleRequest.value, line: line(start), lazy: false }));
  for (const { start, entries } of module.staticExports) {
    const request = entries.find(({ moduleRequest }) => moduleRequest)?.moduleRequest.value;
    if (request !== undefined && !found.some((edge) => edge.request === request)) found.push({ request, line: line(start), lazy: false });
  }
  for (const { start, moduleRequest } of module.dynamicImports) {
    const literal = /^['"`]([^'"`$]+)['"`]$/.exec(text.slice(moduleRequest.start, moduleRequest.end));
    if (literal !== null) found.push({ request: literal[1], line: line(start), lazy: true });
  }
  return found;
};

/** The file that a relative import of `file` means (`./a.js` is `./a.ts`), relative to `root`; undefined when there is none. */
export const resolveRelative = (root, file, request) => {
  const target = resolve(root, dirname(file), request);
  const candidates = [target.replace(/\.js$/, '.ts'), target, `${target}.ts`, join(target, 'index.ts')];
  const hit = candidates.find((path) => existsSync(path) && /\.\w+$/.test(path));
  return hit === undefined ? undefined : relative(root, hit).split(sep).join('/');
};
