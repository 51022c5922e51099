/** What no file may hold: work left for later, a clock or chance that is not injected, environment read anywhere, paths of one machine. */
import { homedir } from 'node:os';
import { allFiles, isTest, readText } from './sources.mjs';

const SOURCE = /\.(ts|mjs|js|lua|html|css)$/;
const TEXT = /\.(ts|mjs|js|lua|html|css|md|json|yml|yaml|sh|conf)$|(^|\/)(Caddyfile|Dockerfile|run)$/;
const OWN_CLOCK = /(^|\/)(clock|main)\.(ts|mjs)$|^loadtest\/|(^|\/)(bench|vite\.config|vitest\.config)\b/;
const READS_ENVIRONMENT = /(^|\/)(main|config)\.(ts|mjs)$|^loadtest\/|^infra\/|config\.ts$/;

const escape = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

const rules = (root) => {
  const places = [root, homedir()].filter((path) => path.length > 1).map(escape);
  return [
    { applies: (file) => SOURCE.test(file), pattern: new RegExp(`\\b(${['TO', 'FIX'].map((word, at) => word + ['DO', 'ME'][at]).join('|')})\\b`), what: 'left for later' },
    {
      applies: (file) => SOURCE.test(file) && !isTest(file) && !OWN_CLOCK.test(file),
      pattern: /\b(Date\.now|performance\.now|Math\.random)\b|\bnew Date\(\)/, what: 'a clock or chance that is not injected',
    },
    {
      applies: (file) => /^(server|relay|protocol|games|client-sdk|web)\/src\//.test(file) && !READS_ENVIRONMENT.test(file),
      pattern: /\bprocess\.env\b/, what: 'the environment, read outside the configuration',
    },
    { applies: (file) => TEXT.test(file), pattern: new RegExp(`(?<![\\w.-])(?:(?:${places.join('|')})(?![\\w.-])|/(?:home|Users)/\\w+/)`), what: 'a path of one machine' },
  ];
};

/** A comment may speak of what code may not do; only the path and the left-over words count there. */
const withoutComments = (line) => line.replace(/^\s*(\/\/|\*|\/\*).*$/, '').replace(/\s\/\/ .*$/, '');

/** Problems of single lines. */
export const checkHygiene = (root) => {
  const all = rules(root);
  return allFiles(root).flatMap((file) => {
    const mine = all.filter(({ applies }) => applies(file));
    if (mine.length === 0) return [];
    return readText(root, file).split('\n').flatMap((line, at) =>
      mine.filter(({ pattern, what }) => pattern.test(what.startsWith('a path') || what.startsWith('left') ? line : withoutComments(line)))
        .map(({ what }) => `${file}:${at + 1}: ${what}: ${line.trim().slice(0, 100)}`));
  });
};
