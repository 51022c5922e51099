/**
 * `npm test`: brings what the tests need, builds, runs all tests (or those of the files that match a name) and ends with the
 * line `N passed, N failed`. A broken build counts as one failure and does not keep the tests, which run sources, from running.
 */
import './lib/require-node.mjs';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bootstrap, ensureInstalled } from './bootstrap.mjs';
import { isMain, ROOT } from './lib/root.mjs';
import { runLoud } from './lib/run.mjs';
import { CommandError, runCommand } from './lib/steps.mjs';
import { systemPrograms } from './lib/system-packages.mjs';
import { summarize } from './lib/test-summary.mjs';

const HELP = `
npm test [-- NAME … | VITEST OPTIONS]   installs what the tests need, builds, and runs them

  NAME      only test files whose path contains it, such as: npm test -- relay
  -t TEXT   only tests whose name contains it
  --help    this text

Any other option goes to vitest as it is.
`;

const build = async () => {
  await ensureInstalled();
  try {
    await bootstrap();
    return 0;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    console.error(`${error.details.trimEnd()}\n${error.message} The tests run all the same; this counts as one failure.`);
    return 1;
  }
};

export const main = async (argv) => {
  if (argv.includes('--help') || argv.includes('-h')) {
    console.log(HELP.trim());
    return 0;
  }
  const failedBefore = await build();
  const env = { ...process.env, ...(await systemPrograms()) };
  const reportPath = join(ROOT, 'test-output', `report-${process.pid}.json`);
  mkdirSync(dirname(reportPath), { recursive: true });
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${reportPath}`, ...argv];
  const exitCode = await runLoud(process.execPath, [join(ROOT, 'node_modules/vitest/vitest.mjs'), ...args], { env });
  const report = existsSync(reportPath) ? JSON.parse(readFileSync(reportPath, 'utf8')) : undefined;
  rmSync(reportPath, { force: true });
  const summary = summarize(report, exitCode, failedBefore);
  if (summary.passed === 0 && summary.failed === 0) console.error('No test ran.');
  console.log(summary.line);
  return summary.exitCode;
};

if (isMain(import.meta.url)) await runCommand(main);
