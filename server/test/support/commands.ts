import { systemClock } from '../../src/clock.js';
import { systemRandom } from '../../src/identity/index.js';
import { runCommand } from '../../src/upkeep/command.js';

/** What a command printed, and its exit code. */
export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}
export type Run = (...args: string[]) => Promise<Said>;

/** The commands of upkeep, in this process. */
export const commands = (env: NodeJS.ProcessEnv): Run => async (...args) => {
  const [out, err]: [string[], string[]] = [[], []];
  const code = await runCommand(args, { env, clock: systemClock, random: systemRandom, out: (line) => void out.push(line), err: (line) => void err.push(line) });
  return { code, out: out.join('\n'), err: err.join('\n') };
};
