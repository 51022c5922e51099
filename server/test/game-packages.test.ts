import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadGamePackages } from '../src/game-packages.js';
import { startOrigin, tempDir } from './support/test-origin.js';

const SAMPLE = fileURLToPath(new URL('../../examples/game-odd-one-out', import.meta.url));
const NAME = 'crowdcue-game-odd-one-out';

/** A folder with the sample installed under `name`, and what the test changes of it. */
const install = (change: Record<string, string | undefined> = {}, name = NAME, folder = tempDir()): string => {
  const target = join(folder, 'node_modules', name);
  cpSync(SAMPLE, target, { recursive: true });
  for (const [path, text] of Object.entries(change)) {
    mkdirSync(dirname(join(target, path)), { recursive: true });
    if (text !== undefined) writeFileSync(join(target, path), text);
  }
  return folder;
};
const rules = (from: string | RegExp, to: string): Record<string, string> => ({ 'rules.js': readFileSync(join(SAMPLE, 'rules.js'), 'utf8').replace(from, to) });
const manifest = (change: object): Record<string, string> => ({ 'package.json': JSON.stringify({ ...(JSON.parse(readFileSync(join(SAMPLE, 'package.json'), 'utf8')) as object), ...change }) });
const load = (folder: string, names: readonly string[] = [NAME], taken: readonly string[] = ['tug']) => loadGamePackages(names, folder, taken);

describe('games from packages', () => {
  it('[EXT1] [EXT3] lists a package\'s game with its words, and serves its view, and nothing else of it, under a hash of its files', async () => {
    const folder = install();
    const test = await startOrigin({ GAMES: NAME, GAMES_DIR: folder });
    const { games } = (await test.call('GET', '/api/games')).body as { games: { id: string; title: string; view?: string }[] };
    const listed = games.find(({ id }) => id === 'odd-one-out')!;
    expect(listed).toMatchObject({ title: 'Odd one out', choices: ['sun', 'moon', 'star'], durationMs: 15_000, view: expect.stringMatching(/^games\/odd-one-out-[\da-f]{12}\/index\.js$/) });
    expect(games.filter(({ view }) => view !== undefined)).toHaveLength(1); // ours come with the component
    const base = `/${dirname(listed.view!)}`;
    const served = await test.call('GET', `/${listed.view}`);
    expect([served.status, served.headers.get('content-type'), served.headers.get('cache-control'), served.headers.get('access-control-allow-origin')])
      .toEqual([200, 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable', '*']);
    expect((await test.call('GET', `${base}/text/de.js`)).status).toBe(200);
    for (const path of ['rules.js', '../rules.js', '..%2frules.js', '%2e%2e/rules.js', 'package.json', '', 'text', 'text/']) expect((await test.call('GET', `${base}/${path}`)).status, path).toBe(404);
    const [other] = await load(install({ 'view/text/de.js': 'export const text = {};' }));
    expect(other!.view.path).not.toBe(listed.view);
    await test.event({ id: 'show' });
    expect((await test.call('POST', '/api/events/show/cue', { bearer: test.session, body: { game: 'nobody-knows' } })).body).toMatchObject({ code: 'game_unknown' });
  });

  it('[EXT1] takes several packages, scoped ones too, also through a link', async () => {
    const folder = install({}, NAME);
    install(rules("id: 'odd-one-out'", "id: 'even-one-in'"), '@club/game', folder);
    symlinkSync(SAMPLE, join(folder, 'node_modules', 'linked'));
    expect((await load(folder, [NAME, '@club/game'])).map(({ game }) => game.id)).toEqual(['odd-one-out', 'even-one-in']);
    expect((await load(folder, ['linked']))[0]!.game.id).toBe('odd-one-out');
    expect(await load(folder, [])).toEqual([]);
  });

  it('[EXT2] stops the start with one line, which names setting, package and code, for whatever cannot be used', async () => {
    const bad: [Record<string, string | undefined>, string, RegExp][] = [
      [{ 'rules.js': 'throw new Error("no\\nlicence");' }, 'game_package_threw', /importing it failed: no licence/],
      [{ 'rules.js': 'export const x = ;' }, 'game_package_threw', /importing it failed/],
      [{ 'rules.js': "import 'not-there-at-all';" }, 'game_package_threw', /not-there-at-all/],
      [{ 'rules.js': 'export {};' }, 'game_package_invalid', /exports no "game"/], [{ 'rules.js': 'export const game = null;' }, 'game_package_invalid', /game: /],
      [rules(/onRoundEnd: [\s\S]*?\n {2}},\n/, ''), 'game_package_invalid', /game\.onRoundEnd: must be a function/],
      [rules("sync: 'stream'", "sync: 'later'"), 'game_package_invalid', /game\.sync/], [rules('durationMs: 15_000', 'durationMs: 900_000'), 'game_package_invalid', /durationMs must be/],
      [rules("id: 'odd-one-out'", "id: '../x'"), 'game_package_invalid', /its id must be/], [rules("pick: 'u32' },\n  params", "pick: 'u8' },\n  params"), 'game_package_invalid', /game\.columns\.pick/],
      [rules("['sun', 'moon', 'star']", "['sun', 'moon', 'Star <b>']"), 'game_package_invalid', /game\.action\.choices\.2/],
      [rules("['sun', 'moon', 'star']", "['sun', 'moon', 'comet']"), 'game_package_invalid', /no word for "comet"/], [rules(/export \{ texts.*/, ''), 'game_package_invalid', /texts: /],
      [manifest({ crowdcue: { api: 2 } }), 'game_package_invalid', /api is 2, this origin knows 1/], [manifest({ crowdcue: undefined }), 'game_package_invalid', /package\.json\.crowdcue/],
      [manifest({ exports: { '.': './rules.js', './package.json': './package.json' } }), 'game_package_missing', /view is not found/],
      [manifest({ exports: { '.': './rules.js', './view': './rules.js', './package.json': './package.json' } }), 'game_package_invalid', /a folder of its own/],
      [{ 'view/secret.env': 'x' }, 'game_package_invalid', /holds secret\.env/], [{ 'view/big.js': `//${'x'.repeat(600_000)}` }, 'game_package_invalid', /bytes/],
    ];
    for (const [change, code, why] of bad) {
      const error = await load(install(change)).then(() => undefined, (thrown: Error & { code: string }) => thrown);
      expect(error?.code, String(why)).toBe(code);
      expect(error?.message).toMatch(why);
      expect(error?.message).toMatch(new RegExp(`^GAMES ${NAME}: [^\\n]+ \\(${code}\\)$`));
    }
    await expect(load(tempDir())).rejects.toMatchObject({ code: 'game_package_missing', message: expect.stringContaining('GAMES_DIR') });
    await expect(load(install(), [NAME], ['odd-one-out'])).rejects.toMatchObject({ code: 'game_package_duplicate' });
    await expect(load(install(), [NAME, NAME])).rejects.toMatchObject({ code: 'game_package_duplicate' });
    await expect(startOrigin({ GAMES: NAME, GAMES_DIR: tempDir() })).rejects.toThrow('game_package_missing');
    for (const path of ['./x', '../x', '/etc/x', 'a b', 'file:///x']) await expect(startOrigin({ GAMES: path })).rejects.toThrow(/^GAMES must be names of npm packages/);
  });
});
