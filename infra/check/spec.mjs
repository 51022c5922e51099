/** Rules and tests name each other: each rule of SPEC.md (`**[CLM2]**`) stands in the title of a test, each id in a title is a rule. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { allFiles, isTest, parse, readText, walk } from './sources.mjs';

const RULE = /\*\*\[?([A-Z]{2,6}\d{1,3})\]?\*\*/g;
const NAMED = /\[([A-Z]{2,6}\d{1,3})\]/g;
const TEST_CALLS = new Set(['it', 'test', 'describe']);

/** `it`, `it.each`, `it.each(rows)`: the name that a call hangs on. */
const rootName = (node) => {
  if (node.type === 'Identifier') return node.name;
  if (node.type === 'MemberExpression') return rootName(node.object);
  return node.type === 'CallExpression' || node.type === 'TaggedTemplateExpression' ? rootName(node.callee ?? node.tag) : undefined;
};

const textOf = (node) => {
  if (node?.type === 'Literal') return String(node.value);
  return node?.type === 'TemplateLiteral' ? node.quasis.map(({ value }) => value.raw).join('') : '';
};

const namedIn = (root, file) => {
  const ids = new Set();
  walk(parse(root, file).program, (node) => {
    if (node.type !== 'CallExpression' || !TEST_CALLS.has(rootName(node.callee))) return;
    for (const [, id] of textOf(node.arguments[0]).matchAll(NAMED)) ids.add(id);
  });
  return ids;
};

/** Problems between SPEC.md and the tests; none when there is no SPEC.md. */
export const checkSpec = (root) => {
  if (!existsSync(join(root, 'SPEC.md'))) return [];
  const rules = [...readText(root, 'SPEC.md').matchAll(RULE)].map(([, id]) => id);
  const tests = allFiles(root).filter((file) => isTest(file) && file.endsWith('.ts')).map((file) => ({ file, ids: namedIn(root, file) }));
  const named = new Set(tests.flatMap(({ ids }) => [...ids]));
  return [
    ...rules.filter((id, at) => rules.indexOf(id) !== at).map((id) => `SPEC.md has two rules ${id}`),
    ...new Set(rules.filter((id) => !named.has(id)).map((id) => `no test names the rule ${id}`)),
    ...tests.flatMap(({ file, ids }) => [...ids].filter((id) => !rules.includes(id)).map((id) => `${file} names ${id}, which SPEC.md does not have`)),
  ];
};
