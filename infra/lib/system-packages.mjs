import { existsSync } from 'node:fs';
import { findOnPath, isExecutable, runQuiet } from './run.mjs';
import { step } from './steps.mjs';

const APT_MS = 300; // seconds that apt may take for everything

/** Programs that tests use and npm does not bring: where they are found, and the variable that tells tests the path. */
const PROGRAMS = [
  {
    what: 'Chromium', debian: 'chromium', variable: 'CROWDCUE_CHROMIUM',
    names: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
    places: ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium'],
  },
  // The same engine without tabs and windows of a desktop: it starts in a sixth of the processor time.
  { what: 'chromium-headless-shell', debian: 'chromium-headless-shell', variable: 'CROWDCUE_HEADLESS_SHELL', names: ['chromium-headless-shell'], places: [], instead: 'tests of pages take Chromium instead, and longer' },
  { what: 'redis-server', debian: 'redis-server', variable: 'CROWDCUE_REDIS_SERVER', names: ['redis-server'], places: [] },
  { what: 'ffmpeg', debian: 'ffmpeg', variable: 'CROWDCUE_FFMPEG', names: ['ffmpeg'], places: [] },
];

const find = ({ variable, names, places }) =>
  [process.env[variable], ...names.map(findOnPath), ...places].find((path) => path && isExecutable(path));

const canInstall = () => process.getuid?.() === 0 && existsSync('/etc/debian_version') && findOnPath('apt-get') !== undefined;

const aptInstall = (packages) => {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args) => runQuiet('timeout', [String(APT_MS), 'apt-get', '-q', ...args], { env, what: 'apt-get' });
  return step(`installing ${packages.join(', ')} with apt-get (you are root on Debian)`, async () => {
    await apt('update');
    await apt('install', '-y', '--no-install-recommends', ...packages);
  });
};

/** Finds the programs, installs missing ones where that is ours to do, and gives the environment that tells tests of them. */
export const systemPrograms = async () => {
  const missing = PROGRAMS.filter((program) => find(program) === undefined);
  if (missing.length > 0 && canInstall()) {
    await aptInstall(missing.map(({ debian }) => debian)).catch((error) => console.log(error.message));
  }
  const env = {};
  for (const program of PROGRAMS) {
    const path = find(program);
    if (path !== undefined) env[program.variable] = path;
    else console.log(`${program.what} is not here: install it or set ${program.variable} to its path; ${program.instead ?? 'the tests that need it are counted as skipped'}.`);
  }
  return env;
};
