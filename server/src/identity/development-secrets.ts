import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemRandom } from './random-source.js';

/** The secrets that an installation is set up with. */
export interface Secrets {
  readonly MASTER_SECRET: string;
  readonly RELAY_SECRET: string;
}

/** Secrets for development, made once for a data folder and kept in it, readable by its owner alone. */
export const developmentSecrets = (dataDir: string): Secrets => {
  const path = join(dataDir, 'development-secrets.json');
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as Secrets;
  const secret = (): string => systemRandom.bytes(32).toString('base64url');
  const secrets: Secrets = { MASTER_SECRET: secret(), RELAY_SECRET: secret() };
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(path, `${JSON.stringify(secrets, undefined, 2)}\n`, { mode: 0o600 });
  chmodSync(path, 0o600); // the umask may have narrowed it, never widened; said once more for file systems that ignore it
  return secrets;
};
