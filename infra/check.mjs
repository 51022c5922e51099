/** `npm run check [-- NAME …]`: what must hold besides the tests. Each part says in one line whether it does. */
import './lib/require-node.mjs';
import { join } from 'node:path';
import { ensureInstalled } from './bootstrap.mjs';
import { isMain, ROOT } from './lib/root.mjs';
import { runQuiet } from './lib/run.mjs';
import { CommandError, runCommand, step } from './lib/steps.mjs';

const tool = (name, ...args) => async () => {
  await runQuiet(process.execPath, [join(ROOT, 'node_modules', name), ...args], { what: name.split('/')[0] });
  return [];
};

/** A checker of its own in infra/check/, imported late: it needs what is installed. */
const checker = (file, name) => async () => (await import(`./check/${file}.mjs`))[name](ROOT);

/** The sources' types, as a build has them, then those of the tests, which no build has. */
const types = async () => [...(await tool('typescript/bin/tsc', '-b')()), ...(await tool('typescript/bin/tsc', '-p', 'tsconfig.tests.json')())];

const CHECKS = {
  types,
  lint: tool('oxlint/bin/oxlint', '--deny-warnings', '--format=unix'),
  layers: checker('layers', 'checkLayers'),
  docs: checker('docs', 'checkDocs'),
  spec: checker('spec', 'checkSpec'),
  hygiene: checker('hygiene', 'checkHygiene'),
  lockfile: checker('lockfile', 'checkLockfile'),
  size: checker('size', 'checkSize'),
};

const HELP = `
npm run check [-- NAME …]   all checks, or the named ones: ${Object.keys(CHECKS).join(', ')}
`;

const runCheck = async (name) => {
  try {
    await step(name, async () => {
      const result = await CHECKS[name]();
      const { problems, note } = Array.isArray(result) ? { problems: result } : result;
      if (problems.length > 0) throw new CommandError(`${name}: ${problems.length} problem${problems.length > 1 ? 's' : ''}`, { details: problems.join('\n') });
      return note ?? 'fine';
    });
    return true;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    console.log(`${error.details}\n`);
    return false;
  }
};

export const main = async (argv) => {
  if (argv.includes('--help') || argv.includes('-h')) {
    console.log(HELP.trim());
    return 0;
  }
  const unknown = argv.find((name) => !(name in CHECKS));
  if (unknown !== undefined) throw new CommandError(`There is no check "${unknown}"; there are ${Object.keys(CHECKS).join(', ')}.`, { code: 2 });
  await ensureInstalled();
  const names = argv.length > 0 ? argv : Object.keys(CHECKS);
  const failed = [];
  for (const name of names) if (!(await runCheck(name))) failed.push(name);
  console.log(failed.length === 0 ? `All ${names.length} checks hold.` : `${failed.length} of ${names.length} checks failed: ${failed.join(', ')}.`);
  return failed.length === 0 ? 0 : 1;
};

if (isMain(import.meta.url)) await runCommand(main);
