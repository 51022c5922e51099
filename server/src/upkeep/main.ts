import { systemClock } from '../clock.js';
import { systemRandom } from '../identity/index.js';
import { runCommand } from './command.js';

process.exitCode = await runCommand(process.argv.slice(2), {
  env: process.env, clock: systemClock, random: systemRandom,
  out: (line) => void process.stdout.write(`${line}\n`), err: (line) => void process.stderr.write(`${line}\n`),
});
