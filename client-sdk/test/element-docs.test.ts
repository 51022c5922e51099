import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { designTokens } from '@crowdcue/games/design-tokens';
import { describe, expect, it } from 'vitest';

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const readme = readFileSync(path('../README.md'), 'utf8');

/** What stands in backticks in the first column of the table with this heading. */
const firstColumn = (heading: RegExp): string[] => {
  const lines = readme.split('\n');
  const start = lines.findIndex((line) => heading.test(line));
  const rows = lines.slice(start + 2);
  return rows.slice(0, rows.findIndex((line) => !line.startsWith('|'))).flatMap((row) => [...row.split('|')[1]!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!)).sort();
};

describe('the component\'s README', () => {
  it('[EMB19] names every custom property, and no other', () => {
    const declared = new Set([...designTokens.cssText.matchAll(/(--cc-[\w-]+):/g)].map(([, name]) => name!));
    expect(firstColumn(/^\| custom property/)).toEqual([...declared, '--cc-accent'].sort());
  });

  it('[EMB19] names every part, and no other', () => {
    const folder = path('../src/element/');
    const code = readdirSync(folder).filter((file) => file.endsWith('.ts')).map((file) => readFileSync(folder + file, 'utf8')).join('\n');
    const own = [...code.matchAll(/ part="([^"$]*)/g)].map(([, names]) => names!.split(' ')[0]!);
    const claim = /part="button claim"/.test(code) ? ['claim'] : [];
    const ofGames = /'exportparts', '([^']+)'/.exec(code)![1]!.split(', ');
    expect(firstColumn(/^\| part, as in/)).toEqual([...new Set([...own, ...claim, ...ofGames])].sort());
  });
});
