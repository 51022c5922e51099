/**
 * What the commands say: one line a step, with how long it took. On a terminal the running step is updated in place; elsewhere
 * a line says every STILL_MS that it still runs, so that a log never looks stuck.
 */
const STILL_MS = 15_000; // seldom enough not to fill a log, often enough to see life
const FRAME_MS = 1000; // the clock of a running step ticks in seconds

/** Milliseconds since `start`, an earlier `process.hrtime.bigint()`. */
export const since = (start) => Number(process.hrtime.bigint() - start) / 1e6;

/** `0.4 s` below ten seconds, `21 s` from there. */
export const seconds = (ms) => `${ms < 10_000 ? (ms / 1000).toFixed(1) : Math.round(ms / 1000)} s`;

/** A failure that one line explains: shown without a stack, `details` below it. */
export class CommandError extends Error {
  constructor(message, { code = 1, details = '' } = {}) {
    super(message);
    this.exitCode = code;
    this.details = details;
  }
}

/** Writes over the current line of a terminal; nothing elsewhere. */
export const overwrite = (text) => {
  if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K${text.slice(0, (process.stdout.columns || 80) - 1)}`);
};

/** Runs `work` under the name `label`. The line ends with the time, and with what `work` returned when that is a string. */
export const step = async (label, work) => {
  const start = process.hrtime.bigint();
  const tty = process.stdout.isTTY;
  overwrite(`${label} …`);
  let said = 0;
  const timer = setInterval(() => {
    const ms = since(start);
    if (tty) overwrite(`${label} … ${seconds(ms)}`);
    else if (ms - said >= STILL_MS) {
      said = ms;
      console.log(`${label} … still running after ${seconds(ms)}`);
    }
  }, FRAME_MS);
  timer.unref();
  const finish = (text) => {
    clearInterval(timer);
    overwrite('');
    console.log(`${label} … ${text}`);
  };
  try {
    const result = await work();
    finish(typeof result === 'string' ? `${result}, ${seconds(since(start))}` : seconds(since(start)));
    return result;
  } catch (error) {
    finish(`failed after ${seconds(since(start))}`);
    throw error;
  }
};

/** Runs a command's main function; a CommandError ends it with its line and its exit code. */
export const runCommand = async (main) => {
  try {
    process.exitCode = (await main(process.argv.slice(2))) ?? 0;
  } catch (error) {
    if (error instanceof CommandError) {
      if (error.details) console.error(error.details.trimEnd());
      console.error(error.message);
      process.exitCode = error.exitCode;
    } else throw error;
  }
};
