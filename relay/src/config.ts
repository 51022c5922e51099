import type { Tier } from '@crowdcue/protocol';
import type { Logger } from 'pino';
import type { Clock } from './clock.js';

/** What a relay needs to know. Nothing in it comes from the environment by itself: `readConfig` does that, once, in `main.ts`. */
export interface RelayConfig {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** HTTP base of the origin, or of the Colyseus server in front of which the relay stands; without a slash at the end. */
  readonly originUrl: string;
  /** Who decides about viewers: our origin by its tokens (`event`, also when it is left out), or the rooms of any Colyseus server. */
  readonly auth?: RelayAuth;
  readonly relayId: string;
  /** The relay's credential. */
  readonly secret: string;
  /** WebSocket base that viewers are told; the listening address when it is left out. */
  readonly publicUrl?: string;
  /** Start of this run, ms since 1970: a later run of the same relay has a higher one. */
  readonly incarnation: number;
  readonly logger?: Logger;
  readonly clock?: Clock;
  /** Write rate of viewers that do not ask for one; 10 Hz when it is left out. */
  readonly defaultTier?: Tier;
  /** Milliseconds over which a draining relay spreads the closing of its viewers; 0 closes all at once. */
  readonly drainSpreadMs?: number;
}

/** `none`: viewers bring no credential; `forward`: their own token and cookies go to the room's `onAuth`; `event`: our tokens. */
export type RelayAuth = 'none' | 'forward' | 'event';

/** What the environment says, typed. */
export interface RelayEnvironment {
  readonly host: string;
  readonly port: number;
  readonly originUrl: string;
  readonly auth: RelayAuth;
  readonly relayId: string;
  readonly secret: string;
  readonly publicUrl: string | undefined;
  readonly logLevel: string;
}

/** A value of the environment that the relay cannot start with; the message is one line that names the variable. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];
/** As many as the origin asks for; fewer are guessed, or are an example that was left standing. */
const SECRET_LENGTH = 32;

type Environment = Readonly<Record<string, string | undefined>>;

/** Parses the environment. Throws `ConfigError` for the first value that will not do. */
export const readConfig = (env: Environment): RelayEnvironment => ({
  host: env['HOST'] || '127.0.0.1',
  port: readPort(env),
  originUrl: readOriginUrl(env),
  auth: readAuth(env),
  relayId: readRelayId(env),
  secret: readSecret(env),
  publicUrl: readPublicUrl(env),
  logLevel: readLogLevel(env),
});

const required = (env: Environment, name: string): string => {
  const value = env[name];
  if (value === undefined || value === '') throw new ConfigError(`${name} is not set`);
  return value;
};

/** `UPSTREAM_URL` is any Colyseus server, `ORIGIN_URL` ours. */
const readOriginUrl = (env: Environment): string => {
  const name = env['UPSTREAM_URL'] ? 'UPSTREAM_URL' : 'ORIGIN_URL';
  return readUrl(name, required(env, name), ['http:', 'https:']);
};

const readAuth = (env: Environment): RelayAuth => {
  const auth = env['AUTH'] || 'event';
  if (auth !== 'none' && auth !== 'forward' && auth !== 'event') throw new ConfigError(`AUTH must be none, forward or event, not ${JSON.stringify(auth)}`);
  if (auth !== 'event' && !env['UPSTREAM_URL']) throw new ConfigError(`AUTH is ${auth}, which needs UPSTREAM_URL`);
  return auth;
};

const readPort = (env: Environment): number => {
  const text = env['PORT'] || '2570';
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new ConfigError(`PORT must be a whole number from 0 to 65535, not ${JSON.stringify(text)}`);
  return port;
};

const readRelayId = (env: Environment): string => {
  const id = required(env, 'RELAY_ID');
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(id)) throw new ConfigError('RELAY_ID must begin with a letter or digit and be 1 to 64 of A-Z, a-z, 0-9, "_" and "-"');
  return id;
};

const readSecret = (env: Environment): string => {
  const secret = required(env, 'RELAY_SECRET');
  if (secret.length < SECRET_LENGTH) throw new ConfigError(`RELAY_SECRET must have at least ${SECRET_LENGTH} characters`);
  return secret;
};

/** `RELAY_PUBLIC_URL` is this relay's own; `PUBLIC_URL` is the one host name that everything may stand behind. */
const readPublicUrl = (env: Environment): string | undefined => {
  const name = env['RELAY_PUBLIC_URL'] ? 'RELAY_PUBLIC_URL' : 'PUBLIC_URL';
  const value = env[name];
  if (value === undefined || value === '') return undefined;
  return readUrl(name, value, ['ws:', 'wss:', 'http:', 'https:']).replace(/^http/, 'ws');
};

const readUrl = (name: string, value: string, protocols: readonly string[]): string => {
  const wrong = new ConfigError(`${name} must be a URL that begins with ${protocols.map((p) => `${p}//`).join(' or ')}, not ${JSON.stringify(value)}`);
  if (!URL.canParse(value)) throw wrong;
  const url = new URL(value);
  if (!protocols.includes(url.protocol) || url.search !== '' || url.hash !== '') throw wrong;
  return value.replace(/\/+$/, '');
};

const readLogLevel = (env: Environment): string => {
  const level = env['LOG_LEVEL'] || 'info';
  if (!LOG_LEVELS.includes(level)) throw new ConfigError(`LOG_LEVEL must be one of ${LOG_LEVELS.join(', ')}, not ${JSON.stringify(level)}`);
  return level;
};
