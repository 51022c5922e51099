/**
 * The design tokens of console, overlay and component: colour, space, type, radius and time as CSS custom properties `--cc-*`.
 *
 * A host sets one colour, `--cc-accent`, on the page's root or on the element. It is an input: nothing here declares it, so what is
 * set outside always arrives. Paint with what is derived from it: `--cc-accent-fill` under `--cc-accent-ink` (black or white,
 * whichever reads better: at least 4.58:1 on any fill, because the choice is made at the luminance where both are equal),
 * `--cc-accent-text` for accent-coloured text on `--cc-bg` and `--cc-surface`, `--cc-accent-soft` for large quiet areas.
 * Light or dark follows the system; `data-theme="light|dark"` on the root, or `theme` on the element, decides otherwise.
 * Under `prefers-reduced-motion` every `--cc-time-*` is nearly nothing, so a transition written with them stops by itself.
 */
import { unsafeCSS, type CSSResult } from 'lit';

/** The accent of an event that has set none. */
export const DEFAULT_ACCENT = '#ffc21a';

const declarations = (tokens: Readonly<Record<string, string>>): string =>
  Object.entries(tokens).map(([name, value]) => `--cc-${name}:${value};`).join('');

const light = {
  bg: '#f4f5f8', surface: '#ffffff', 'surface-2': '#eceef3', line: '#d5d9e2', text: '#10131a', 'text-muted': '#4a5160',
  good: '#0b7a47', warn: '#8a5a00', bad: '#c0222f', 'on-air': '#d4202f', 'on-air-ink': '#ffffff', focus: '#10131a',
  left: '#1f5eff', 'left-ink': '#ffffff', 'left-text': '#1a4fd8', right: '#d81e56', 'right-ink': '#ffffff', 'right-text': '#c2154a',
  shadow: '0 1px 2px rgb(16 19 26 / .08), 0 12px 32px rgb(16 19 26 / .10)',
  // Accent text: dark enough on white whatever its hue; less chroma keeps it inside sRGB, where it would be clipped otherwise.
  'accent-text': '#7a5600',
};
const lightDerived = { 'accent-text': 'oklch(from var(--cc-accent-fill) min(l, .47) min(c, .15) h)' };

const dark = {
  bg: '#0a0c11', surface: '#14171f', 'surface-2': '#1f242f', line: '#313846', text: '#f5f7fb', 'text-muted': '#a3acbd',
  good: '#3ddc91', warn: '#ffc857', bad: '#ff7a80', 'on-air': '#ff4d57', 'on-air-ink': '#000000', focus: '#ffffff',
  left: '#4d8dff', 'left-ink': '#000000', 'left-text': '#82b0ff', right: '#ff4f7f', 'right-ink': '#000000', 'right-text': '#ff86a6',
  shadow: '0 1px 2px rgb(0 0 0 / .5), 0 16px 40px rgb(0 0 0 / .45)',
  'accent-text': DEFAULT_ACCENT,
};
const darkDerived = { 'accent-text': 'oklch(from var(--cc-accent-fill) max(l, .76) min(c, .17) h)' };

const shared = {
  'accent-fill': `var(--cc-accent, ${DEFAULT_ACCENT})`, 'accent-ink': '#000000', 'accent-soft': 'var(--cc-surface-2)',
  'space-1': '4px', 'space-2': '8px', 'space-3': '12px', 'space-4': '16px', 'space-5': '24px', 'space-6': '32px', 'space-7': '48px', 'space-8': '64px',
  font: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", Arial, sans-serif',
  'font-mono': 'ui-monospace, "SF Mono", SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace',
  'size-1': '.75rem', 'size-2': '.875rem', 'size-3': '1rem', 'size-4': '1.25rem', 'size-5': '1.625rem', 'size-6': '2.25rem', 'size-7': '3.25rem', 'size-8': '5rem',
  'weight-text': '450', 'weight-strong': '650', 'weight-loud': '800', leading: '1.45', 'leading-tight': '1.1', 'tracking-loud': '-.02em', 'tracking-caps': '.08em',
  'radius-s': '6px', 'radius-m': '12px', 'radius-l': '20px', 'radius-full': '999px',
  'time-1': '90ms', 'time-2': '180ms', 'time-3': '360ms', 'time-4': '900ms',
  ease: 'cubic-bezier(.2, .7, .2, 1)', 'ease-spring': 'cubic-bezier(.3, 1.5, .5, 1)',
};

// Y of XYZ is the relative luminance of WCAG; at 0.179 black and white have the same contrast.
const inkAxis = (white: string): string => `clamp(0, (0.179 - y) * 1000000, ${white})`;
const sharedDerived = {
  'accent-ink': `color(from var(--cc-accent-fill) xyz-d65 ${inkAxis('.9505')} ${inkAxis('1')} ${inkAxis('1.089')})`,
  'accent-soft': 'color-mix(in oklab, var(--cc-accent-fill) 16%, var(--cc-surface))',
};

const stills = { 'time-1': '1ms', 'time-2': '1ms', 'time-3': '1ms', 'time-4': '1ms' };

const themed = (root: string, lightWhen: string, darkWhen: string): string => {
  const both = (values: Record<string, string>, derived: Record<string, string>, scheme: string, selector: string): string =>
    `${selector}{color-scheme:${scheme};${declarations(values)}}`
    + `@supports (color: oklch(from red l c h)){${selector}{${declarations(derived)}}}`;
  return `${root}{${declarations(shared)}}`
    + `@supports (color: oklch(from red l c h)){${root}{${declarations(sharedDerived)}}}`
    + both(light, lightDerived, 'light', root)
    + `@media (prefers-color-scheme: dark){${both(dark, darkDerived, 'dark', root)}}`
    + both(light, lightDerived, 'light', lightWhen)
    + both(dark, darkDerived, 'dark', darkWhen)
    + `@media (prefers-reduced-motion: reduce){${root}{${declarations(stills)}}}`;
};

/** The tokens for a page: declared on `:root`. */
export const designTokensCss: string = themed(':root', ':root[data-theme=light]', ':root[data-theme=dark]');

/** The tokens for a Lit component: declared on `:host`, so that a page needs no style sheet of ours. */
export const designTokens: CSSResult = unsafeCSS(themed(':host', ':host([theme=light])', ':host([theme=dark])'));
