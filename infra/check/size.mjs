/** The budget of the viewers' element: the SDK with the element, plus the largest game that it loads on demand, gzip. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';

const ENTRY = 'client-sdk/src/element/index.ts';
const BUDGET = 60_000; // bytes, gzip; the whole Colyseus SDK alone is 54,800

const bundle = async (root) => {
  const result = await build({
    root, configFile: false, logLevel: 'silent',
    resolve: {
      alias: [
        { find: /^@crowdcue\/(protocol|games)$/, replacement: `${root}/$1/src/index.ts` },
        { find: /^@crowdcue\/(protocol|games)\/(.+)$/, replacement: `${root}/$1/src/$2.ts` },
      ],
    },
    build: { write: false, minify: true, modulePreload: false, rolldownOptions: { input: join(root, ENTRY), preserveEntrySignatures: 'strict' } },
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

/** `{ problems, note }`: the size is told also when it is within `budget`. */
export const checkSize = async (root, { budget = BUDGET } = {}) => {
  if (!existsSync(join(root, ENTRY))) return { problems: [], note: 'no element yet' };
  const chunks = await bundle(root);
  const entry = closure(chunks, chunks.find(({ isEntry }) => isEntry));
  const games = chunks.filter(({ isDynamicEntry }) => isDynamicEntry).map((chunk) => gzip([...closure(chunks, chunk)].filter((part) => !entry.has(part))));
  const size = gzip(entry) + Math.max(0, ...games);
  const note = `the element with one game is ${(size / 1000).toFixed(1)} kB gzip of ${budget / 1000} kB`;
  return { problems: size < budget ? [] : [note], note };
};
