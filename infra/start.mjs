/**
 * `npm start`: installs and builds what is missing, then runs one origin, one relay and, when asked, simulated viewers, and
 * keeps them running until Ctrl-C. It prints the links; everything that the processes say below a warning stays hidden.
 */
import './lib/require-node.mjs';
import { once } from 'node:events';
import { join, relative, resolve } from 'node:path';
import { bootstrap } from './bootstrap.mjs';
import { readArgs, wholeNumber } from './lib/args.mjs';
import { Child } from './lib/child.mjs';
import { originEnv, relayEnv } from './lib/child-env.mjs';
import { resetDataDir, takeDataDir } from './lib/data-dir.mjs';
import { withLock } from './lib/lock.mjs';
import { freePort, publicHost } from './lib/ports.mjs';
import { isMain, ROOT, STATE } from './lib/root.mjs';
import { developmentSecrets } from './lib/secrets.mjs';
import { CommandError, overwrite, runCommand, step } from './lib/steps.mjs';

const ORIGIN_PORT = 2567;
const RELAY_PORT = 2570;
const MAX_VIEWERS = 20_000; // sockets that one simulating process may open
const PARENT_MS = 500; // how soon we see that npm is gone
const PROGRESS_MS = 10_000; // how often the viewers' progress is a line where it cannot be updated in place

const HELP = `
npm start [-- OPTIONS]   installs, builds and runs Crowdcue on this machine: origin, relay and pages

  --viewers N       also run N simulated viewers
  --port N          port of the origin and its pages (default ${ORIGIN_PORT}, or the next free one)
  --relay-port N    port of the relay (default ${RELAY_PORT}, or the next free one)
  --host H          address to listen on (default 127.0.0.1; 0.0.0.0 lets others on your network in)
  --data DIR        where events and the ledger are kept (default .crowdcue/data)
  --reset           forget all events first
  --verbose         show everything that the processes log
  --help            this text

Development secrets are made at the first start and kept in .crowdcue/secrets.json; RELAY_SECRET and MASTER_SECRET in the
environment override them, PUBLIC_URL and RELAY_PUBLIC_URL the addresses in the links.
`;

const OPTIONS = {
  viewers: { type: 'string' }, port: { type: 'string' }, 'relay-port': { type: 'string' }, host: { type: 'string' },
  data: { type: 'string' }, reset: { type: 'boolean' }, verbose: { type: 'boolean' },
};

/** A port: the asked one, which must be free, or the next free one from the default. */
const choosePort = async (name, asked, standard, host, avoid) => {
  const port = await freePort(asked ?? standard, host, asked === undefined ? avoid : []);
  if (asked !== undefined && asked !== 0 && port !== asked) throw new CommandError(`Port ${asked} is busy; give another one with ${name}.`);
  if (asked === undefined && port !== standard) console.log(`port ${standard} is busy, using ${port}`);
  return port;
};

const settle = async (values) => {
  const host = values.host ?? '127.0.0.1';
  const name = publicHost(host);
  const port = await choosePort('--port', values.port, ORIGIN_PORT, host, []);
  const relayPort = await choosePort('--relay-port', values['relay-port'], RELAY_PORT, host, [port]);
  const local = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : name;
  const publicUrl = process.env.PUBLIC_URL || `http://${name}:${port}`;
  return {
    host, port, relayPort, publicUrl,
    originUrl: `http://${local}:${port}`,
    relayPublicUrl: process.env.RELAY_PUBLIC_URL || `ws://${name}:${relayPort}`,
    relayId: 'relay-1',
  };
};

const LINKS = [['hostLink', 'Host console'], ['viewerLink', 'Viewers'], ['overlayLink', 'Stream overlay']];

const printLinks = (origin, relay, dataDir) => {
  const rows = LINKS.filter(([key]) => origin[key]).map(([key, label]) => [label, origin[key]]);
  rows.push(['Relay', relay.url], ['Data', relative(process.cwd(), dataDir) || '.']);
  const width = Math.max(...rows.map(([label]) => label.length));
  console.log(`\n  Crowdcue is running\n\n${rows.map(([label, value]) => `  ${label.padEnd(width)}   ${value}`).join('\n')}\n\n  Ctrl-C stops it.\n`);
};

/** The simulated viewers' progress: one line, updated in place on a terminal. */
const progressLine = () => {
  let last = -Infinity;
  return ({ crowdcue, text }) => {
    if (crowdcue !== 'progress') return;
    if (process.stdout.isTTY) return void overwrite(`viewers: ${text}`);
    const now = Number(process.hrtime.bigint() / 1_000_000n);
    if (now - last < PROGRESS_MS) return;
    last = now;
    console.log(`viewers: ${text}`);
  };
};

const say = (line) => {
  overwrite('');
  console.log(line);
};

/** The origin, which prints the links again when a restart changed them. */
const makeOrigin = (common, plan, dataDir, secrets, state) =>
  new Child({
    ...common, name: 'origin', script: join(ROOT, 'server/dist/main.js'), env: originEnv({ ...plan, dataDir, secrets }),
    onMessage: (message) => {
      if (message.crowdcue !== 'ready') return;
      const changed = LINKS.some(([key]) => state.links[key] !== message[key]);
      state.links = message;
      if (changed && state.relay !== undefined) printLinks(state.links, state.relay, dataDir);
    },
  });

/** Starts what was asked for, adding each child to `children` before it runs so that a signal can stop it at any time. */
const launch = async (values, dataDir, children, signal) => {
  const secrets = await developmentSecrets();
  const plan = await settle(values);
  const common = { cwd: ROOT, verbose: values.verbose, say };
  const state = { links: {}, relay: undefined };
  const run = async (child) => {
    signal.throwIfAborted();
    children.push(child);
    return child.start();
  };
  await step('starting the origin', async () => void (await run(makeOrigin(common, plan, dataDir, secrets, state))));
  await step('starting the relay', async () => {
    const env = relayEnv({ ...plan, port: plan.relayPort, secrets });
    state.relay = await run(new Child({ ...common, name: 'relay', script: join(ROOT, 'relay/dist/main.js'), env }));
  });
  printLinks(state.links, state.relay, dataDir);
  if (values.viewers === undefined) return;
  const args = ['--viewers', String(values.viewers), '--origin', plan.originUrl, '--relay', state.relay.url];
  if (state.links.viewerLink) args.push('--join', state.links.viewerLink);
  await run(new Child({ ...common, name: 'viewers', script: join(ROOT, 'loadtest/dist/simulate.js'), args, restart: false, onMessage: progressLine() }));
};

const readValues = (argv) => {
  const parsed = readArgs('npm start', HELP, OPTIONS, argv);
  if (parsed === undefined) return undefined;
  const { values } = parsed;
  return {
    ...values,
    viewers: wholeNumber('--viewers', values.viewers, 1, MAX_VIEWERS),
    port: wholeNumber('--port', values.port, 0, 65_535),
    'relay-port': wholeNumber('--relay-port', values['relay-port'], 0, 65_535),
  };
};

/**
 * Ends when somebody wants us to stop. npm hands a SIGTERM on to the shell between it and us, and the shell dies without a word:
 * under npm a parent that went away is that signal.
 */
const stopSignal = () => {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => stop.abort());
  if (process.env.npm_lifecycle_event !== undefined) {
    const parent = process.ppid;
    setInterval(() => process.ppid !== parent && stop.abort(), PARENT_MS).unref();
  }
  return stop.signal;
};

export const main = async (argv) => {
  const values = readValues(argv);
  if (values === undefined) return 0;
  await bootstrap();
  const signal = stopSignal();
  const data = takeDataDir(STATE, values.data === undefined ? undefined : resolve(values.data));
  const children = [];
  try {
    if (values.reset) resetDataDir(data.path);
    // One start at a time looks for ports, or two would find the same one free.
    const launched = withLock(join(STATE, 'launch.lock'), () => launch(values, data.path, children, signal), { signal });
    const stopped = once(signal, 'abort');
    await Promise.race([launched.then(() => stopped), stopped]);
    launched.catch(() => {}); // a child that was stopped while it started has nothing to add
    say('stopping …');
    return 0;
  } finally {
    // Who depends on others goes first: viewers, relay, origin.
    for (const child of children.toReversed()) await child.stop();
    data.release();
    if (signal.aborted) say('stopped');
  }
};

if (isMain(import.meta.url)) await runCommand(main);
