import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError, ENVIRONMENT_VARIABLES, readConfig } from '../src/config.js';
import { tempDir } from './support/test-origin.js';

const SECRETS = { MASTER_SECRET: 'ab'.repeat(32), RELAY_SECRET: 'r'.repeat(32) };
const wrong = (env: Record<string, string>): string => {
  try {
    readConfig({ ...SECRETS, ...env });
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return 'taken';
};

describe('configuration', () => {
  it('[CFG1] has the documented defaults', () => {
    expect(readConfig(SECRETS)).toMatchObject({
      port: 2567, host: '127.0.0.1', dataDir: '.crowdcue', redisUrl: undefined, redisMinReplicas: 0, originId: undefined, originAddress: undefined, publicUrl: undefined, trustedProxies: [], production: false, seedDemo: true, hostLinkTtlS: 900, logLevel: 'info', webDir: undefined,
    });
    expect(readConfig({ ...SECRETS, PORT: '', NODE_ENV: 'production' })).toMatchObject({ port: 2567, production: true, seedDemo: false });
    expect(readConfig({ ...SECRETS, PUBLIC_URL: 'https://play.example/crowd//' }).publicUrl).toBe('https://play.example/crowd');
    expect(readConfig({ ...SECRETS, TRUSTED_PROXIES: '10.0.0.0/8, ::1' }).trustedProxies).toEqual(['10.0.0.0/8', '::1']);
  });

  it('[CFG2] stops at a bad value with one line that begins with its name', () => {
    const cases: Record<string, string>[] = [
      { PORT: '70000' }, { PORT: 'http' }, { PUBLIC_URL: 'play.example' }, { PUBLIC_URL: 'ftp://x' }, { PUBLIC_URL: 'http://x/?a=1' }, { TRUSTED_PROXIES: 'proxy' }, { TRUSTED_PROXIES: '10.0.0.0/33' },
      { MASTER_SECRET: 'short' }, { MASTER_SECRET: '!'.repeat(64) }, { RELAY_SECRET: 'short' }, { LOG_LEVEL: 'loud' }, { SEED_DEMO: 'yes' }, { HOST_LINK_TTL_S: '1' },
      { REDIS_URL: 'http://store' }, { REDIS_URL: 'redis://' }, { REDIS_URL: 'store:6379' }, { REDIS_URL: 'redis+cluster://a:1' }, { LEDGER_REDIS_URL: 'redis://one' }, { LEDGER_REDIS_URL: 'redis+cluster://' }, { LEDGER_REDIS_URL: 'redis+cluster://a:1,b:x' },
      { LEDGER_REDIS_URL: 'redis+cluster://a:1,,b:2' }, { LEDGER_REDIS_URL: 'redis://a:1,b:2' }, { LEDGER_REDIS_URL: 'redis+cluster://a:1?b' }, { ORIGIN_ID: '-one' }, { ORIGIN_ID: 'one two' }, { ORIGIN_ADDRESS: 'one' }, { ORIGIN_ADDRESS: 'ws://one:2567' },
      { ORIGIN_ADDRESS: 'one:2567/' }, { ORIGIN_ADDRESS: 'one:99999' }, { ORIGIN_ADDRESS: 'one:2567/a?b=c' }, { ORIGIN_ADDRESS: 'user@one:2567' },
    ];
    for (const env of cases) {
      const line = wrong(env);
      expect(line.startsWith(`${Object.keys(env)[0]!} must`), line).toBe(true);
      expect(line).not.toContain('\n');
      if (line.includes('SECRET')) expect(line).not.toContain(Object.values(env)[0]);
    }
  });

  it('[CFG3] has no default secret in production', () => {
    for (const name of ['MASTER_SECRET', 'RELAY_SECRET']) expect(wrong({ NODE_ENV: 'production', [name]: '' })).toBe(`${name} must be set when NODE_ENV is production`);
  });

  it('[ORG13] one of several origins has what the others need: the same secrets, and an address that leads to it', () => {
    const REDIS_URL = 'rediss://user:secret@store.example:6380';
    for (const name of ['MASTER_SECRET', 'RELAY_SECRET']) expect(wrong({ REDIS_URL, [name]: '' })).toBe(`${name} must be set when REDIS_URL is given: all origins need the same`);
    for (const HOST of ['0.0.0.0', '::']) {
      expect(wrong({ REDIS_URL, HOST })).toBe(`ORIGIN_ADDRESS must be set when HOST is ${HOST} and REDIS_URL is given: relays are sent to it`);
      expect(wrong({ REDIS_URL, HOST, ORIGIN_ADDRESS: 'origin-1:2567' })).toBe('taken');
    }
    for (const ORIGIN_ADDRESS of ['10.0.0.7:2567', '[::1]:2567', 'play.example:443/origins/one', 'one:1/~a.b']) expect(wrong({ REDIS_URL, ORIGIN_ADDRESS })).toBe('taken');
    expect(readConfig({ ...SECRETS, REDIS_URL, ORIGIN_ID: 'origin-1' })).toMatchObject({ redisUrl: REDIS_URL, originId: 'origin-1', originAddress: undefined });
  });

  it.each(['redis://own.example', 'rediss://u:p@own.example:6380', 'redis+cluster://a:1', 'rediss+cluster://user:p%40ss@[::1]:7000,b.example:7001/'])('[LED38] the ledger may be in a Redis or a cluster of its own: %s', (LEDGER_REDIS_URL) => {
    const REDIS_URL = 'redis://store.example';
    expect(readConfig({ ...SECRETS, REDIS_URL, LEDGER_REDIS_URL })).toMatchObject({ redisUrl: REDIS_URL, ledgerRedisUrl: LEDGER_REDIS_URL });
    expect(wrong({ LEDGER_REDIS_URL })).toBe('LEDGER_REDIS_URL must come with REDIS_URL: it is for the ledger alone');
  });

  it('[CFG4] makes development secrets once, for its owner alone', () => {
    const DATA_DIR = join(tempDir(), 'data');
    const first = readConfig({ DATA_DIR });
    expect(first.masterSecret).toHaveLength(32);
    const again = readConfig({ DATA_DIR });
    expect(Buffer.from(again.masterSecret)).toEqual(Buffer.from(first.masterSecret));
    expect(again.relaySecret).toBe(first.relaySecret);
    expect(statSync(join(DATA_DIR, 'development-secrets.json')).mode & 0o777).toBe(0o600);
    expect(readConfig({ DATA_DIR: join(tempDir(), 'other') }).relaySecret).not.toBe(first.relaySecret);
  });

  it('[CFG5] every variable stands in the docs', () => {
    const docs = readFileSync(new URL('../../docs/operations-origin.md', import.meta.url), 'utf8');
    for (const name of ENVIRONMENT_VARIABLES) expect(docs).toContain(`\`${name}\``);
  });
});
