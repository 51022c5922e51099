/**
 * What all benchmarks have in common: options, tearing down what was started, the verdict over the bars, and the last line as JSON.
 * A bar that is missed is printed and is no failure, unless `--strict` is given; a count that does not add up always is one.
 */
import { readArguments, type Arguments, type Options } from './arguments.js';

/** Whoever is started is stopped by these, last one first. */
export type Stops = (() => unknown)[];

/** One ratio and what it must be. */
export interface Bar {
  /** What is compared with what. */
  readonly what: string;
  readonly ratio: number;
  readonly bar: number;
  /** Whether the ratio must stay below the bar; above it otherwise. */
  readonly atMost?: boolean;
  /** What must hold besides; undefined when it does. */
  readonly but?: string | undefined;
}

/** What a benchmark found: its bars, the one that stands for it first, and the raw figures. */
export interface Finding {
  readonly bars: readonly [Bar, ...Bar[]];
  readonly raw: Readonly<Record<string, unknown>>;
}

export const percent = (part: number): string => `${(part * 100).toFixed(1)} %`;

const reached = ({ ratio, bar, atMost, but }: Bar): boolean => (atMost === true ? ratio <= bar : ratio >= bar) && but === undefined;

const line = (bar: Bar): string =>
  `${bar.what}: ${bar.ratio.toFixed(bar.ratio < 10 ? 3 : 1)}, bar ${bar.atMost === true ? 'at most' : 'at least'} ${bar.bar}: ${reached(bar) ? 'reached' : 'MISSED'}`
  + (bar.but === undefined ? '' : ` (${bar.but})`);

/** Runs one benchmark as a process: reads its options, prints, and ends with its code. */
export const benchmark = async <O extends Options>(
  name: string, help: string, options: O, run: (asked: Arguments<O>, stops: Stops) => Promise<Finding>,
): Promise<never> => {
  const asked = readArguments(help, options);
  if (asked === undefined) process.exit(0);
  const stops: Stops = [];
  let code = 0;
  try {
    const { bars, raw } = await run(asked, stops);
    for (const bar of bars) console.log(line(bar));
    const pass = bars.every(reached);
    const { ratio, bar } = bars[0];
    const object = { name, ratio, bar, pass, bars: bars.map((each) => ({ ...each, pass: reached(each) })), ...raw };
    // Stopped before the last line, so that it is the last.
    for (const stop of stops.splice(0).toReversed()) await stop();
    if (asked.json) console.log(JSON.stringify(object));
    if (asked.strict && !pass) code = 1;
  } catch (error) {
    console.error(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    code = 1;
  }
  for (const stop of stops.toReversed()) await stop();
  return process.exit(code);
};

/** A table in plain text, columns as wide as they must be. */
export const table = (rows: readonly (readonly string[])[]): string => {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) => `  ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join('  ')}`).join('\n');
};
