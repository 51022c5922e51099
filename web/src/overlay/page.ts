/** The overlay's document: nothing behind the boards, and sizes that follow the source's. */
import { DEFAULT_ACCENT, designTokensCss } from '@crowdcue/games/design-tokens';

/**
 * `--u` is the unit of every size. On a whole canvas a line of text is then 26 pixels high at 720 lines; a source of up to 760 pixels is
 * taken for a corner that the board fills. `color-scheme` stays light: browsers paint a dark sheet behind a page that says `dark`.
 */
const css = `
  html { --u: min(.82vw, 1.46vh); background: transparent; color-scheme: light !important; font: 600 16px/1.2 var(--cc-font); }
  @media (max-width: 760px) { html { --u: min(100vw / 52, 100vh / 31); } }
  body { margin: 0; overflow: hidden; background: transparent; }
`;

/** Prepares the document; call it once. */
export const prepareOverlay = (): void => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(designTokensCss + css);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  paintAccent(DEFAULT_ACCENT);
};

/** Relative luminance, WCAG 2.2; `colour` is `#rrggbb`. */
const luminance = (colour: string): number => {
  const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255).map((c) => (c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4));
  return .2126 * r! + .7152 * g! + .0722 * b!;
};

/** What is painted now: it is asked for with every drawing, and a style that is set makes the browser work out all sizes anew. */
let painted: string | undefined;

/** The event's colour, and black or white upon it. Worked out here: the browsers in broadcast tools are years old. */
export const paintAccent = (accent: string): void => {
  if (accent === painted) return;
  painted = accent;
  const colour = /^#[\da-f]{6}$/i.test(accent) ? accent : DEFAULT_ACCENT;
  const { style } = document.documentElement;
  style.setProperty('--cc-accent-fill', colour);
  style.setProperty('--cc-accent-ink', luminance(colour) > .179 ? '#000000' : '#ffffff');
};
