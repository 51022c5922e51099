import { describe, expect, it } from 'vitest';
import { HELPER, twitchBreaches, VIEWS } from '../lib/twitch-rules.mjs';
import { zip } from '../lib/zip.mjs';
import { unzip } from '../../web/test/unzip.js';

const page = (body = '', src = './scripts/a.js'): string => `<!doctype html><html><head><script src="${HELPER}"></script><script type="module" src="${src}"></script></head><body>${body}</body></html>`;
const files = (change: Record<string, string> = {}): Map<string, string> =>
  new Map(Object.entries({ ...Object.fromEntries((VIEWS as string[]).map((view) => [view, page()])), 'scripts/a.js': "import './b.js';\nconst load = () => import('./b.js');\nload();\n", 'scripts/b.js': 'export {};\n', ...change }));

describe('the rules of Twitch', () => {
  it('[TWI8] each breach is found: scripts from elsewhere or in the page, frames, code of text, minified code, other files', () => {
    expect(twitchBreaches(files())).toEqual([]);
    const cases: [Record<string, string>, RegExp][] = [
      [{ 'panel.html': page('', 'https://cdn.example/a.js') }, /panel\.html: loads https:\/\/cdn/], [{ 'panel.html': page('', '/scripts/a.js') }, /loads \/scripts/], [{ 'panel.html': page('', './../a.js') }, /loads/],
      [{ 'panel.html': page('', './scripts/none.js') }, /loads/], [{ 'mobile.html': page('<script>1</script>') }, /in the page itself/], [{ 'mobile.html': page('<iframe src="./panel.html"></iframe>') }, /a frame/],
      [{ 'mobile.html': page('<button onclick="go()">') }, /attribute/], [{ 'mobile.html': page('<link rel="stylesheet" href="https://fonts.example/a.css">') }, /links to/], [{ 'mobile.html': page('<base href="/">') }, /base/],
      [{ 'config.html': page().replace(HELPER, `${HELPER}?x`) }, /helper first/], [{ 'config.html': page('<meta http-equiv="Content-Security-Policy" content="x">') }, /policy/],
      [{ 'scripts/a.js': 'eval("1");' }, /eval/], [{ 'scripts/a.js': 'globalThis.eval("1");' }, /eval/], [{ 'scripts/a.js': 'new Function("1");' }, /Function/], [{ 'scripts/a.js': 'Function("1")();' }, /Function/],
      [{ 'scripts/a.js': 'document.createElement("iframe");' }, /makes a iframe/], [{ 'scripts/a.js': 'document.createElement("script");' }, /makes a script/],
      [{ 'scripts/a.js': 'import("https://x.example/a.js");' }, /imports/], [{ 'scripts/a.js': 'import(name);' }, /imports/], [{ 'scripts/a.js': "import 'https://x.example/a.js';" }, /imports/],
      [{ 'scripts/a.js': `f(${'a,'.repeat(5_000)}1);` }, /letters/], [{ 'a.exe': '' }, /no view needs/], [{ '../a.js': '' }, /no view needs/],
    ];
    for (const [change, found] of cases) expect(twitchBreaches(files(change)).join('\n'), JSON.stringify(change).slice(0, 120)).toMatch(found);
    const without = files();
    without.delete('config.html');
    expect(twitchBreaches(without)).toEqual(['config.html is missing']);
  });

  it('[TWI8] the archive gives back what went in, and equal files make equal bytes', () => {
    const content = new Map([['a.html', 'x'.repeat(10_000)], ['scripts/ü.js', 'export {};'], ['empty.js', '']]);
    const archive = zip(content) as Buffer;
    expect([...unzip(archive)].map(([name, file]) => [name, file.toString()])).toEqual([...content]);
    expect(zip(content)).toEqual(archive);
  });
});
