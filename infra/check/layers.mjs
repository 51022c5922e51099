/**
 * Imports point down. Between packages only as PACKAGES says; inside the origin from higher LAYERS to lower ones; nowhere in a
 * circle; and what decides a game never reaches what draws it.
 */
import { builtinModules } from 'node:module';
import { allFiles, importsOf, isTest, resolveRelative } from './sources.mjs';

/** What each package may import of ours. */
const PACKAGES = {
  protocol: [],
  games: ['protocol'],
  'client-sdk': ['protocol', 'games'],
  relay: ['protocol'],
  server: ['protocol', 'games'],
  web: ['client-sdk', 'protocol', 'games'],
  loadtest: ['protocol', 'games', 'client-sdk', 'relay', 'server', 'web'],
};
const NO_BUILTINS = new Set(['protocol', 'games']); // they run in browsers too
const NAMES = { client: 'client-sdk' }; // packages whose folder is called otherwise

/** The origin's folders and files from the bottom up. Neighbours in one layer do not know each other. */
const LAYERS = [
  ['clock', 'loopback'], ['identity'], ['store'], ['journal', 'ledger', 'people'], ['settlement'], ['reports'], ['drops', 'outbox'], ['achievements', 'webhooks'], ['rooms'], ['events'], ['http'],
  ['keeping'], ['app'], ['main', 'index'],
];

const packageOf = (file) => file.split('/')[0];
const partOf = (file) => file.split('/')[2].replace(/\.ts$/, '');
const layerOf = (part) => LAYERS.findIndex((parts) => parts.includes(part));
const isBuiltin = (request) => request.startsWith('node:') || builtinModules.includes(request.split('/')[0]);
const isView = (file) => /\/(views?|overlays?)(\/|\.ts$|-)/.test(file);
const drawsAnything = (request) => request === 'lit' || request.startsWith('lit/') || request === '@crowdcue/games/views' || request === '@crowdcue/games/overlays';

/** Problems of how files import each other; a package that is not there yet has none. */
export const checkLayers = (root) => {
  const files = allFiles(root).filter((file) => /^[\w-]+\/src\/.*\.ts$/.test(file) && packageOf(file) in PACKAGES && !isTest(file));
  const edges = new Map(files.map((file) => [file, importsOf(root, file).map((edge) => ({ ...edge, target: targetOf(root, file, edge.request) }))]));
  return [
    ...files.flatMap((file) => edges.get(file).flatMap((edge) => betweenPackages(file, edge))),
    ...insideOrigin(edges),
    ...rulesApartFromViews(edges),
    ...circles(edges),
  ];
};

const targetOf = (root, file, request) => (request.startsWith('.') ? resolveRelative(root, file, request) : undefined);

const betweenPackages = (file, { request, line, target }) => {
  const from = packageOf(file);
  const at = `${file}:${line}`;
  if (NO_BUILTINS.has(from) && isBuiltin(request)) return [`${at}: ${from} imports no Node built-in, but "${request}"`];
  if (from === 'server' && drawsAnything(request)) return [`${at}: the origin draws nothing, but imports "${request}"`];
  if (target !== undefined && packageOf(target) !== from) return [`${at}: "${request}" leaves the package; import it by its name`];
  const name = /^@crowdcue\/([\w-]+)/.exec(request)?.[1];
  const to = NAMES[name] ?? name;
  if (to === undefined || to === from || PACKAGES[from].includes(to)) return [];
  return [`${at}: ${from} may not import ${to}`];
};

/** Where a part that stands in no layer reaches up to, it belongs there itself: else anything could climb through it. */
const heights = (edges) => {
  const parts = new Map();
  for (const [file, list] of edges) {
    if (packageOf(file) !== 'server') continue;
    const reach = parts.get(partOf(file)) ?? new Set();
    for (const { target } of list) if (target !== undefined && packageOf(target) === 'server') reach.add(partOf(target));
    parts.set(partOf(file), reach);
  }
  const height = (part, seen) => {
    const own = layerOf(part);
    if (own >= 0 || seen.has(part)) return own;
    seen.add(part);
    return Math.max(-1, ...[...(parts.get(part) ?? [])].map((next) => height(next, seen)));
  };
  return (part) => height(part, new Set());
};

const insideOrigin = (edges) => {
  const heightOf = heights(edges);
  const problems = [];
  for (const [file, list] of edges) {
    if (packageOf(file) !== 'server') continue;
    const from = partOf(file);
    const own = layerOf(from);
    if (own < 0) continue;
    for (const { target, line } of list) {
      if (target === undefined || packageOf(target) !== 'server' || partOf(target) === from) continue;
      const to = partOf(target);
      if (heightOf(to) > own) problems.push(`${file}:${line}: ${from} imports ${to}, which stands above it`);
      else if (layerOf(to) === own) problems.push(`${file}:${line}: ${from} imports ${to}, its neighbour`);
    }
  }
  return problems;
};

const rulesApartFromViews = (edges) => {
  const problems = [];
  for (const start of edges.keys()) {
    if (!/^games\/src\/(index|.+\/rules[^/]*)\.ts$/.test(start)) continue;
    const seen = new Set([start]);
    const queue = [start];
    for (const file of queue) {
      for (const { request, target, line } of edges.get(file) ?? []) {
        if (drawsAnything(request) || (target !== undefined && isView(target))) problems.push(`${file}:${line}: what ${start} needs imports "${request}", which draws`);
        else if (target !== undefined && !seen.has(target)) {
          seen.add(target);
          queue.push(target);
        }
      }
    }
  }
  return [...new Set(problems)];
};

/** Circles of files (types count: two files that need each other are one file). Each is told once. */
const circles = (edges) => {
  const state = new Map();
  const problems = [];
  const path = [];
  const visit = (file) => {
    state.set(file, 'open');
    path.push(file);
    for (const { target, lazy } of edges.get(file) ?? []) {
      if (target === undefined || lazy) continue;
      if (state.get(target) === 'open') problems.push(`circle: ${[...path.slice(path.indexOf(target)), target].join(' → ')}`);
      else if (!state.has(target)) visit(target);
    }
    path.pop();
    state.set(file, 'done');
  };
  for (const file of edges.keys()) if (!state.has(file)) visit(file);
  return problems;
};
