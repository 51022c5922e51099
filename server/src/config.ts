import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { z } from 'zod';
import { isLoopback } from './loopback.js';
import { readAddress } from './people/mail-address.js';
import { developmentSecrets, type Secrets } from './identity/development-secrets.js';
import { clusterAddress, isRedisUrl } from './store/index.js';

/** What an origin is told by its environment, parsed once. */
export interface Config {
  readonly port: number;
  readonly host: string;
  readonly dataDir: string;
  /** The Redis of a system of several origins; undefined: one origin with files of its own. */
  readonly redisUrl: string | undefined;
  /** Replicas of it that must have a step of the ledger before it is answered, even when fewer are connected. */
  readonly redisMinReplicas: number;
  /** A Redis or Redis Cluster for the ledger alone; undefined: it is in the one above. */
  readonly ledgerRedisUrl: string | undefined;
  /** Names this process among the origins. */
  readonly originId: string | undefined;
  /** `host:port[/path]` at which relays and other origins reach this process; undefined: where it listens. */
  readonly originAddress: string | undefined;
  /** Where viewers and hosts find this installation, path prefix included, no slash at the end; undefined: where it listens. */
  readonly publicUrl: string | undefined;
  /** Addresses and networks (CIDR) whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
  readonly masterSecret: Uint8Array;
  readonly relaySecret: string;
  readonly logLevel: string;
  readonly production: boolean;
  readonly seedDemo: boolean;
  readonly hostLinkTtlS: number;
  /** Simulated viewers of a rehearsal that this origin runs itself at most; 0: it runs none. */
  readonly rehearsalViewers: number;
  /** Folder of the built pages; undefined: the one of the `web` package. */
  readonly webDir: string | undefined;
  /** Packages with games beside ours, and the folder from which they are looked for. */
  readonly games: readonly string[];
  readonly gamesDir: string;
  /** Addresses and networks that webhooks may go to though they are private, and over plain HTTP. */
  readonly webhookAllowPrivate: readonly string[];
  /** How mail is sent; undefined: none is. */
  readonly mail: { readonly url: string; readonly from: string } | undefined;
  /** Days that people's data are kept after an event, where its host does not say. */
  readonly retentionDays: number;
  /** The extension on Twitch whose viewers are let in; without secrets nobody is. */
  readonly twitch: { readonly secrets: readonly Uint8Array[]; readonly clientId: string | undefined };
  /** The application with which viewers on the web sign in with Twitch; undefined: none do. */
  readonly signIn: { readonly clientId: string; readonly secret: string; readonly issuer: string } | undefined;
}

/** A setting that cannot be used; the message is one line that begins with its name. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const MASTER_BYTES = 32; // 256 bits, the strength of HKDF with SHA-256
const RELAY_LETTERS = 32;

/** Ten years: what some must keep of who won something. */
export const MOST_RETENTION_DAYS = 3_660;

const whole = (min: number, max: number) =>
  z.string().regex(/^\d+$/, 'must be a whole number').transform(Number).refine((n) => n >= min && n <= max, `must be ${min} to ${max}`);

const isPublicUrl = (text: string): boolean => {
  if (!URL.canParse(text)) return false;
  const { protocol, search, hash, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && `${search}${hash}${username}${password}` === '';
};

const isNetwork = (text: string): boolean => {
  const [address, prefix, ...rest] = text.split('/') as [string, string?];
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 6 ? 128 : 32));
};

const isLedgerUrl = (text: string): boolean => isRedisUrl(text) || clusterAddress(text) !== undefined;

/** A secret goes there: only over TLS, but for a stand-in on this machine. */
const isSignInUrl = (text: string): boolean => isPublicUrl(text) && (new URL(text).protocol === 'https:' || isLoopback(new URL(text).hostname));

const isMailUrl = (text: string): boolean => {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, pathname, search, hash } = new URL(text);
  return /^smtps?:$/.test(protocol) && hostname !== '' && ['', '/'].includes(pathname) && `${search}${hash}` === '';
};

/** `show@example.com`, or with a name before it: `The Show <show@example.com>`. */
const isSender = (text: string): boolean => {
  const [, address] = /^(?:[^\p{C}<>",;:@]+ )?<([^<>]+)>$/u.exec(text) ?? [undefined, text];
  return readAddress(address!) !== undefined;
};


/** As it stands in the address of a room's socket: without scheme, query or slash at the end. */
const isAddress = (text: string): boolean =>
  /^(\[[\da-f:.]+\]|[\w.-]+):\d{1,5}(\/[\w./~-]*[\w.~-])?$/i.test(text) && URL.canParse(`http://${text}`);

/** Hosts to listen on that nobody can be told to go to. */
const EVERYWHERE: ReadonlySet<string> = new Set(['0.0.0.0', '::', '[::]']);

/** As npm takes them; no path, so that what is loaded was installed. */
const PACKAGE = /^(@[a-z0-9~-][\w.~-]*\/)?[a-z0-9~-][\w.~-]*$/;

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

const environment = z.object({
  PORT: whole(0, 65_535).default(2567),
  HOST: z.string().default('127.0.0.1'),
  DATA_DIR: z.string().default('.crowdcue'),
  REDIS_URL: z.string().refine(isRedisUrl, 'must be redis:// or rediss:// with a host').optional(),
  REDIS_MIN_REPLICAS: whole(0, 9).default(0),
  LEDGER_REDIS_URL: z.string().refine(isLedgerUrl, 'must be redis://, rediss://, redis+cluster:// or rediss+cluster:// with hosts').optional(),
  ORIGIN_ID: z.string().regex(/^[A-Za-z0-9][\w.-]{0,63}$/, 'must begin with a letter or digit and have 64 letters, digits, ".", "_" or "-" at most').optional(),
  ORIGIN_ADDRESS: z.string().refine(isAddress, 'must be host:port, with a path if need be').optional(),
  PUBLIC_URL: z.string().refine(isPublicUrl, 'must be an http or https address without query').transform((url) => url.replace(/\/+$/, '')).optional(),
  TRUSTED_PROXIES: z.string().default('').transform((text) => text.split(',').map((part) => part.trim()).filter((part) => part !== ''))
    .refine((parts) => parts.every(isNetwork), 'must be IP addresses or networks, separated by commas'),
  MASTER_SECRET: z.string().optional(),
  RELAY_SECRET: z.string().min(RELAY_LETTERS, `must have at least ${RELAY_LETTERS} letters`).optional(),
  LOG_LEVEL: z.enum(LEVELS, `must be one of ${LEVELS.join(', ')}`).default('info'),
  NODE_ENV: z.string().default('development'),
  SEED_DEMO: z.enum(['0', '1'], 'must be 0 or 1').optional(),
  HOST_LINK_TTL_S: whole(10, 7 * 24 * 3600).default(15 * 60),
  REHEARSAL_VIEWERS: whole(0, 2_000).optional(),
  WEB_DIR: z.string().optional(),
  GAMES: z.string().default('').transform((text) => text.split(',').map((part) => part.trim()).filter((part) => part !== ''))
    .refine((parts) => parts.every((part) => PACKAGE.test(part)), 'must be names of npm packages, separated by commas'),
  GAMES_DIR: z.string().default('.'),
  WEBHOOK_ALLOW_PRIVATE: z.string().default('').transform((text) => text.split(',').map((part) => part.trim()).filter((part) => part !== ''))
    .refine((parts) => parts.every(isNetwork), 'must be IP addresses or networks, separated by commas'),
  MAIL_URL: z.string().refine(isMailUrl, 'must be smtp:// or smtps:// with a host, and user:password@ before it if need be').optional(),
  MAIL_FROM: z.string().refine(isSender, 'must be an address of mail, or a name and <address>').optional(),
  PEOPLE_RETENTION_DAYS: whole(1, MOST_RETENTION_DAYS).default(30),
  TWITCH_EXTENSION_SECRET: z.string().optional(),
  TWITCH_EXTENSION_SECRET_FILE: z.string().optional(),
  TWITCH_EXTENSION_CLIENT_ID: z.string().regex(/^[a-z0-9]{8,64}$/, 'must be the client id of the extension, as in Twitch\'s console').optional(),
  TWITCH_SIGN_IN_CLIENT_ID: z.string().regex(/^[a-z0-9]{8,64}$/, 'must be the client id of the application, as in Twitch\'s console').optional(),
  TWITCH_SIGN_IN_SECRET: z.string().regex(/^[a-z0-9]{8,64}$/, 'must be the secret of the application, as in Twitch\'s console').optional(),
  TWITCH_SIGN_IN_ISSUER: z.string().refine(isSignInUrl, 'must be https, or http on this machine, without query').transform((text) => text.replace(/\/+$/, '')).default('https://id.twitch.tv/oauth2'),
});

/** The names of the environment variables; the docs are compared with them. */
export const ENVIRONMENT_VARIABLES: readonly string[] = Object.keys(environment.shape);

/** A ledger alone is not all that is kept: a command that took files for the rest would look at the wrong thing. */
const mustComeTogether = ({ REDIS_URL, LEDGER_REDIS_URL }: { readonly REDIS_URL?: string | undefined; readonly LEDGER_REDIS_URL?: string | undefined }): void => {
  if (LEDGER_REDIS_URL !== undefined && REDIS_URL === undefined) throw new ConfigError('LEDGER_REDIS_URL must come with REDIS_URL: it is for the ledger alone');
};

/** Where everything is kept, for commands that are no origin and need no secret. Throws a `ConfigError` that names the variable. */
export const readStoreConfig = (env: NodeJS.ProcessEnv): Pick<Config, 'dataDir' | 'redisUrl' | 'ledgerRedisUrl'> => {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = environment.pick({ DATA_DIR: true, REDIS_URL: true, LEDGER_REDIS_URL: true }).safeParse(given);
  if (parsed.success) {
    mustComeTogether(parsed.data);
    return { dataDir: parsed.data.DATA_DIR, redisUrl: parsed.data.REDIS_URL, ledgerRedisUrl: parsed.data.LEDGER_REDIS_URL };
  }
  const [first] = parsed.error.issues;
  throw new ConfigError(`${String(first!.path[0])} ${first!.message}`);
};

const parseMaster = (text: string): Uint8Array => {
  const bytes = /^([\da-f]{2})+$/i.test(text) && text.length >= MASTER_BYTES * 2 ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64url');
  if (!/^[\w+/-]+=*$/.test(text) || bytes.length < MASTER_BYTES) throw new ConfigError(`MASTER_SECRET must be at least ${MASTER_BYTES} bytes, as base64url or hex`);
  return bytes;
};

const TWITCH_SECRET_BYTES = 16; // Twitch's have 32; fewer than this is a mistake in copying

/** Several while Twitch rotates them, separated by commas or line ends. */
const parseTwitchSecrets = (name: string, text: string): Uint8Array[] => text.split(/[,\s]+/).filter((part) => part !== '').map((part) => {
  const secret = /^[A-Za-z\d+/]+=*$/.test(part) ? Buffer.from(part, 'base64') : Buffer.alloc(0);
  if (secret.length < TWITCH_SECRET_BYTES) throw new ConfigError(`${name} must be base64, as Twitch's console shows it; several are separated by commas`);
  return secret;
});

const twitchSecrets = (text: string | undefined, file: string | undefined): Uint8Array[] => {
  if (text !== undefined) return parseTwitchSecrets('TWITCH_EXTENSION_SECRET', text);
  if (file === undefined) return [];
  try {
    return parseTwitchSecrets('TWITCH_EXTENSION_SECRET_FILE', readFileSync(file, 'utf8'));
  } catch (error) {
    throw error instanceof ConfigError ? error : new ConfigError(`TWITCH_EXTENSION_SECRET_FILE cannot be read: ${(error as Error).message}`);
  }
};

/**
 * Reads the configuration; an empty variable counts as absent. In production both secrets must be given; elsewhere
 * `makeSecrets` gives those that are missing. Throws a `ConfigError` that names the variable.
 */
export const readConfig = (env: NodeJS.ProcessEnv, makeSecrets: (dataDir: string) => Secrets = developmentSecrets): Config => {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = environment.safeParse(given);
  if (!parsed.success) {
    const [first] = parsed.error.issues;
    throw new ConfigError(`${String(first!.path[0])} ${first!.message}`);
  }
  const e = parsed.data;
  const production = e.NODE_ENV === 'production';
  if (e.REDIS_URL !== undefined && e.ORIGIN_ADDRESS === undefined && EVERYWHERE.has(e.HOST)) {
    throw new ConfigError(`ORIGIN_ADDRESS must be set when HOST is ${e.HOST} and REDIS_URL is given: relays are sent to it`);
  }
  mustComeTogether(e);
  for (const [missing, there] of [['TWITCH_SIGN_IN_SECRET', 'TWITCH_SIGN_IN_CLIENT_ID'], ['TWITCH_SIGN_IN_CLIENT_ID', 'TWITCH_SIGN_IN_SECRET']] as const) {
    if (e[missing] === undefined && e[there] !== undefined) throw new ConfigError(`${missing} must be set when ${there} is given`);
  }
  if (e.MAIL_URL !== undefined && e.MAIL_FROM === undefined) throw new ConfigError('MAIL_FROM must be set when MAIL_URL is given');
  const secret = (name: 'MASTER_SECRET' | 'RELAY_SECRET'): string => {
    const text = e[name];
    if (text !== undefined) return text;
    if (production) throw new ConfigError(`${name} must be set when NODE_ENV is production`);
    if (e.REDIS_URL !== undefined) throw new ConfigError(`${name} must be set when REDIS_URL is given: all origins need the same`);
    return makeSecrets(e.DATA_DIR)[name];
  };
  return {
    port: e.PORT, host: e.HOST, dataDir: e.DATA_DIR, redisUrl: e.REDIS_URL, ledgerRedisUrl: e.LEDGER_REDIS_URL, redisMinReplicas: e.REDIS_MIN_REPLICAS, originId: e.ORIGIN_ID, originAddress: e.ORIGIN_ADDRESS, publicUrl: e.PUBLIC_URL, trustedProxies: e.TRUSTED_PROXIES,
    masterSecret: parseMaster(secret('MASTER_SECRET')), relaySecret: secret('RELAY_SECRET'),
    logLevel: e.LOG_LEVEL, production, seedDemo: e.SEED_DEMO === undefined ? e.NODE_ENV === 'development' : e.SEED_DEMO === '1',
    hostLinkTtlS: e.HOST_LINK_TTL_S, rehearsalViewers: e.REHEARSAL_VIEWERS ?? (production ? 0 : 500), webDir: e.WEB_DIR,
    games: e.GAMES, gamesDir: e.GAMES_DIR, webhookAllowPrivate: e.WEBHOOK_ALLOW_PRIVATE,
    mail: e.MAIL_URL === undefined ? undefined : { url: e.MAIL_URL, from: e.MAIL_FROM! }, retentionDays: e.PEOPLE_RETENTION_DAYS,
    signIn: e.TWITCH_SIGN_IN_CLIENT_ID === undefined ? undefined : { clientId: e.TWITCH_SIGN_IN_CLIENT_ID, secret: e.TWITCH_SIGN_IN_SECRET!, issuer: e.TWITCH_SIGN_IN_ISSUER },
    twitch: { secrets: twitchSecrets(e.TWITCH_EXTENSION_SECRET, e.TWITCH_EXTENSION_SECRET_FILE), clientId: e.TWITCH_EXTENSION_CLIENT_ID },
  };
};
