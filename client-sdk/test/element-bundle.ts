/** The element's page for tests in a browser, built from the sources. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The page's modules by file name; the first is `page.js`. */
export const bundleElement = async (): Promise<Map<string, string>> => {
  const built = await build({
    root: join(root, 'client-sdk'), configFile: false, logLevel: 'error',
    resolve: {
      alias: [
        { find: /^@crowdcue\/games\/(views|texts|design-tokens)$/, replacement: `${root}games/src/$1.ts` },
        { find: /^@crowdcue\/(protocol|games)$/, replacement: `${root}$1/src/index.ts` },
      ],
    },
    build: {
      write: false, minify: false, modulePreload: false,
      rolldownOptions: {
        input: fileURLToPath(new URL('./element-page/page.ts', import.meta.url)),
        output: { entryFileNames: '[name].js', chunkFileNames: '[name].js' },
      },
    },
  });
  if (!('output' in built)) throw new TypeError('one build has one output');
  return new Map(built.output.flatMap((chunk) => (chunk.type === 'chunk' ? [[`/${chunk.fileName}`, chunk.code] as const] : [])));
};
