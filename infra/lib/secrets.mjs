import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { withLock } from './lock.mjs';
import { STATE } from './root.mjs';

/** The environment variables that hold secrets: what relays show to link, and the root that all other keys are derived from. */
export const SECRET_NAMES = ['RELAY_SECRET', 'MASTER_SECRET'];

const SECRET_BYTES = 32; // 256 bits, as HKDF with SHA-256 gives

const privateFile = (path, text) => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode: 0o600 });
  chmodSync(path, 0o600); // the mode above counts only for a new file
};

/** Development secrets: those of the environment, else those kept in `.crowdcue/secrets.json`, made at the first start. */
export const developmentSecrets = (state = STATE, env = process.env) => {
  const path = join(state, 'secrets.json');
  return withLock(`${path}.lock`, () => {
    const kept = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
    const missing = SECRET_NAMES.filter((name) => kept[name] === undefined);
    for (const name of missing) kept[name] = randomBytes(SECRET_BYTES).toString('base64url');
    if (missing.length > 0) privateFile(path, `${JSON.stringify(kept, undefined, 2)}\n`);
    return Object.fromEntries(SECRET_NAMES.map((name) => [name, env[name] || kept[name]]));
  });
};

/** Writes an environment file for compose: `values` win, secrets that are there stay, missing ones are made. */
export const composeEnvFile = (path, values, env = process.env) => {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const kept = Object.fromEntries(text.split('\n').flatMap((line) => (/^\w+=/.test(line) ? [splitOnce(line)] : [])));
  for (const name of SECRET_NAMES) kept[name] = env[name] || kept[name] || randomBytes(SECRET_BYTES).toString('base64url');
  Object.assign(kept, values);
  privateFile(path, Object.entries(kept).map(([name, value]) => `${name}=${value}\n`).join(''));
};

const splitOnce = (line) => {
  const at = line.indexOf('=');
  return [line.slice(0, at), line.slice(at + 1)];
};
