/**
 * Keys that open one thing of one event: what its overlay watches with, what a caption provider posts with, what lets viewers in as a tier. They are derived, so that the
 * console can show one again and nothing secret is kept; taking one back raises its version, which is kept.
 */
import { equalText, type Keys } from './keys.js';
import { CrowdcueError } from '@crowdcue/protocol';

/** What a key opens. */
export type KeyKind = 'overlay' | 'captions' | `tier:${string}`;

/** Version and MAC; the first letter tells keys of two kinds apart for whoever reads them. */
const SHAPE = /^[oct]1\.(\d{1,10})\.([\w-]{43})$/;

/** Keeps the version of every key that was ever taken back. */
export interface KeyVersions {
  get(event: string, kind: KeyKind): number;
  raise(event: string, kind: KeyKind): Promise<number>;
}

export class ScopedKeys {
  constructor(private readonly keys: Keys, private readonly versions: KeyVersions) {}

  version(event: string, kind: KeyKind): number {
    return this.versions.get(event, kind);
  }

  /** The key that is good now. */
  text(event: string, kind: KeyKind): string {
    const version = this.version(event, kind);
    return `${kind[0]!}1.${version}.${this.#mac(event, kind, version)}`;
  }

  /** Throws `key_forbidden` unless the key is this event's, for this, and was not taken back. */
  check(event: string, kind: KeyKind, key: string | undefined): void {
    const [, version, mac] = SHAPE.exec(key ?? '') ?? [];
    const current = this.version(event, kind);
    if (mac === undefined || !equalText(this.#mac(event, kind, Number(version)), mac) || Number(version) !== current) throw new CrowdcueError('key_forbidden');
  }

  /** Takes the key back; from now on another one is good. The version that was. */
  async revoke(event: string, kind: KeyKind): Promise<number> {
    return (await this.versions.raise(event, kind)) - 1;
  }

  #mac(event: string, kind: KeyKind, version: number): string {
    return this.keys.scoped(JSON.stringify([kind, event, version]));
  }
}
