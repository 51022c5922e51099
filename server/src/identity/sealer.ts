import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';
import type { RandomSource } from './random-source.js';

const NONCE_BYTES = 12; // what GCM takes as it is
const TAG_BYTES = 16;
const SHAPE = /^s1\.([\w-]{16})\.([\w-]{22,})$/;

/**
 * Keeps secrets unreadable in the store: AES-256-GCM under a key that only the origins have. `about` says what a secret belongs to; one that
 * somebody moved to another record does not open.
 */
export class Sealer {
  constructor(private readonly key: KeyObject, private readonly random: RandomSource) {}

  seal(text: string, about: string): string {
    const nonce = this.random.bytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.key, nonce).setAAD(Buffer.from(about));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `s1.${nonce.toString('base64url')}.${sealed.toString('base64url')}`;
  }

  /** @throws Error when it was sealed under another key or for something else, or was changed. */
  open(sealed: string, about: string): string {
    const [, nonce = '', body = ''] = SHAPE.exec(sealed) ?? [];
    const bytes = Buffer.from(body, 'base64url');
    if (bytes.length < TAG_BYTES) throw new Error(`the secret of ${about} is not one of ours`);
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.key, Buffer.from(nonce, 'base64url')).setAAD(Buffer.from(about));
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
      return Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]).toString('utf8');
    } catch (cause) {
      throw new Error(`the secret of ${about} does not open: was MASTER_SECRET changed?`, { cause });
    }
  }
}
