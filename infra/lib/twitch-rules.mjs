/**
 * What Twitch asks of an extension's files, as far as files can show it: "Extensions Guidelines and Policies" 2.2 (no frames), 2.5 (scripts
 * that people can read) and the content restrictions of "Get started with Twitch Extensions" (scripts of the package and Twitch's helper only).
 */
import { parseSync } from 'vite';
import { walk } from '../check/sources.mjs';

/** The one script that may come from elsewhere. */
export const HELPER = 'https://extension-files.twitch.tv/helper/v1/twitch-ext.min.js';
/** The views that Twitch opens, at the top of the zip. */
export const VIEWS = ['panel.html', 'component.html', 'mobile.html', 'config.html'];

/** Letters of a line, on average and at most; minified code has thousands. Styles and words stand in long lines, code does not. */
const MEAN_LINE = 100;
const LONGEST_LINE = 4_000;
const FORBIDDEN_TAGS = new Set(['iframe', 'frame', 'object', 'embed', 'script', 'base']);

const pageBreaches = (name, text, files) => {
  const found = [];
  const scripts = [...text.matchAll(/<script\b([^>]*)>([\s\S]*?)<\/script>/gi)];
  for (const [, attributes, body] of scripts) {
    const src = /\bsrc="([^"]*)"/.exec(attributes)?.[1];
    if (src === undefined || body.trim() !== '') found.push(`${name}: a script stands in the page itself`);
    else if (src !== HELPER && !isOwn(src, files)) found.push(`${name}: loads ${src}`);
  }
  if (!new RegExp(`src="${HELPER}"`).test(scripts[0]?.[1] ?? '')) found.push(`${name}: does not load Twitch's helper first`);
  for (const [, href] of text.matchAll(/<link\b[^>]*\bhref="([^"]*)"/gi)) if (!href.startsWith('data:') && !isOwn(href, files)) found.push(`${name}: links to ${href}`);
  if (/<(iframe|frame|object|embed|base)\b/i.test(text)) found.push(`${name}: has a frame, or a base`);
  if (/\son[a-z]+\s*=|javascript:/i.test(text)) found.push(`${name}: has a script in an attribute`);
  if (/http-equiv="content-security-policy"/i.test(text)) found.push(`${name}: sets a policy, which is Twitch's to set`);
  return found;
};

/** A relative address of a file of the zip. */
const isOwn = (address, files) => /^\.\/[\w./-]+$/.test(address) && !address.includes('..') && files.has(address.slice(2));

const called = ({ callee }) => (callee?.type === 'Identifier' ? callee.name : callee?.type === 'MemberExpression' ? callee.property.name : undefined);

const scriptBreaches = (name, code) => {
  const found = [];
  const lines = code.split('\n');
  const longest = Math.max(...lines.map(({ length }) => length));
  if (code.length / lines.length > MEAN_LINE && code.length > LONGEST_LINE) found.push(`${name}: lines of ${Math.round(code.length / lines.length)} letters on average: minified?`);
  if (longest > LONGEST_LINE) found.push(`${name}: a line of ${longest} letters`);
  walk(parseSync(name, code).program, (node) => {
    if (node.type === 'CallExpression' || node.type === 'NewExpression') {
      const what = called(node);
      if (what === 'eval' || (what === 'Function' && node.callee.type === 'Identifier')) found.push(`${name}: makes code of text (${what})`);
      const [first] = node.arguments;
      if (/^createElement(NS)?$/.test(what ?? '') && FORBIDDEN_TAGS.has(String(node.arguments.at(what === 'createElement' ? 0 : 1)?.value))) found.push(`${name}: makes a ${first.value}`);
    }
    if (node.type === 'ImportExpression' && !(node.source.type === 'Literal' && node.source.value.startsWith('./'))) found.push(`${name}: imports from an address that is not in the zip`);
    if (node.type === 'ImportDeclaration' && !node.source.value.startsWith('./')) found.push(`${name}: imports ${node.source.value}`);
  });
  return found;
};

/** The breaches in `files`, a map from path to text or bytes; empty is right. */
export const twitchBreaches = (files) => {
  const found = VIEWS.filter((view) => !files.has(view)).map((view) => `${view} is missing`);
  for (const [name, content] of files) {
    const text = content.toString();
    if (!/^[\w./-]+\.(html|js|svg|png)$/.test(name) || name.includes('..') || name.startsWith('/')) found.push(`${name}: a file that no view needs`);
    else if (name.endsWith('.html')) found.push(...pageBreaches(name, text, files));
    else if (name.endsWith('.js')) found.push(...scriptBreaches(name, text));
  }
  return found;
};
