/**
 * The budget of the viewers' element: the SDK with the element, plus the largest game that it loads on demand, gzip. Built as the pages
 * are (web/vite.config.ts), so that it is what viewers get. What else is loaded on demand is told and does not count.
 */
import { existsSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';

const ENTRY = 'client-sdk/src/element/index.ts';
const PAGES = 'web/vite.config.ts';
const GAME = /^games\/src\/[^/]+\/view\.ts$/;
const WORDS = /^games\/src\/[^/]+\/text\/[^/]+\.ts$/;
const FRAME_WORDS = /^client-sdk\/src\/element\/text\/[^/]+\.ts$/;
const BUDGET = 60_000; // bytes, gzip; the whole Colyseus SDK alone is 54,800

const bundle = async (root) => {
  const pages = join(root, PAGES);
  const result = await build({
    root, configFile: existsSync(pages) ? pages : false, logLevel: 'silent',
    build: {
      write: false, sourcemap: false,
      // As in a page: what the element shares with a game may stay in the element's chunk.
      rolldownOptions: { input: join(root, ENTRY), preserveEntrySignatures: 'allow-extension' },
    },
  });
  return (Array.isArray(result) ? result : [result]).flatMap(({ output }) => output).filter(({ type }) => type === 'chunk');
};

/** The chunks that loading `chunk` brings, itself included. */
const closure = (chunks, chunk, seen = new Set()) => {
  if (chunk === undefined || seen.has(chunk)) return seen;
  seen.add(chunk);
  for (const name of chunk.imports) closure(chunks, chunks.find(({ fileName }) => fileName === name), seen);
  return seen;
};

const gzip = (chunks) => [...chunks].reduce((sum, { code }) => sum + gzipSync(code, { level: 9 }).length, 0);
const kB = (bytes) => (bytes / 1000).toFixed(1);

/** `{ problems, note }`: the size is told also when it is within `budget`. */
export const checkSize = async (root, { budget = BUDGET } = {}) => {
  if (!existsSync(join(root, ENTRY))) return { problems: [], note: 'no element yet' };
  const chunks = await bundle(root);
  const entry = closure(chunks, chunks.find(({ isEntry }) => isEntry));
  const later = chunks.filter(({ isDynamicEntry }) => isDynamicEntry).map((chunk) => ({
    file: relative(root, chunk.facadeModuleId ?? chunk.fileName).replaceAll('\\', '/'),
    bytes: gzip([...closure(chunks, chunk)].filter((part) => !entry.has(part))),
  }));
  const size = gzip(entry) + Math.max(0, ...later.filter(({ file }) => GAME.test(file)).map(({ bytes }) => bytes));
  const others = later.filter(({ file }) => ![GAME, WORDS, FRAME_WORDS].some((kind) => kind.test(file))).map(({ file, bytes }) => `${basename(file, '.ts')} ${kB(bytes)} kB`);
  for (const [what, kind] of [['another language', FRAME_WORDS], ['a game in another language', WORDS]]) {
    const words = chunks.filter(({ facadeModuleId }) => kind.test(relative(root, facadeModuleId ?? '').replaceAll('\\', '/'))).map((chunk) => gzip([chunk]));
    if (words.length > 0) others.push(`${what} ${kB(Math.max(...words))} kB`);
  }
  const note = `the element with one game is ${kB(size)} kB gzip of ${budget / 1000} kB${others.length > 0 ? `; loaded when needed: ${others.join(', ')}` : ''}`;
  return { problems: size < budget ? [] : [note], note };
};
