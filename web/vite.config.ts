/**
 * Builds the pages into `web/dist`. Addresses in the output are relative (`base: './'`) and each page names the installation's
 * root in its own `<base>`, so the same build works at the root of a host and under any path prefix (see README.md).
 * The other workspaces come from their sources: a page never carries a stale build of them.
 * The size check (infra/check/size.mjs) builds the element with this file too, and so measures what viewers get.
 */
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/**
 * A dynamic import is left to the browser. Vite would put 0.7 kB of its own around each page's: it loads style sheets of chunks, which
 * ours do not have, and asks for their shared parts ahead, which are there by then but for one of 1 kB.
 */
const plainImports: Plugin = {
  name: 'crowdcue-plain-imports',
  enforce: 'pre',
  load: (id) => (id === '\0vite/preload-helper.js' ? 'export const __vitePreload = (load) => load();' : null),
};

/** Styles in templates are text, which no minifier touches: indents, line ends and the spaces beside braces go. */
const leanStyles: Plugin = {
  name: 'crowdcue-lean-styles',
  enforce: 'pre',
  transform: (code, id) => {
    if (!id.endsWith('.ts') || id.includes('/node_modules/') || !code.includes('css`')) return null;
    const lean = (style: string): string => style.replaceAll(/\/\*.*?\*\//gs, '').replaceAll(/\s+/g, ' ').replaceAll(/ ?([{};]) ?/g, '$1').replaceAll(': ', ':');
    return { code: code.replaceAll(/css`[^`]*`/g, lean), map: null };
  },
};

const ENCODING = ['encode', 'makeEncodable'];
/** Kinds of collections that no state of a page has: an event's is numbers, texts, maps and lists. */
const UNUSED = /\nclass (Set|Collection|Stream)Schema \{\n.*?\n\}\n/gs;

/**
 * A page decodes states and never encodes one, but `Reflection.encode`, a property, keeps the whole encoder in every bundle, and that they
 * are registered keeps collections of every kind. A version of `@colyseus/schema` that is built otherwise stops the build here.
 */
const decodingOnly: Plugin = {
  name: 'crowdcue-decoding-only',
  enforce: 'pre',
  transform(code, id) {
    if (!id.endsWith('/@colyseus/schema/build/index.mjs')) return null;
    const lean = code.replaceAll(UNUSED, '\nclass $1Schema {}\n');
    if (code.match(UNUSED)?.length !== 3) throw new TypeError('@colyseus/schema has not the collections that we know');
    const starts = ENCODING.map((name) => ({ name, at: lean.indexOf(`\nReflection.${name} = function (`) }));
    return { map: null, code: starts.toSorted((a, b) => b.at - a.at).reduce((left, { name, at }) => {
      const end = left.indexOf('\n};\n', at);
      if (at < 0 || end < 0) throw new TypeError(`@colyseus/schema has no Reflection.${name} as we know it`);
      return left.slice(0, at) + left.slice(end + 3);
    }, lean) };
  },
};

/** Pages have words of their own for errors, in the viewer's language: the table's sentences, two kilobytes of English, stay out. */
const errorsByCode: Plugin = {
  name: 'crowdcue-errors-by-code',
  enforce: 'pre',
  transform: (code, id) => {
    if (!id.endsWith('/protocol/src/errors.ts')) return null;
    const short = code.replaceAll(/(\bspec\(\d+, \d+, (?:true|false), )(?:'(?:[^'\\]|\\.)*'|"[^"]*")\)/g, "$1'')");
    if (short.includes('spec(1, 400, false, \'The') || short === code) throw new TypeError('the table of errors is not written as we know it');
    return { code: short, map: null };
  },
};

export default defineConfig({
  root: here('.'),
  base: './',
  publicDir: false,
  plugins: [plainImports, leanStyles, decodingOnly, errorsByCode],
  resolve: {
    alias: [
      { find: /^@crowdcue\/games\/(views|overlays|texts|design-tokens)$/, replacement: `${here('..')}/games/src/$1.ts` },
      { find: /^@crowdcue\/client\/sponsor-strip$/, replacement: here('../client-sdk/src/element/sponsor-view.ts') },
      { find: /^@crowdcue\/client\/element$/, replacement: here('../client-sdk/src/element/index.ts') },
      { find: /^@crowdcue\/client$/, replacement: here('../client-sdk/src/index.ts') },
      { find: /^@crowdcue\/(protocol|games)$/, replacement: `${here('..')}/$1/src/index.ts` },
    ],
  },
  build: {
    outDir: here('./dist'),
    emptyOutDir: true,
    target: ['chrome111', 'edge111', 'firefox114', 'safari16.4'],
    sourcemap: true,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: {
        index: here('./index.html'), host: here('./host.html'), join: here('./join.html'), embed: here('./embed.html'), overlay: here('./overlay.html'), demo: here('./demo.html'), report: here('./report.html'), 'signed-in': here('./signed-in.html'),
        element: here('./src/element.ts'), sw: here('./src/worker/sw.ts'),
      },
      // Other people's pages name the component's entry, and browsers the worker: their addresses stay, what is imported has hashes.
      output: { entryFileNames: (chunk) => (chunk.name === 'element' || chunk.name === 'sw' ? '[name].js' : 'assets/[name]-[hash].js') },
    },
  },
});
