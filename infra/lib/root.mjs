import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/[/\\]$/, '');
/** What the commands keep between runs: secrets, data, locks. Not under version control. */
export const STATE = join(ROOT, '.crowdcue');

/** Whether the module at `url` is what was started, also through a link such as node_modules/.bin/crowdcue. */
export const isMain = (url) => process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(url);
