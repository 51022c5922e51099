import { X509Certificate, createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import uWS, { type TemplatedApp } from 'uWebSockets.js';
import type { TlsFiles } from './config.js';

/**
 * The server that everything is routed on, over TLS where files are given. uWebSockets.js says only that its construction failed, so
 * the pair is looked at first: the error names the file and what is wrong with it.
 */
export const newApp = (tls: TlsFiles | undefined): TemplatedApp => {
  if (tls === undefined) return uWS.App();
  const key = parsed(tls.keyFile, 'private key', createPrivateKey);
  const certificate = parsed(tls.certFile, 'certificate', (pem) => new X509Certificate(pem));
  if (!certificate.checkPrivateKey(key)) throw new Error(`the key in ${tls.keyFile} is not that of the certificate in ${tls.certFile}`);
  return uWS.SSLApp({ key_file_name: tls.keyFile, cert_file_name: tls.certFile });
};

const parsed = <T>(file: string, what: string, parse: (pem: Buffer) => T): T => {
  try {
    return parse(readFileSync(file));
  } catch (cause) {
    throw new Error(`cannot read a PEM ${what} from ${file}`, { cause });
  }
};
