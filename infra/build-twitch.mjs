/** `npm run build:twitch -- --origin URL [--relay URL …]`: the zip that a Twitch extension is made of, checked against Twitch's rules. */
import './lib/require-node.mjs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureInstalled } from './bootstrap.mjs';
import { readArgs } from './lib/args.mjs';
import { isMain, ROOT } from './lib/root.mjs';
import { CommandError, runCommand, step } from './lib/steps.mjs';

const HELP = `
npm run build:twitch -- --origin URL [--relay URL …] [--game PACKAGE …] [--out FOLDER]

  --origin URL   where the origin is, as viewers reach it: https://play.example
  --relay URL    where a relay is: wss://eu.play.example; repeat it. One under the origin's own host need not be named
  --game NAME    a package with a game, as in the origin's GAMES; Twitch takes no script that is not in the zip
  --out FOLDER   where the zip goes (web/dist-twitch)
`;

const secure = (name, text, scheme) => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== scheme || `${url.search}${url.hash}${url.username}` !== '') throw new CommandError(`${name} takes an address that begins with ${scheme}//, not "${text}".`, { code: 2 });
  return text.replace(/\/+$/, '');
};

/** What the SDK imports in Node alone, by a name that no bundler sees, has no place in a package whose every import is looked at. */
const browserOnly = {
  name: 'crowdcue-browser-only',
  enforce: 'pre',
  transform(code, id) {
    if (!id.endsWith('/client-sdk/src/web-socket.ts')) return null;
    const changed = code.replace('import(/* @vite-ignore */ name)', "Promise.reject(new TypeError('this browser has no WebSocket'))");
    if (changed === code) throw new TypeError('web-socket.ts imports nothing in Node as we know it');
    return { code: changed, map: null };
  },
};

/** Views of games from packages come from the origin elsewhere; here they are a part of the zip. `games`: from id to the view's file. */
const gamesInside = (games) => ({
  name: 'crowdcue-games-inside',
  enforce: 'pre',
  transform(code, id) {
    if (!id.endsWith('/games/src/outside-view.ts')) return null;
    const inside = `await ({ ${games.map(([game, file]) => `${JSON.stringify(game)}: () => import(${JSON.stringify(file)})`).join(', ')} }[id] ?? (() => Promise.reject(new TypeError(\`the extension was built without \${id}\`))))()`;
    const changed = code.replace('await import(/* @vite-ignore */ new URL(path, base).href)', inside);
    if (changed === code) throw new TypeError('outside-view.ts imports views otherwise than we know it');
    return { code: changed, map: null };
  },
});

/** Id and view of the game in a package, which is looked for from the present folder. */
const gameOf = async (name) => {
  const { resolve: find } = createRequire(join(process.cwd(), 'package.json'));
  try {
    const { game } = await import(pathToFileURL(find(name)).href);
    return [game.id, find(`${name}/view`)];
  } catch (error) {
    throw new CommandError(`--game ${name} cannot be used: ${error.message.split('\n')[0]}`, { code: 2 });
  }
};

/** The files of the extension, by their path in the zip. */
export const twitchFiles = async (origin, games = []) => {
  process.env.NODE_ENV = 'production'; // else libraries bring what helps to develop with them
  const { build, loadConfigFromFile } = await import('vite');
  const { config } = await loadConfigFromFile({ command: 'build', mode: 'production' }, join(ROOT, 'web/vite.config.ts'));
  const root = join(ROOT, 'web/twitch');
  const { VIEWS } = await import('./lib/twitch-rules.mjs');
  const result = await build({
    ...config, root, configFile: false, logLevel: 'error',
    // People at Twitch read it: no step that makes it smaller and harder to read.
    plugins: [browserOnly, gamesInside(games), ...config.plugins.filter(({ name }) => name !== 'crowdcue-lean-styles'), { name: 'crowdcue-twitch-origin', transformIndexHtml: (page) => page.replace('%CROWDCUE_ORIGIN%', origin) }],
    build: {
      ...config.build, write: false, minify: false, sourcemap: false,
      rolldownOptions: {
        input: Object.fromEntries(VIEWS.map((view) => [view.replace('.html', ''), join(root, view)])),
        output: { entryFileNames: 'scripts/[name].js', chunkFileNames: 'scripts/[name].js', assetFileNames: 'assets/[name][extname]' },
      },
    },
  });
  return new Map(result.output.map((file) => [file.fileName, file.type === 'chunk' ? file.code : file.source]).sort(([a], [b]) => (a < b ? -1 : 1)));
};

/** Where pages of the extension connect to, for Twitch's console. */
const domains = (origin, relays) => {
  const { host } = new URL(origin);
  return [...new Set([`https://${host}`, `wss://${host}`, ...relays.map((relay) => `wss://${new URL(relay).host}`)])];
};

export const main = async (argv) => {
  const parsed = readArgs('build:twitch', HELP, { origin: { type: 'string' }, relay: { type: 'string', multiple: true }, game: { type: 'string', multiple: true }, out: { type: 'string' } }, argv);
  if (parsed === undefined) return 0;
  const { values } = parsed;
  if (values.origin === undefined) throw new CommandError('build:twitch needs --origin: the zip must say where the origin is. Try --help.', { code: 2 });
  const origin = secure('--origin', values.origin, 'https:');
  const relays = (values.relay ?? []).map((relay) => secure('--relay', relay, 'wss:'));
  await ensureInstalled();
  const { twitchBreaches, VIEWS } = await import('./lib/twitch-rules.mjs');
  const { zip } = await import('./lib/zip.mjs');
  const games = await Promise.all((values.game ?? []).map(gameOf));
  const files = await step('build', () => twitchFiles(origin, games));
  await step('rules of Twitch', () => {
    const breaches = twitchBreaches(files);
    if (breaches.length > 0) throw new CommandError(`The zip would break ${breaches.length} of Twitch's rules.`, { details: breaches.join('\n') });
    return `${files.size} files, none breaks them`;
  });
  const folder = resolve(values.out ?? join(ROOT, 'web/dist-twitch'));
  const path = join(folder, 'crowdcue-twitch.zip');
  await mkdir(folder, { recursive: true });
  const bytes = zip(files);
  await writeFile(path, bytes);
  console.log(`
${path}, ${Math.round(bytes.length / 1000)} kB. In Twitch's console:
  Panel viewer path, video component viewer path, mobile path, config path: ${VIEWS.join(', ')}
  Allowlist for URL Fetching Domains: ${domains(origin, relays).join(', ')}
  TWITCH_EXTENSION_SECRET and TWITCH_EXTENSION_CLIENT_ID of the origin: its secret and client id (docs/twitch.md)`);
  return 0;
};

if (isMain(import.meta.url)) await runCommand(main);
