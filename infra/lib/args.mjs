import { parseArgs } from 'node:util';
import { CommandError } from './steps.mjs';

/** Parses the arguments of `command`; a mistake is one line and exit code 2. `--help` prints `help` and returns undefined. */
export const readArgs = (command, help, options, argv, { positionals = false } = {}) => {
  let parsed;
  try {
    parsed = parseArgs({ args: argv, options: { ...options, help: { type: 'boolean', short: 'h' } }, allowPositionals: positionals });
  } catch (error) {
    throw new CommandError(`${command}: ${error.message.split('. ')[0]}. Try ${command} --help.`, { code: 2 });
  }
  if (parsed.values.help) {
    console.log(help.trim());
    return undefined;
  }
  return parsed;
};

/** A whole number from `min` to `max` out of an option, or undefined when the option is not there. */
export const wholeNumber = (name, text, min, max) => {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max) {
    throw new CommandError(`${name} takes a whole number from ${min} to ${max}, not "${text}".`, { code: 2 });
  }
  return value;
};
