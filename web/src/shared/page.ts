/**
 * What every page of ours does first: declare the design tokens on the root, paint the page, follow the chosen theme.
 */
import { designTokensCss } from '@crowdcue/games/design-tokens';
import { stored } from './stored.js';

/** `system` follows the device. */
export type Theme = 'system' | 'light' | 'dark';

const THEME_KEY = 'crowdcue.theme';
const HEX_COLOUR = /^#[0-9a-f]{6}$/i;

const pageCss = `
  html { background: var(--cc-bg); color: var(--cc-text); font: var(--cc-weight-text) 16px/var(--cc-leading) var(--cc-font); -webkit-text-size-adjust: 100%; }
  body { margin: 0; min-height: 100dvh; }
  noscript { display: block; max-width: 28rem; margin: 20vh auto; padding: 0 24px; text-align: center; }
`;

/** The theme that was chosen on this device. */
export const currentTheme = (): Theme => {
  const kept = stored.get(THEME_KEY);
  return kept === 'light' || kept === 'dark' ? kept : 'system';
};

/** Shows and keeps a theme. */
export const setTheme = (theme: Theme): void => {
  stored.set(THEME_KEY, theme === 'system' ? undefined : theme);
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
};

/** Paints the page in an event's colour; anything but `#rrggbb` leaves ours. */
export const setAccent = (accent: string | undefined): void => {
  const { style } = document.documentElement;
  if (accent !== undefined && HEX_COLOUR.test(accent)) style.setProperty('--cc-accent', accent);
  else style.removeProperty('--cc-accent');
};

/** Prepares the document; call it once, before anything is drawn. */
export const preparePage = (): void => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(designTokensCss + pageCss);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  setTheme(currentTheme());
};
