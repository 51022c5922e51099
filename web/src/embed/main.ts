/**
 * The page for frames on other people's pages: the component and nothing else, under the strictest policy. Whose pages may hold it is the
 * host's to say; the browser refuses the others by the page's `frame-ancestors`. `?lang=`, `?theme=` and `?accent=` are the element's attributes.
 */
import '@crowdcue/client/element';
import { codeOfPath } from '../shared/join-code.js';
import { keepShell } from '../shared/shell.js';
import { siteOrigin } from '../shared/site.js';

const sheet = new CSSStyleSheet();
sheet.replaceSync('html,body{block-size:100%;margin:0;overflow:hidden;background:transparent}crowdcue-game{min-block-size:0}crowdcue-game::part(frame){border-radius:0;box-shadow:none}');
document.adoptedStyleSheets = [sheet];

const asked = new URLSearchParams(location.search);
const game = document.createElement('crowdcue-game');
game.setAttribute('origin', siteOrigin());
game.setAttribute('event', codeOfPath(location.pathname));
game.setAttribute('lang', asked.get('lang') ?? navigator.language);
for (const name of ['theme', 'accent']) if (asked.has(name)) game.setAttribute(name, asked.get(name)!);
document.body.append(game);

void keepShell();
