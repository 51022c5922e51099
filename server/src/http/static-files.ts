import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Reply } from './reply.js';
import type { Request } from './request.js';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8', '.html': 'text/html; charset=utf-8', '.ico': 'image/x-icon', '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8', '.json': 'application/json; charset=utf-8', '.map': 'application/json; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8', '.png': 'image/png', '.svg': 'image/svg+xml', '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm', '.webmanifest': 'application/manifest+json', '.webp': 'image/webp', '.woff2': 'font/woff2',
};
const GZIP_FROM = 1024; // bytes; below it the header costs what the packing saves
const PACKED = /^(text\/|application\/(json|manifest)|image\/svg)/;

interface StaticFile {
  readonly type: string;
  readonly etag: string;
  readonly plain: Buffer;
  readonly gzip: Buffer | undefined;
}

/**
 * The built pages, read once at start: what a request may get is exactly what stands in this map, so no path leads out of the folder.
 * Files under `assets/` carry a hash in their name and may be kept for ever.
 */
export class StaticFiles {
  readonly #files = new Map<string, StaticFile>();

  constructor(folder: string) {
    for (const path of filesIn(folder)) this.#files.set(relative(folder, path).split(sep).join('/'), load(path));
  }

  get built(): boolean {
    return this.#files.has('index.html');
  }

  /** Files that lie beside the pages, such as an icon. */
  get names(): string[] {
    return [...this.#files.keys()].filter((name) => !name.includes('/') && !name.endsWith('.html'));
  }

  /** The answer with the file at `name`, relative to the folder; undefined when there is none. */
  reply(name: string, request: Request, headers: Readonly<Record<string, string>> = {}): Reply | undefined {
    const file = this.#files.get(name);
    if (file === undefined) return undefined;
    const cache = name.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache';
    const shared = { 'content-type': file.type, 'cache-control': cache, etag: file.etag, vary: 'accept-encoding', ...headers };
    if (request.headers['if-none-match'] === file.etag) return { status: 304, headers: shared, body: '' };
    const packed = file.gzip !== undefined && /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
    if (!packed) return { status: 200, headers: shared, body: file.plain };
    return { status: 200, headers: { ...shared, 'content-encoding': 'gzip' }, body: file.gzip! };
  }
}

const load = (path: string): StaticFile => {
  const plain = readFileSync(path);
  const type = TYPES[extname(path).toLowerCase()] ?? 'application/octet-stream';
  const gzip = plain.length >= GZIP_FROM && PACKED.test(type) ? gzipSync(plain) : undefined;
  return { type, etag: `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`, plain, gzip };
};

const filesIn = (folder: string): string[] => {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
};
