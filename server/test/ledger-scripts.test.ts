import { describe, expect, it } from 'vitest';
import { ANSWER, REFUSAL } from '../src/ledger/redis/codes.js';
import * as ledgerScripts from '../src/ledger/redis/lua/index.js';
import * as outboxScripts from '../src/outbox/lua/index.js';

const scripts = Object.entries({ ...ledgerScripts, ...outboxScripts });
/** Below nought they are answers of a whole call, above it refusals of a claim. */
const CODES: Record<string, number> = ANSWER;

/** The comment that a script begins with, and what follows. */
const parts = (text: string): { header: string; body: string } => {
  const lines = text.trim().split('\n');
  const end = lines.findIndex((line) => !line.startsWith('--'));
  return { header: lines.slice(0, end).map((line) => line.replace(/^-- ?/, '')).join('\n'), body: lines.slice(end).join('\n') };
};

const named = (header: string): [code: number, name: string][] =>
  [...header.matchAll(/(-?\d+) \}? ?(event_\w+|drop_\w+|claim_\w+|move_\w+|lot_\w+)/g)].map(([, code, name]) => [Number(code), name!]);

describe('Lua scripts', () => {
  it.each(scripts)('[LED27] %s says what it is for, its keys, its arguments and its codes, and returns no others', (_, { text }) => {
    const { header, body } = parts(text);
    expect(header).toMatch(/^[A-Z][^.]+\.\s/);
    const keys = /^KEYS: (.*)$/m.exec(header)?.[1] ?? '';
    expect(header).toMatch(/^ARGV: \S/m);
    const returns = header.slice(header.indexOf('\nReturns: '));
    expect(returns).toMatch(/^\nReturns: \S/);
    const used = [...body.matchAll(/KEYS\[(\d+)\]/g)].map(([, index]) => Number(index));
    expect(Math.max(...used)).toBe(keys.replace(', then hashes', '').split(', ').length);
    const returned = new Set([...body.matchAll(/return (?:\{ )?(-\d+)/g)].map(([, code]) => Number(code)));
    const declared = new Set(named(returns).flatMap(([code]) => (code < 0 ? [code] : [])));
    expect(declared).toEqual(returned);
  });

  it('[LED27] the codes in the headers are those of the TypeScript tables', () => {
    const found = scripts.flatMap(([, { text }]) => named(parts(text).header));
    for (const [code, name] of found) expect([name, code < 0 ? CODES[name] : (REFUSAL as Record<string, number>)[name]]).toEqual([name, code]);
    const names = new Set(found.map(([code, name]) => `${name} ${code}`));
    for (const [name, code] of [...Object.entries(ANSWER).slice(1), ...Object.entries(REFUSAL)]) expect(names).toContain(`${name} ${code}`);
    const locals = /^local ((?:[A-Z_]+, )+[A-Z_]+) = ([\d, ]+)$/m.exec(ledgerScripts.CLAIM.text);
    expect(locals?.[1]?.split(', ').map((name) => `claim_${name.toLowerCase()}`)).toEqual(Object.keys(REFUSAL));
    expect(locals?.[2]?.split(', ').map(Number)).toEqual(Object.values(REFUSAL));
  });
});
