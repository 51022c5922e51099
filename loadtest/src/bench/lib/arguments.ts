import { parseArgs } from 'node:util';

/** A whole number that a benchmark takes as an option: what it is when it is left out, and what it may be. */
export interface NumberOption {
  readonly fallback: number;
  readonly min: number;
  readonly max: number;
}

/** What was asked for; undefined when that was only the help, which is printed then. */
export type Arguments<Name extends string> = { readonly [name in Name | 'json']: name extends 'json' ? boolean : number };

/**
 * Reads the command line of a benchmark: whole numbers, `--json` and `--help`. A bad option ends the process with code 2 and one line
 * that names it.
 */
export const readArguments = <Name extends string>(help: string, options: Readonly<Record<Name, NumberOption>>): Arguments<Name> | undefined => {
  const names = Object.keys(options) as Name[];
  try {
    const { values }: { values: Record<string, unknown> } = parseArgs({
      options: { ...Object.fromEntries(names.map((name) => [name, { type: 'string' }] as const)), json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    });
    if (values['help'] === true) {
      console.log(help.trim());
      return undefined;
    }
    const numbers = names.map((name) => [name, wholeNumber(name, values[name], options[name])]);
    return { ...Object.fromEntries(numbers), json: values['json'] === true } as Arguments<Name>;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return process.exit(2);
  }
};

const wholeNumber = (name: string, given: unknown, { fallback, min, max }: NumberOption): number => {
  if (given === undefined) return fallback;
  const value = typeof given === 'string' && /^\d+$/.test(given) ? Number(given) : Number.NaN;
  if (!(value >= min && value <= max)) throw new RangeError(`--${name} must be a whole number from ${min} to ${max}, not "${String(given)}"`);
  return value;
};
