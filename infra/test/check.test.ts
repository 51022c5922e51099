import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkDocs } from '../check/docs.mjs';
import { checkHygiene } from '../check/hygiene.mjs';
import { checkLayers } from '../check/layers.mjs';
import { checkLockfile } from '../check/lockfile.mjs';
import { checkSize } from '../check/size.mjs';
import { checkSpec } from '../check/spec.mjs';
import { fixture } from './fixture.js';

const layers = (files: Record<string, string>): string[] => checkLayers(fixture(files));

describe('layers', () => {
  it('takes what points down', () => {
    expect(layers({
      'protocol/src/index.ts': 'export const a = 1;',
      'games/src/tug/rules.ts': `import { a } from '@crowdcue/protocol'; export const b = a;`,
      'games/src/tug/view.ts': `import { html } from 'lit'; import { b } from './rules.js'; export const v = html\`\${b}\`;`,
      'games/src/views.ts': `export const tug = () => import('./tug/view.js');`,
      'server/src/store/log.ts': `import { readFile } from 'node:fs'; export const l = readFile;`,
      'server/src/ledger/entry.ts': `export { l } from '../store/log.js';`,
      'server/src/drops/claim.ts': `export { l } from '../ledger/entry.js';`,
      'server/src/main.ts': `import './http/routes.js';`,
      'server/src/http/routes.ts': `export { l } from '../drops/claim.js';`,
    })).toEqual([]);
  });

  it.each([
    ['an import upward', `import { l } from '../drops/claim.js'; export const x = l;`],
    ['a type imported upward', `import type { L } from '../drops/claim.js'; export type X = L;`],
    ['a re-export from above', `export * from '../drops/claim.js';`],
    ['a lazy import upward', `export const x = () => import('../drops/claim.js');`],
    ['a climb through a part of no layer', `export * from '../helpers.js';`],
  ])('refuses %s', (_, store) => {
    const problems = layers({
      'server/src/store/log.ts': store,
      'server/src/helpers.ts': `export * from './rooms/room.js';`,
      'server/src/rooms/room.ts': 'export const l = 1;',
      'server/src/drops/claim.ts': 'export const l = 1; export type L = 1;',
    });
    expect(problems).toEqual([expect.stringMatching(/^server\/src\/store\/log\.ts:1: store imports \w+, which stands above it$/)]);
  });

  it('refuses neighbours that know each other', () => {
    expect(layers({ 'server/src/journal/a.ts': `import '../ledger/b.js';`, 'server/src/ledger/b.ts': 'export {};' })[0]).toContain('its neighbour');
  });

  it.each([
    ['relay', '@crowdcue/server'], ['relay', '@crowdcue/games'], ['games', '@crowdcue/client'], ['protocol', '@crowdcue/games'],
    ['server', '@crowdcue/relay'], ['web', '@crowdcue/server'], ['client-sdk', '@crowdcue/relay'],
  ])('refuses %s importing %s', (from, request) => {
    expect(layers({ [`${from}/src/a.ts`]: `import { x } from '${request}'; export { x };` })).toEqual([expect.stringContaining('may not import')]);
  });

  it('refuses a built-in in what browsers run', () => {
    expect(layers({ 'protocol/src/a.ts': `import { join } from 'node:path'; export { join };` })[0]).toContain('no Node built-in');
    expect(layers({ 'protocol/src/a.ts': `import fs from 'fs/promises'; export { fs };` })[0]).toContain('no Node built-in');
  });

  it('refuses a relative import that leaves its package', () => {
    expect(layers({ 'relay/src/a.ts': `export * from '../../protocol/src/b.js';`, 'protocol/src/b.ts': 'export {};' })[0]).toContain('leaves the package');
  });

  it('refuses rules that reach a view, directly or not, and an origin that draws', () => {
    const files = {
      'games/src/tug/rules.ts': `export * from './words.js';`,
      'games/src/tug/words.ts': `export * from './view.js';`,
      'games/src/tug/view.ts': `export const v = 1;`,
    };
    expect(layers(files)).toEqual([expect.stringMatching(/words\.ts:1: .*rules\.ts needs .*which draws/)]);
    expect(layers({ 'games/src/tug/rules.ts': `import { html } from 'lit'; export { html };` })[0]).toContain('draws');
    expect(layers({ 'server/src/app.ts': `import { v } from '@crowdcue/games/views'; export { v };` })[0]).toContain('the origin draws nothing');
  });

  it('refuses a circle and tells it once', () => {
    const problems = layers({
      'relay/src/a.ts': `export * from './b.js';`, 'relay/src/b.ts': `export * from './c.js';`, 'relay/src/c.ts': `import type { A } from './a.js'; export type C = A;`,
    });
    expect(problems).toEqual(['circle: relay/src/a.ts → relay/src/b.ts → relay/src/c.ts → relay/src/a.ts']);
  });
});

describe('docs', () => {
  const code = {
    'protocol/src/errors.ts': `const spec = (n: number) => n; export const ERRORS = { sold_out: spec(1), busy: spec(2) } as const satisfies object;`,
    'protocol/src/close-codes.ts': `export const CLOSE = { flood: 4106 } as const;`,
    'relay/src/metrics.ts': `export const name = 'crowdcue_relay_viewers';`,
    'server/src/config.ts': `export const read = (env: any) => [env.PORT, env['DATA_DIR'], need(env, 'ORIGIN_URL'), { REDIS_URL: 1 }];`,
  };
  const doc = '| error | means |\n|---|---|\n| `sold_out` | x |\n| `busy` | x |\n\n| close code | x |\n|---|---|\n| `4106` | x |\n\n'
    + '| variable | x |\n|---|---|\n| `PORT` | x |\n| `ORIGIN_URL` | x |\n| `DATA_DIR` | x |\n| `REDIS_URL` | x |\n\n`crowdcue_relay_viewers`\n';

  it('takes docs and code that agree', () => {
    expect(checkDocs(fixture({ ...code, 'docs/reference.md': doc }))).toEqual([]);
  });

  it.each([
    ['error code', 'sold_out'], ['close code', '4106'], ['environment variable', 'PORT'], ['environment variable', 'DATA_DIR'],
    ['environment variable', 'REDIS_URL'], ['environment variable', 'ORIGIN_URL'], ['metric', 'crowdcue_relay_viewers'],
  ])('finds the %s %s that no doc names', (kind, name) => {
    const text = doc.replace(new RegExp(`.*\`${name}\`.*\n`), '');
    expect(checkDocs(fixture({ ...code, 'docs/reference.md': text }))).toEqual([`no doc names the ${kind} \`${name}\``]);
  });

  it.each([
    ['error code', 'sold_up', doc.replace('| `busy`', '| `sold_up` | x |\n| `busy`')],
    ['close code', '4999', doc.replace('| `4106`', '| `4999` | x |\n| `4106`')],
    ['environment variable', 'PORTO', doc.replace('| `PORT`', '| `PORTO` | x |\n| `PORT`')],
    ['metric', 'crowdcue_relay_gone', `${doc}crowdcue_relay_gone`],
  ])('finds the %s %s that the code no longer has', (kind, name, text) => {
    expect(checkDocs(fixture({ ...code, 'README.md': text }))).toEqual([`README.md names the ${kind} \`${name}\`, which does not exist`]);
  });

  it('finds a constant in prose that stands nowhere, and knows what prom-client adds to a histogram', () => {
    expect(checkDocs(fixture({ ...code, 'SPEC.md': `${doc}\`OLD_LIMIT\` crowdcue_relay_viewers_bucket` }))).toEqual([
      'SPEC.md names `OLD_LIMIT`, which stands nowhere in the code',
    ]);
  });
});

describe('spec', () => {
  const files = (spec: string, title: string) =>
    fixture({ 'SPEC.md': spec, 'relay/test/a.test.ts': `import { it } from 'vitest';\nit.each([1])(${title}, () => {});\nconst other = '[NOT9]'; void other;` });

  it('takes rules that tests name', () => {
    expect(checkSpec(files('**[CLM1]** a\n**[CLM2]** b', '`[CLM1][CLM2] says ${1}`'))).toEqual([]);
  });
  it('finds a rule without a test, a test without a rule, and a rule that stands twice', () => {
    expect(checkSpec(files('**[CLM1]** a **[CLM2]** b', `'[CLM1] x'`))).toEqual(['no test names the rule CLM2']);
    expect(checkSpec(files('**[CLM1]** a', `'[CLM1] [REL7] x'`))).toEqual(['relay/test/a.test.ts names REL7, which SPEC.md does not have']);
    expect(checkSpec(files('**[CLM1]** a **[CLM1]** b', `'[CLM1] x'`))).toEqual(['SPEC.md has two rules CLM1']);
  });
});

describe('hygiene', () => {
  const later = ['TO', 'DO'].join('');
  const home = ['', 'home', 'somebody', 'crowdcue'].join('/');

  it.each([
    [`// ${later}: later`, 'left for later'],
    ['export const now = () => Date.now();', 'a clock'],
    ['export const luck = Math.random;', 'a clock'],
    ['export const today = new Date();', 'a clock'],
    ['export const port = process.env.PORT;', 'the environment'],
    [`export const path = '${home}/data';`, 'a path of one machine'],
  ])('finds %s', (text, what) => {
    expect(checkHygiene(fixture({ 'relay/src/a.ts': text }))).toEqual([expect.stringMatching(new RegExp(`^relay/src/a\\.ts:1: ${what}`))]);
  });

  it('finds the path of the checkout, and takes relative and common ones', () => {
    const root = fixture({ 'docs/a.md': 'see `docs/b.md`, ./root.mjs and /tmp/x' });
    expect(checkHygiene(root)).toEqual([]);
    writeFileSync(join(root, 'docs/b.md'), `run ${root}/infra/start.mjs`);
    expect(checkHygiene(root)).toEqual([expect.stringMatching(/^docs\/b\.md:1: a path of one machine/)]);
  });

  it('lets clocks, mains, tests and load tests read the time, and comments speak of it', () => {
    expect(checkHygiene(fixture({
      'relay/src/clock.ts': 'export const now = Date.now;', 'relay/src/main.ts': 'void Date.now(); void process.env.PORT;',
      'relay/test/a.test.ts': 'void Date.now();', 'loadtest/src/swarm.ts': 'void Math.random();', 'relay/src/b.ts': '// never Date.now() here\nexport {};',
    }))).toEqual([]);
  });
});

describe('lockfile', () => {
  const lock = (packages: object) => checkLockfile(fixture({ 'package-lock.json': JSON.stringify({ packages }) }));

  it('finds an optional package that npm left out, at any depth, and a named registry', () => {
    const entry = { optionalDependencies: { bind: '1.0.0' } };
    expect(lock({ 'node_modules/a': entry, 'node_modules/bind': {} })).toEqual([]);
    expect(lock({ 'node_modules/b/node_modules/a': entry, 'node_modules/b/node_modules/bind': {} })).toEqual([]);
    expect(lock({ 'node_modules/a': entry })).toEqual([expect.stringContaining('lacks bind')]);
    expect(lock({ 'node_modules/a': { resolved: 'https://registry.example/a.tgz' } })).toEqual([expect.stringContaining('names the registry')]);
  });
});

describe('size', () => {
  it('counts the entry and the largest game that it loads, against the budget, and only tells what else it loads', async () => {
    const words = (seed: number, count: number) => Array.from({ length: count }, (_, at) => ((at + 1) * seed) % 9973).join(',');
    const root = fixture({
      'client-sdk/src/element/index.ts':
        `export const games = [() => import('../../../games/src/small/view.js'), () => import('../../../games/src/large/view.js'), () => import('./extra.js')];`,
      'client-sdk/src/element/extra.ts': `export const a = [${words(41, 9000)}];`,
      'games/src/small/view.ts': `export const a = [${words(31, 500)}];`,
      'games/src/large/view.ts': `export const a = [${words(37, 5000)}];`,
    });
    const fine = await checkSize(root, { budget: 30_000 });
    expect(fine).toMatchObject({ problems: [], note: expect.stringMatching(/ kB gzip of 30 kB; loaded when needed: extra \d+\.\d kB$/) });
    expect((await checkSize(root, { budget: 3000 })).problems).toHaveLength(1);
  });
});
