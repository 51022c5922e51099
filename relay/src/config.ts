import { isIP } from 'node:net';
import type { Tier } from '@crowdcue/protocol';
import type { Logger } from 'pino';
import type { Clock } from './clock.js';
import type { LoopMeter } from './loop-meter.js';

/** What a relay needs to know. Nothing in it comes from the environment by itself: `readConfig` does that, once, in `main.ts`. */
export interface RelayConfig {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** HTTP base of an origin, or of the Colyseus server in front of which the relay stands; no slash at the end. Several origins, which are tried in turn, are separated by commas. */
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
  /** Serves HTTPS and WSS itself; plain HTTP and WS when it is left out, for a proxy in front. */
  readonly tls?: TlsFiles;
  /** Milliseconds over which a draining relay spreads the closing of its viewers; 0 closes all at once. */
  readonly drainSpreadMs?: number;
  /** Where the relay stands, in a name that viewers' pages use too: `eu`, `eu-west`; "" when it is left out. */
  readonly region?: string;
  /** What a viewer here costs beside other relays, 0 to 9; 5 when it is left out. */
  readonly costClass?: number;
  /** Share of the loop's time past which write rates are lowered; when it is left out, or 1, they never are. */
  readonly writeBudget?: number;
  /** Measures the loop; tests hand in their own. */
  readonly meter?: LoopMeter;
  /** Other relays of the same user share the port (see workers.ts, which makes sure that nobody else has it); it cannot be 0 then. */
  readonly sharedPort?: boolean;
  /** What `/metrics` answers in place of this relay's own. */
  readonly scrape?: () => Promise<string>;
  /** Viewers in rooms at once; who comes later waits in line. As many as connections when it is left out. */
  readonly maxViewers?: number;
  /** Connections at once, those in line included; who comes later is turned away with `event_full`. */
  readonly maxConnections?: number;
  /** Part of this process's time that letting viewers in may take, above 0 and up to 1; 0.4 when it is left out. */
  readonly joinShare?: number;
  /** Milliseconds that a stock client's request for a seat is kept in line; 20,000 when it is left out. */
  readonly seatHoldMs?: number;
  /** Addresses and networks whose `X-Forwarded-For` is believed. */
  readonly trustedProxies?: readonly string[];
}

/** Paths of PEM files, read once at the start. */
export interface TlsFiles {
  readonly keyFile: string;
  /** The certificate and, after it, those that vouch for it. */
  readonly certFile: string;
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
  readonly region: string;
  readonly costClass: number;
  readonly writeBudget: number;
  readonly tls: TlsFiles | undefined;
  readonly logLevel: string;
  /** Processes that share the port. */
  readonly workers: number;
  readonly maxViewers: number;
  readonly maxConnections: number;
  readonly trustedProxies: readonly string[];
}

/** A value of the environment that the relay cannot start with; the message is one line that names the variable. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];
/** As many as the origin asks for; fewer are guessed, or are an example that was left standing. */
const SECRET_LENGTH = 32;
/** More than any machine has cores for. */
const WORKERS = 64;
/** Letters of a relay id that are left for the number of a worker: a dot and two digits. */
const WORKER_SUFFIX = 3;
/** Files that a process needs for itself: links, logs, its own libraries, a scrape. */
const OWN_FILES = 256;
/** Connections in a hundred that are kept for the line and for seat requests, where nobody says otherwise. */
const LINE_PERCENT = 2;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Parses the environment; `files` is how many files a process may open. Throws `ConfigError` for the first value that will not do.
 */
export const readConfig = (env: Environment, files: number): RelayEnvironment => {
  const workers = readCount(env, 'WORKERS', 1, WORKERS);
  const maxConnections = readCount(env, 'MAX_CONNECTIONS', Math.max(1, files - OWN_FILES));
  const inRooms = Math.max(1, Math.floor(maxConnections * (1 - LINE_PERCENT / 100)));
  return {
    host: env['HOST'] || '127.0.0.1',
    port: readPort(env),
    originUrl: readOriginUrl(env),
    auth: readAuth(env),
    relayId: readRelayId(env, workers),
    secret: readSecret(env),
    publicUrl: readPublicUrl(env),
    tls: readTls(env),
    region: readRegion(env),
    costClass: readNumber(env, 'COST_CLASS', '5', /^\d$/, 'a whole number from 0 to 9'),
    writeBudget: readNumber(env, 'WRITE_BUDGET', '0.85', /^(1|1\.0|0\.[1-9]\d*)$/, 'a number from 0.1 to 1'),
    logLevel: readLogLevel(env),
    workers,
    maxViewers: readCount(env, 'MAX_VIEWERS', inRooms),
    maxConnections,
    trustedProxies: readProxies(env),
  };
};

/** A whole number from 1, or `otherwise` where nothing is said. */
const readCount = (env: Environment, name: string, otherwise: number, max = Number.MAX_SAFE_INTEGER): number => {
  const text = env[name];
  if (text === undefined || text === '') return otherwise;
  const count = Number(text);
  if (!/^\d{1,16}$/.test(text) || count < 1 || count > max) {
    throw new ConfigError(`${name} must be a whole number ${max === Number.MAX_SAFE_INTEGER ? 'above 0' : `from 1 to ${max}`}, not ${JSON.stringify(text)}`);
  }
  return count;
};

const readProxies = (env: Environment): readonly string[] => {
  const entries = (env['TRUSTED_PROXIES'] ?? '').split(',').map((entry) => entry.trim()).filter((entry) => entry !== '');
  for (const entry of entries) {
    const [address = '', prefix, ...rest] = entry.split('/');
    const bits = isIP(address) === 6 ? 128 : 32;
    const fits = isIP(address) !== 0 && rest.length === 0 && (prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits));
    if (!fits) throw new ConfigError(`TRUSTED_PROXIES must be IP addresses and networks, separated by commas, not ${JSON.stringify(entry)}`);
  }
  return entries;
};

const required = (env: Environment, name: string): string => {
  const value = env[name];
  if (value === undefined || value === '') throw new ConfigError(`${name} is not set`);
  return value;
};

/** `UPSTREAM_URL` is any Colyseus server, `ORIGIN_URL` ours. */
/** Origins may be several, separated by commas. */
const readOriginUrl = (env: Environment): string => {
  const name = env['UPSTREAM_URL'] ? 'UPSTREAM_URL' : 'ORIGIN_URL';
  return required(env, name).split(',').map((url) => readUrl(name, url.trim(), ['http:', 'https:'])).join(',');
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

/** Without a dot: that is what sets the ids of workers apart, `<RELAY_ID>.<k>`. */
const readRelayId = (env: Environment, workers: number): string => {
  const id = required(env, 'RELAY_ID');
  if (workers > 1 && id.length > 64 - WORKER_SUFFIX) throw new ConfigError(`RELAY_ID must have ${64 - WORKER_SUFFIX} letters at most where there are workers`);
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(id)) throw new ConfigError('RELAY_ID must begin with a letter or digit and be 1 to 64 of A-Z, a-z, 0-9, "_" and "-"');
  return id;
};

const readRegion = (env: Environment): string => {
  const region = env['REGION'] ?? '';
  if (region !== '' && !/^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/.test(region)) throw new ConfigError(`REGION must be 1 to 32 of a-z, 0-9 and "-", not ${JSON.stringify(region)}`);
  return region;
};

const readNumber = (env: Environment, name: string, fallback: string, shape: RegExp, what: string): number => {
  const text = env[name] || fallback;
  if (!shape.test(text)) throw new ConfigError(`${name} must be ${what}, not ${JSON.stringify(text)}`);
  return Number(text);
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

/** Both files or neither: half a pair would mean plain text where somebody expects none. */
const readTls = (env: Environment): TlsFiles | undefined => {
  const [keyFile, certFile] = [env['TLS_KEY_FILE'] || undefined, env['TLS_CERT_FILE'] || undefined];
  if (keyFile === undefined && certFile === undefined) return undefined;
  if (keyFile === undefined) throw new ConfigError('TLS_KEY_FILE is not set, but TLS_CERT_FILE is');
  if (certFile === undefined) throw new ConfigError('TLS_CERT_FILE is not set, but TLS_KEY_FILE is');
  return { keyFile, certFile };
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
