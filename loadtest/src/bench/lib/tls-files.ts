import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TlsFiles } from '@crowdcue/relay';

/** A certificate of a run's own, P-256, good for a day and vouched for by nobody; `remove` takes the files away. Needs openssl. */
export const makeTlsFiles = (): TlsFiles & { remove(): void } => {
  const folder = mkdtempSync(join(tmpdir(), 'crowdcue-tls-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  try {
    execFileSync('openssl', [
      'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1', '-subj', '/CN=localhost',
      '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-keyout', keyFile, '-out', certFile,
    ], { stdio: ['ignore', 'ignore', 'pipe'] });
  } catch (cause) {
    remove();
    throw new Error('openssl could not make a certificate; --tls needs it', { cause });
  }
  return { keyFile, certFile, remove };
};

/** What a child under test is told by its environment. */
export const tlsEnv = (tls: TlsFiles | undefined): Record<string, string> => (tls === undefined ? {} : { BENCH_KEY_FILE: tls.keyFile, BENCH_CERT_FILE: tls.certFile });

export const tlsOfEnv = (): TlsFiles | undefined => {
  const [keyFile, certFile] = [process.env['BENCH_KEY_FILE'], process.env['BENCH_CERT_FILE']];
  return keyFile === undefined || certFile === undefined ? undefined : { keyFile, certFile };
};
