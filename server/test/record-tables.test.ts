import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { TABLES } from '../src/keeping.js';

const SOURCE = fileURLToPath(new URL('../src', import.meta.url));

it('[STO10] every table that a part keeps records in is one that origins on Redis read at start, and the reverse', () => {
  const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const asked = files.flatMap((file) => [...readFileSync(join(SOURCE, file), 'utf8').matchAll(/records\.table(?:<[^()]*>)?\('([a-z-]+)'\)/g)].map(([, name]) => name!));
  expect([...new Set(asked)].sort()).toEqual([...TABLES].sort());
});
