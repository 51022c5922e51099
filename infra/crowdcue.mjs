#!/usr/bin/env node
/** The `crowdcue` command: single processes for those who run them apart, and `up` for a whole installation with Docker. */
import './lib/require-node.mjs';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readArgs } from './lib/args.mjs';
import { deliveries, DELIVERIES_HELP } from './lib/deliveries.mjs';
import { isMain, ROOT } from './lib/root.mjs';
import { CommandError, runCommand } from './lib/steps.mjs';
import { up, UP_HELP } from './lib/up.mjs';
import { viewer, VIEWER_HELP } from './lib/viewer.mjs';

const HELP = `
crowdcue COMMAND [OPTIONS]

  up         run origin, relay and a TLS proxy with Docker on this machine
  origin     run an origin (rooms, drops, ledger and the pages)
  relay      run a relay that viewers connect to
  simulate   run simulated viewers
  deliveries list and replay messages to webhooks
  rehearse   run simulated viewers through a rehearsal of an event, and judge it
  viewer     export what is known of a person in an event, or erase it
  load       run k6, Artillery, a chaos run, a soak or the fuzzer
  ledger     look at the ledger, compare it with all that speaks of it, repair it
  backup     copy everything into one file while origins run
  restore    put such a file where everything is

crowdcue COMMAND --help tells about one. To try everything on this machine without Docker: npm start
`;

const ORIGIN_HELP = `
crowdcue origin   runs an origin until SIGTERM; it is configured by environment variables

  PORT, HOST       where it listens (2567, 127.0.0.1)
  DATA_DIR         where the embedded store is kept
  PUBLIC_URL       the address that links carry
  RELAY_SECRET     what relays show to link
  MASTER_SECRET    the root that identities and other keys are derived from

It writes one JSON line to stdout when it is ready, with the links of the console and the viewers' page.
`;

const RELAY_HELP = `
crowdcue relay [OPTIONS]   runs a relay until SIGTERM; it is configured by environment variables

  PORT, HOST         where it listens (2570, 127.0.0.1)
  ORIGIN_URL         the address of any origin
  RELAY_ID           its name, unique among the relays
  RELAY_SECRET       what it shows to link
  PUBLIC_URL         the address of the installation
  RELAY_PUBLIC_URL   the address that viewers reach it at

  --workers N        as many processes behind the one port (or WORKERS); one by default
In front of any Colyseus 0.18 server whose rooms carry the plugin relayable():

  --upstream URL     its address (UPSTREAM_URL)
  --auth MODE        none: viewers bring no credential; forward: their own token and cookies go to the
                     room's onAuth; event: tokens of Crowdcue's own origin (AUTH; event)
  --id NAME          its name (RELAY_ID)
  --port N           where it listens (PORT)

It writes one JSON line to stdout when it is ready. On SIGTERM it sends its viewers to other relays first.
`;

const SIMULATE_HELP = `
crowdcue simulate --viewers N --join LINK [--origin URL] [--relay URL]   runs simulated viewers until Ctrl-C

  --viewers N     how many
  --join LINK     the link that viewers are given
  --origin URL    the origin's address, when the link's is not reachable from here
  --relay URL     the relay's address, when it is not to be asked for
`;

const REHEARSE_HELP = `
crowdcue rehearse EVENT --host-link LINK [OPTIONS]   rehearses an event on its own origin and relays

Makes the event's rehearsal, an event beside it whose drops are in test mode, has simulated viewers join it, play rounds and claim, takes a
relay from them in the middle of one, and ends in one verdict. The event itself is not touched.

  --host-link LINK    a one-time link of the console; - reads it from the
                      standard input, and ends when that is closed; or
  --origin URL --host-session S   the origin, and a host's session there
  --viewers N         how many, up to 2,000 (500)
  --delays LIST       how late their pictures are, ms, dealt out in turn (0,1500,4000,8000,15000)
  --games LIST        a round of each (tug,trivia,quickdraw)
  --seconds S         how long a round is (10)
  --json              the last line is the verdict as JSON
`;

const LOAD_HELP = `
crowdcue load k6 SCRIPT [OPTIONS]     runs a k6 script: join-storm, steady, spike
crowdcue load artillery [OPTIONS]     runs the Artillery scenario over our SDK
crowdcue load chaos [OPTIONS]         a crowd plays while faults come and go, on a system of its own
crowdcue load soak [OPTIONS]          a crowd of which some go and others come every second, for as long as you like
crowdcue load fuzz [OPTIONS]          random and mutated frames for origin and relay while a crowd plays

  --origin URL, --host-session S   an origin, and a host's session there; without them one is started here
  --viewers N, --seconds S, --rate R   how many, for how long, how many actions a second and viewer
  --install                        Artillery only: installs it first
  --json                           the last line is the report as JSON
`;

const LEDGER_HELP = `
crowdcue ledger status                  whether claims are taken, and if not, why and what is missing
crowdcue ledger reconcile [EVENT]       compares ledger, stock, holdings and delivered receipts, in every event or one
crowdcue ledger replay EVENT            folds an event's entries from the first and compares the result with what stands

  --repair          reconcile: lets receipts that were lost stand again, by appended entries, and takes claims again
  --accept          with --repair: takes claims again though some receipts cannot stand again
  --receipts FILE   reconcile: receipts beside those that origins remember, a JSON line each, as origins keep them in
                    DATA_DIR/receipts/*/told-*.jsonl; may be given several times
  --json            the answer as one JSON object

It looks where origins do: REDIS_URL, else DATA_DIR (of npm start: .crowdcue/data). Files are read while their origin runs; to repair them, stop it, or ask
it (POST /api/ledger/reconcile). The exit code is 0 when all agrees, 1 when something differs or claims are frozen.
`;

const BACKUP_HELP = `
crowdcue backup FILE   copies everything into one file, with a checksum, while origins run

It copies what origins use: REDIS_URL, else DATA_DIR. Each event is copied as of one instant. Secrets are not in it: keep
MASTER_SECRET and RELAY_SECRET, or the data folder's development-secrets.json, apart.
`;

const RESTORE_HELP = `
crowdcue restore FILE [--force]   puts a backup where everything is; origins must not run

  --force   also where something is: files are put aside, keys of Redis removed

After it claims are frozen. What was delivered since the backup is told by: crowdcue ledger reconcile. To let it stand again and
take claims: crowdcue ledger reconcile --repair
`;

/** Runs a built main module in this process, as if it had been started itself. */
const runModule = (path) => async (argv) => {
  const file = join(ROOT, path);
  if (!existsSync(file)) throw new CommandError(`${path} is not built; run: npm run build`);
  process.argv = [process.argv[0], file, ...argv];
  await import(pathToFileURL(file).href);
  return process.exitCode;
};

/** A command that runs beside origins. */
const upkeep = (name) => (argv) => runModule('server/dist/upkeep/main.js')([name, ...argv]);

const RELAY_OPTIONS = { upstream: 'UPSTREAM_URL', auth: 'AUTH', id: 'RELAY_ID', port: 'PORT' };

/** Options stand for environment variables, and are checked where those are. */
const relay = async (argv) => {
  const parsed = readArgs('crowdcue relay', RELAY_HELP, Object.fromEntries(Object.keys(RELAY_OPTIONS).map((name) => [name, { type: 'string' }])), argv);
  if (parsed === undefined) return 0;
  for (const [name, value] of Object.entries(parsed.values)) process.env[RELAY_OPTIONS[name]] = value;
  return runModule('relay/dist/main.js')([]);
};

const COMMANDS = new Map([
  ['up', { help: UP_HELP, run: up }],
  ['origin', { help: ORIGIN_HELP, run: runModule('server/dist/main.js') }],
  ['relay', { help: RELAY_HELP, run: relay }],
  ['simulate', { help: SIMULATE_HELP, run: runModule('loadtest/dist/simulate.js') }],
  ['deliveries', { help: DELIVERIES_HELP, run: deliveries }],
  ['rehearse', { help: REHEARSE_HELP, run: runModule('loadtest/dist/rehearse.js') }],
  ['ledger', { help: LEDGER_HELP, run: upkeep('ledger') }],
  ['backup', { help: BACKUP_HELP, run: upkeep('backup') }],
  ['restore', { help: RESTORE_HELP, run: upkeep('restore') }],
  ['viewer', { help: VIEWER_HELP, run: viewer }],
  ['load', { help: LOAD_HELP, run: runModule('loadtest/dist/load.js') }],
]);

export const main = async ([name, ...argv]) => {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    console.log(HELP.trim());
    return name === undefined ? 2 : 0;
  }
  const command = COMMANDS.get(name);
  if (command === undefined) {
    throw new CommandError(`crowdcue: there is no command "${name}"; there are ${[...COMMANDS.keys()].join(', ')}.`, { code: 2 });
  }
  if (argv.includes('--help') || argv.includes('-h')) {
    console.log(command.help.trim());
    return 0;
  }
  return command.run(argv);
};

if (isMain(import.meta.url)) await runCommand(main);
