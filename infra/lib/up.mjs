import { join } from 'node:path';
import { readArgs } from './args.mjs';
import { ROOT, STATE } from './root.mjs';
import { findOnPath, runLoud, runQuiet } from './run.mjs';
import { composeEnvFile } from './secrets.mjs';
import { CommandError } from './steps.mjs';

export const UP_HELP = `
crowdcue up [--domain D] [--print]   builds the images and runs origin, relay and a TLS proxy with Docker

  --domain D   the host name that viewers open (default localhost). Ports 80 and 443 of this machine must be reachable
               under it, so that the proxy can get a certificate
  --print      print the command instead of running it

Secrets are made at the first run and kept in .crowdcue/compose.env; RELAY_SECRET and MASTER_SECRET in the environment
override them. Keep that file: without its master secret, tokens and links that were given out are void.
`;

const DOMAIN = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i;

const requireDocker = async () => {
  const docker = findOnPath('docker');
  if (docker === undefined) throw new CommandError('crowdcue up needs Docker, and there is no docker command here. To try Crowdcue without it: npm start');
  const works = (...args) => runQuiet(docker, args).then(() => true, () => false);
  if (!(await works('compose', 'version'))) throw new CommandError('This docker command has no "compose"; install the Docker Compose plugin.');
  if (!(await works('info'))) throw new CommandError('The docker command is here, but no Docker engine answers it.');
  return docker;
};

/** The command `crowdcue up`. */
export const up = async (argv) => {
  const parsed = readArgs('crowdcue up', UP_HELP, { domain: { type: 'string' }, print: { type: 'boolean' } }, argv);
  const domain = parsed.values.domain ?? 'localhost';
  if (!DOMAIN.test(domain)) throw new CommandError(`crowdcue up: "${domain}" is not a host name.`, { code: 2 });
  const envFile = join(STATE, 'compose.env');
  const args = ['compose', '-f', join(ROOT, 'infra/compose.yml'), '--env-file', envFile, 'up', '-d', '--build'];
  if (parsed.values.print) {
    composeEnvFile(envFile, { DOMAIN: domain });
    console.log(`docker ${args.join(' ')}`);
    return 0;
  }
  const docker = await requireDocker();
  composeEnvFile(envFile, { DOMAIN: domain });
  const code = await runLoud(docker, args);
  if (code === 0) console.log(`Crowdcue is at https://${domain}. The host link: docker ${[...args.slice(0, 5), 'logs', 'origin'].join(' ')}`);
  return code;
};
