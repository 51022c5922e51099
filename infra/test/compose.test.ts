import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { environmentNames } from '../check/docs.mjs';
import { originEnv, PROXY_NAMES, relayEnv } from '../lib/child-env.mjs';
import { SECRET_NAMES } from '../lib/secrets.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string): string => readFileSync(`${ROOT}/${file}`, 'utf8');
const compose = read('infra/compose.yml');

/** The lines of `text` under the key `name` at this depth, without those of the next one. */
const under = (text: string, name: string, indent: number): string => {
  const lines = text.split('\n');
  const start = lines.indexOf(`${' '.repeat(indent)}${name}:`);
  if (start < 0) return '';
  const length = lines.slice(start + 1).findIndex((line) => line !== '' && !line.startsWith(' '.repeat(indent + 1)));
  return lines.slice(start + 1, length < 0 ? undefined : start + 1 + length).join('\n');
};
const keys = (text: string, indent: number): string[] => [...text.matchAll(new RegExp(`^ {${indent}}([\\w-]+):`, 'gm'))].map(([, key]) => key!);

const services = under(compose, 'services', 0);
const service = (name: string): string => under(services, name, 2);
const environment = (name: string): string[] => keys(under(service(name), 'environment', 4), 6).toSorted();

/** What an operator may say, and nothing here can know. */
const OPERATORS = ['MAIL_URL', 'MAIL_FROM', 'PEOPLE_RETENTION_DAYS', 'TWITCH_EXTENSION_SECRET', 'TWITCH_EXTENSION_CLIENT_ID', 'TWITCH_SIGN_IN_CLIENT_ID', 'TWITCH_SIGN_IN_SECRET'];

const secrets = { RELAY_SECRET: 'r', MASTER_SECRET: 'm' };
const told: Record<string, string[]> = {
  origin: Object.keys(originEnv({ port: 1, host: 'h', dataDir: 'd', publicUrl: 'p', secrets })).toSorted(),
  relay: Object.keys(relayEnv({ port: 1, host: 'h', originUrl: 'o', relayId: 'i', publicUrl: 'p', relayPublicUrl: 'r', secrets })).toSorted(),
};
const configs: Record<string, string> = { origin: 'server/src/config.ts', relay: 'relay/src/config.ts' };

const dockerCompose = (): boolean => {
  try {
    execFileSync('docker', ['compose', 'version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false; // no client, or one without the plugin
  }
};

describe('compose.yml', () => {
  it.each(['origin', 'relay'])('tells the %s what npm start tells it, and of the proxy', (name) => {
    expect(environment(name).filter((variable) => !PROXY_NAMES.includes(variable) && !OPERATORS.includes(variable))).toEqual(told[name]);
  });

  it.each(['origin', 'relay'].filter((name) => existsSync(`${ROOT}/${configs[name]}`)))('tells the %s only what its configuration reads', (name) => {
    const known = new Set(environmentNames(ROOT, configs[name]!));
    expect(environment(name).filter((variable) => !known.has(variable))).toEqual([]);
  });

  it('has a health check for every service', () => {
    const image = read('infra/docker/Dockerfile');
    expect(keys(services, 2)).toEqual(['origin', 'relay', 'proxy']);
    for (const name of keys(services, 2)) {
      const built = service(name).includes('dockerfile: infra/docker/Dockerfile') && /^HEALTHCHECK .*\\\n {2}CMD .*\/health/m.test(image);
      expect(built || keys(service(name), 4).includes('healthcheck'), name).toBe(true);
    }
  });

  it('holds no secret and refuses to start without one', () => {
    for (const name of SECRET_NAMES) {
      const values = [...compose.matchAll(new RegExp(`^ +${name}: (.*)$`, 'gm'))].map(([, value]) => value);
      expect(values.length).toBeGreaterThan(0);
      for (const value of values) expect(value).toMatch(new RegExp(`^\\$\\{${name}:\\?.+\\}$`));
    }
    expect(environment('relay')).not.toContain('MASTER_SECRET');
  });

  it('is routed by the Caddyfile to the ports that it sets', () => {
    const caddy = read('infra/Caddyfile');
    for (const name of ['origin', 'relay']) {
      const port = /PORT: "(\d+)"/.exec(service(name))![1];
      expect(caddy).toContain(`reverse_proxy ${name}:${port}`);
    }
  });

  it.runIf(dockerCompose())('is taken by docker compose', () => {
    const env = { ...process.env, ...secrets, DOMAIN: 'live.example' };
    const names = execFileSync('docker', ['compose', '-f', `${ROOT}/infra/compose.yml`, 'config', '--services'], { env, encoding: 'utf8' });
    expect(names.trim().split('\n').toSorted()).toEqual(['origin', 'proxy', 'relay']);
  });
});
