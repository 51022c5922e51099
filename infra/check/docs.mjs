/**
 * Docs against code, both ways: error codes, close codes, metrics and environment variables of the code stand in the docs, and
 * what the docs name exists. Docs are README.md, SPEC.md and docs/*.md. A name counts where it stands in backticks.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { allFiles, isTest, parse, readText, walk } from './sources.mjs';

const ERRORS = 'protocol/src/errors.ts';
const CLOSES = 'protocol/src/close-codes.ts';
const CONFIGS = ['server/src/config.ts', 'relay/src/config.ts'];
const CODE = /\.(ts|mjs|js|json|lua|yml|yaml|sh|Dockerfile)$|Caddyfile$/;
const METRIC = /\bcrowdcue_[a-z0-9_]*[a-z0-9]/g;
/** What prom-client adds to the name of a histogram. */
const METRIC_SUFFIX = /_(bucket|sum|count)$/;

/** The properties of the object constants that a file exports. */
const exportedProperties = (root, file) => {
  if (!existsSync(join(root, file))) return [];
  const found = [];
  for (const statement of parse(root, file).program.body) {
    if (statement.type !== 'ExportNamedDeclaration' || statement.declaration?.type !== 'VariableDeclaration') continue;
    for (const { init } of statement.declaration.declarations) {
      let value = init;
      while (value?.type === 'TSAsExpression' || value?.type === 'TSSatisfiesExpression') value = value.expression;
      if (value?.type === 'ObjectExpression') found.push(...value.properties.filter(({ type }) => type === 'Property'));
    }
  }
  return found;
};

const errorCodes = (root) => exportedProperties(root, ERRORS).map(({ key }) => key.name ?? key.value);

const closeCodes = (root) =>
  exportedProperties(root, CLOSES).flatMap(({ value }) => (typeof value.value === 'number' ? [String(value.value)] : []));

const metrics = (root, files) =>
  files.filter((file) => /^(server|relay)\/src\/.*\.ts$/.test(file) && !isTest(file)).flatMap((file) => readText(root, file).match(METRIC) ?? []);

/** `env.NAME`, the keys of the schema that the environment is parsed with, and every text of that shape, such as in `env['NAME']`. */
export const environmentNames = (root, file) => {
  if (!existsSync(join(root, file))) return [];
  const found = new Set();
  walk(parse(root, file).program, (node) => {
    let name;
    if (node.type === 'MemberExpression' && !node.computed && /(^|\.)env$/.test(nameOf(node.object))) name = node.property.name;
    else if (node.type === 'Property' && !node.computed) name = node.key.name;
    else if (node.type === 'Literal') name = node.value;
    if (typeof name === 'string' && /^[A-Z][A-Z0-9_]{2,}$/.test(name)) found.add(name);
  });
  return [...found];
};

const nameOf = (node) => (node.type === 'Identifier' ? node.name : node.type === 'MemberExpression' ? `${nameOf(node.object)}.${node.property.name}` : '');

/** The first cells, without backticks, of the tables in `text` whose first heading is `heading`. */
const tableNames = (text, heading) => {
  const names = [];
  let inside = false;
  let before = '';
  for (const line of text.split('\n')) {
    const cell = /^\|\s*([^|]*?)\s*\|/.exec(line)?.[1];
    if (cell === undefined) inside = false;
    else if (/^[:-]+$/.test(cell)) inside = heading.test(before);
    else if (inside) names.push(...[...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name));
    before = cell ?? '';
  }
  return names;
};

/** Problems between docs and code. */
export const checkDocs = (root) => {
  const files = allFiles(root);
  const docs = files.filter((file) => /^(README|SPEC)\.md$|^docs\/.*\.md$/.test(file)).map((file) => ({ file, text: readText(root, file) }));
  const ticked = new Set(docs.flatMap(({ text }) => [...text.matchAll(/`([^`\n]+)`/g)].flatMap(([, code]) => code.split(/[\s=,{]+/))));
  const known = {
    'error code': new Set(errorCodes(root)),
    'close code': new Set(closeCodes(root)),
    metric: new Set(metrics(root, files)),
    'environment variable': new Set(CONFIGS.flatMap((file) => environmentNames(root, file))),
  };
  const missing = Object.entries(known).flatMap(([kind, names]) =>
    [...names].filter((name) => !ticked.has(name)).map((name) => `no doc names the ${kind} \`${name}\``));
  return [...missing, ...docs.flatMap((doc) => staleNames(root, files, doc, known))];
};

const staleNames = (root, files, { file, text }, known) => {
  const stale = [];
  const expect = (kind, names) => {
    for (const name of names) if (!known[kind].has(name)) stale.push(`${file} names the ${kind} \`${name}\`, which does not exist`);
  };
  expect('error code', tableNames(text, /^(error|error code)$/i));
  expect('close code', tableNames(text, /^close( code)?$/i));
  expect('metric', (text.match(METRIC) ?? []).map((name) => (known.metric.has(name) ? name : name.replace(METRIC_SUFFIX, ''))));
  expect('environment variable', tableNames(text, /^(environment )?variable$/i));
  // Other capital names (constants, variables of compose) must stand somewhere in the code at least.
  const capitals = [...text.matchAll(/`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?:=[^`]*)?`/g)].map(([, name]) => name);
  const code = capitals.length === 0 ? '' : codeOf(root, files);
  for (const name of new Set(capitals)) if (!new RegExp(`\\b${name}\\b`).test(code)) stale.push(`${file} names \`${name}\`, which stands nowhere in the code`);
  return [...new Set(stale)];
};

const codeOf = (root, files) => files.filter((file) => CODE.test(file) && file !== 'package-lock.json' && !isTest(file)).map((file) => readText(root, file)).join('\n');
