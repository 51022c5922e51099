/** `npm run bench [-- NAME] [--json]`: builds and runs one benchmark, or all of them one after the other. */
import './lib/require-node.mjs';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { bootstrap } from './bootstrap.mjs';
import { isMain, ROOT } from './lib/root.mjs';
import { runLoud } from './lib/run.mjs';
import { CommandError, runCommand } from './lib/steps.mjs';

const HELP = `
npm run bench [-- NAME] [--json]   the benchmarks, ours and the peers' in one run; without NAME all of them

  --list    the names
  --json    the last line of each is one object: name, ratio, bar and the raw figures
  --help    this text

Any other option goes to the benchmark as it is.
`;

const FOLDER = join(ROOT, 'loadtest/dist/bench'); // each file directly in it is one benchmark; helpers stand elsewhere

const names = () =>
  existsSync(FOLDER) ? readdirSync(FOLDER).filter((file) => file.endsWith('.js')).map((file) => file.slice(0, -'.js'.length)).toSorted() : [];

export const main = async (argv) => {
  if (argv.includes('--help') || argv.includes('-h')) {
    console.log(HELP.trim());
    return 0;
  }
  await bootstrap();
  if (argv.includes('--list')) {
    for (const name of names()) console.log(name);
    return 0;
  }
  const [first, ...others] = argv;
  const asked = first !== undefined && !first.startsWith('-') ? [first] : names();
  const options = asked[0] === first ? others : argv;
  for (const name of asked) {
    if (!names().includes(name)) throw new CommandError(`There is no benchmark "${name}". There are: ${names().join(', ') || 'none'}.`, { code: 2 });
    const code = await runLoud(process.execPath, [join(FOLDER, `${name}.js`), ...options]);
    if (code !== 0) return code;
  }
  return 0;
};

if (isMain(import.meta.url)) await runCommand(main);
