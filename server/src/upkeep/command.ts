/** The commands beside an origin, as functions: arguments in, exit code out. What they say goes to `out` and `err`. */
import { parseArgs, type ParseArgsConfig } from 'node:util';
import type { Clock } from '../clock.js';
import { ConfigError, readStoreConfig } from '../config.js';
import type { RandomSource } from '../identity/index.js';
import { readToldFile, reconcileAll } from '../ledger/index.js';
import { reportCheckers } from '../reports/index.js';
import { CodedError } from '../store/index.js';
import { deliveryChecker } from '../webhooks/index.js';
import { reconcileLines, replayBooks, statusLines } from './ledger-report.js';
import { openBooks, type Books } from './open-books.js';
import { backUp, restore } from './backup.js';

export interface CommandContext {
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
  readonly random: RandomSource;
  out(line: string): void;
  err(line: string): void;
}

/** A mistake in the arguments. */
class UsageError extends Error {}

const parse = <T extends ParseArgsConfig['options']>(args: string[], options: T) => {
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message.split('. ')[0]);
  }
};

const JSON_OPTION = { json: { type: 'boolean' } } as const;

const withBooks = async (context: CommandContext, repair: boolean, work: (books: Books) => Promise<number>): Promise<number> => {
  const { clock, random } = context;
  const books = await openBooks({ config: readStoreConfig(context.env), clock, random, repair });
  try {
    return await work(books);
  } finally {
    await books.close();
  }
};

const status = (args: string[], context: CommandContext): Promise<number> => {
  const { values } = parse(args, JSON_OPTION);
  return withBooks(context, false, async ({ care, place }) => {
    const found = await care.status();
    if (values.json === true) context.out(JSON.stringify(found));
    else for (const line of [place, ...statusLines(found)]) context.out(line);
    return found.state === 'open' && found.lost.length === 0 ? 0 : 1;
  });
};

const reconcile = (args: string[], context: CommandContext): Promise<number> => {
  const { values, positionals } = parse(args, { ...JSON_OPTION, repair: { type: 'boolean' }, accept: { type: 'boolean' }, receipts: { type: 'string', multiple: true } });
  const [event, ...rest] = positionals;
  if (rest.length > 0) throw new UsageError('one event at most');
  const { repair = false, accept = false, json = false } = values;
  if (accept && !repair) throw new UsageError('--accept goes with --repair');
  const told = (values.receipts ?? []).flatMap((path) => readToldFile(path));
  if (values.receipts !== undefined && told.length === 0) throw new UsageError('--receipts: no receipt is in there');
  return withBooks(context, repair, async (books) => {
    const report = await reconcileAll(books, { ...(event !== undefined && { event }), repair, accept, told, checkers: [...reportCheckers(books.ledger), deliveryChecker(books.ledger, books.outbox, books.endpointsOf)], progress: (line) => context.err(line) });
    if (json) context.out(JSON.stringify(report));
    else for (const line of reconcileLines(report)) context.out(line);
    return report.clean ? 0 : 1;
  });
};

const replay = (args: string[], context: CommandContext): Promise<number> => {
  const { values, positionals: [event, ...rest] } = parse(args, JSON_OPTION);
  if (event === undefined || rest.length > 0) throw new UsageError('which event?');
  return withBooks(context, false, async (books) => {
    const report = await replayBooks(books, event);
    context.out(values.json === true ? JSON.stringify(report) : `${event}: ${report.entries} entries give ${report.same ? 'what stands' : 'something else than what stands; see: crowdcue ledger reconcile'}`);
    if (values.json !== true) for (const [id, drop] of Object.entries(report.drops)) context.out(`  ${id}  ${JSON.stringify(drop)}`);
    return report.same ? 0 : 1;
  });
};

const backup = async (args: string[], context: CommandContext): Promise<number> => {
  const { positionals: [file, ...rest] } = parse(args, {});
  if (file === undefined || rest.length > 0) throw new UsageError('which file?');
  const { clock } = context;
  const made = await backUp({ config: readStoreConfig(context.env), file, clock, progress: (line) => context.err(line) });
  context.out(`${file}: ${made.bytes} bytes, sha256 ${made.sha256}`);
  if (made.secretsApart) context.err('Secrets are not in it: keep development-secrets.json of the data folder too, or tokens and uploaded codes are void after a restore.');
  return 0;
};

const restoreFile = async (args: string[], context: CommandContext): Promise<number> => {
  const { values, positionals: [file, ...rest] } = parse(args, { force: { type: 'boolean' } });
  if (file === undefined || rest.length > 0) throw new UsageError('which file?');
  const { clock } = context;
  const made = await restore({ config: readStoreConfig(context.env), file, force: values.force === true, clock, progress: (line) => context.err(line) });
  context.out(`Restored what stood at ${new Date(made.at).toISOString()}. Claims are frozen: see what was delivered since with "crowdcue ledger reconcile", end it with "crowdcue ledger reconcile --repair".`);
  return 0;
};

const COMMANDS: Readonly<Record<string, (args: string[], context: CommandContext) => Promise<number>>> = {
  'ledger status': status, 'ledger reconcile': reconcile, 'ledger replay': replay, backup, restore: restoreFile,
};

/** Runs one of the commands. 0: done and clean; 1: differences, or it failed; 2: called wrongly. */
export async function runCommand(args: readonly string[], context: CommandContext): Promise<number> {
  const [first = '', second = '', ...rest] = args;
  const name = `${first} ${second}` in COMMANDS ? `${first} ${second}` : first;
  const command = COMMANDS[name];
  try {
    if (command === undefined) throw new UsageError(`there is no such command; there are ${Object.keys(COMMANDS).join(', ')}`);
    return await command(name.includes(' ') ? rest : args.slice(1), context);
  } catch (error) {
    const known = error instanceof UsageError || error instanceof ConfigError || error instanceof CodedError;
    if (!known && (error as NodeJS.ErrnoException).syscall === undefined) throw error; // a file that cannot be written needs no stack
    context.err(`crowdcue ${name}: ${error instanceof CodedError ? `${error.code}: ` : ''}${(error as Error).message}`);
    return error instanceof UsageError ? 2 : 1;
  }
}
