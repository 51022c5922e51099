import { describe, expect, it } from 'vitest';
import { DEFAULT_ACCENT, designTokens, designTokensCss } from '@crowdcue/games/design-tokens';

const luminance = (hex: string): number => {
  const [r, g, b] = [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
};
const contrast = (a: string, b: string): number => {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light! + 0.05) / (dark! + 0.05);
};
/** The first block for a selector that names `--cc-bg`: the theme's literals. */
const themeOf = (scheme: string): Map<string, string> => {
  const block = new RegExp(`\\{color-scheme:${scheme};([^}]*)\\}`).exec(designTokensCss)![1]!;
  return new Map([...block.matchAll(/--cc-([a-z0-9-]+):([^;]*);/g)].map((m) => [m[1]!, m[2]!]));
};

describe('design tokens', () => {
  it.each(['light', 'dark'])('[GAM18] reads at 4.5:1 at least in the %s theme', (scheme) => {
    const theme = themeOf(scheme);
    const of = (name: string): string => theme.get(name)!;
    for (const ground of ['bg', 'surface', 'surface-2']) {
      for (const ink of ['text', 'text-muted', 'left-text', 'right-text', 'accent-text', 'good', 'bad']) {
        expect(contrast(of(ground), of(ink)), `${ink} on ${ground}`).toBeGreaterThanOrEqual(4.5);
      }
    }
    for (const fill of ['left', 'right', 'on-air']) expect(contrast(of(fill), of(`${fill}-ink`)), fill).toBeGreaterThanOrEqual(4.5);
    expect(contrast(DEFAULT_ACCENT, '#000000')).toBeGreaterThanOrEqual(4.5);
  });

  it('[GAM19] gives the same tokens to pages and components, and declares no --cc-accent that would hide a host’s', () => {
    const names = (css: string): string[] => [...new Set([...css.matchAll(/(--cc-[a-z0-9-]+):/g)].map((m) => m[1]!))].sort();
    expect(names(designTokensCss)).toEqual(names(designTokens.cssText));
    expect(names(designTokensCss)).not.toContain('--cc-accent');
    expect(designTokensCss).toContain('prefers-reduced-motion');
  });
});
