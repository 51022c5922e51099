import { parseArgs } from 'node:util';

/** A whole number that a benchmark takes as an option: what it is when it is left out, and what it may be. */
export interface NumberOption {
  readonly fallback: number;
  readonly min: number;
  readonly max: number;
}

/** One of some words. */
export interface WordOption {
  readonly words: readonly string[];
}

/** What a benchmark takes; `false` is a flag. Every one takes `--json` and `--strict` too. */
export type Options = Readonly<Record<string, NumberOption | WordOption | false>>;

export type Arguments<O extends Options> = {
  readonly [Name in keyof O]: O[Name] extends false ? boolean : O[Name] extends NumberOption ? number : string | undefined;
} & { readonly json: boolean; readonly strict: boolean };

const FLAG = { type: 'boolean' } as const;

/**
 * Reads the command line of a benchmark; undefined when only the help was asked for, which is printed then. A bad option ends the process
 * with code 2 and one line that names it.
 */
export const readArguments = <O extends Options>(help: string, options: O): Arguments<O> | undefined => {
  const names = Object.keys(options);
  try {
    const { values }: { values: Record<string, unknown> } = parseArgs({
      options: {
        ...Object.fromEntries(names.map((name) => [name, options[name] === false ? FLAG : ({ type: 'string' } as const)] as const)),
        json: FLAG, strict: FLAG, help: { type: 'boolean', short: 'h' },
      },
    });
    if (values['help'] === true) {
      console.log(`${help.trim()}\n  --json        the last line is one JSON object\n  --strict      ends with 1 when a bar is missed`);
      return undefined;
    }
    const read = names.map((name) => [name, valueOf(name, values[name], options[name]!)]);
    return { ...Object.fromEntries(read), json: values['json'] === true, strict: values['strict'] === true } as Arguments<O>;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return process.exit(2);
  }
};

const valueOf = (name: string, given: unknown, option: NumberOption | WordOption | false): unknown => {
  if (option === false) return given === true;
  if (!('words' in option)) return wholeNumber(name, given, option);
  if (given === undefined || option.words.includes(given as string)) return given;
  throw new RangeError(`--${name} must be one of ${option.words.join(', ')}, not "${String(given)}"`);
};

const wholeNumber = (name: string, given: unknown, { fallback, min, max }: NumberOption): number => {
  if (given === undefined) return fallback;
  const value = typeof given === 'string' && /^\d+$/.test(given) ? Number(given) : Number.NaN;
  if (!(value >= min && value <= max)) throw new RangeError(`--${name} must be a whole number from ${min} to ${max}, not "${String(given)}"`);
  return value;
};
