/** Our icons, drawn on 20 × 20 with the text's colour. They say nothing to a screen reader: the control they stand in does. */
import { html, type SVGTemplateResult, svg, type TemplateResult } from 'lit';

const icon = (paths: SVGTemplateResult): TemplateResult => html`<svg viewBox="0 0 20 20" width="18" height="18" fill="none" stroke="currentColor"
  stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${paths}</svg>`;

export const icons = {
  plus: icon(svg`<path d="M10 4v12M4 10h12"/>`),
  copy: icon(svg`<rect x="7" y="7" width="9" height="9" rx="2"/><path d="M13 7V6a2 2 0 0 0-2-2H6a2 2 0 0 0-2 2v5a2 2 0 0 0 2 2h1"/>`),
  done: icon(svg`<path d="m4 10.5 4 4 8-9"/>`),
  share: icon(svg`<path d="M10 12V3M6.5 6.5 10 3l3.5 3.5M4 11v4a2 2 0 0 0 2 2h8a2 2 0 0 0 2-2v-4"/>`),
  sun: icon(svg`<circle cx="10" cy="10" r="3.2"/><path d="M10 2v1.5M10 16.5V18M2 10h1.5M16.5 10H18M4.3 4.3l1.1 1.1M14.6 14.6l1.1 1.1M4.3 15.7l1.1-1.1M14.6 5.4l1.1-1.1"/>`),
  moon: icon(svg`<path d="M16.5 12A7 7 0 0 1 8 3.5a7 7 0 1 0 8.5 8.5Z"/>`),
  auto: icon(svg`<circle cx="10" cy="10" r="7"/><path d="M10 3a7 7 0 0 1 0 14Z" fill="currentColor"/>`),
  help: icon(svg`<circle cx="10" cy="10" r="7.5"/><path d="M7.8 7.8a2.2 2.2 0 1 1 3.2 2c-.7.4-1 .8-1 1.5M10 14h.01"/>`),
  stop: icon(svg`<rect x="5" y="5" width="10" height="10" rx="1.5" fill="currentColor"/>`),
  off: icon(svg`<path d="M10 3v6M6 5.5a6 6 0 1 0 8 0"/>`),
  cross: icon(svg`<path d="m5 5 10 10M15 5 5 15"/>`),
  search: icon(svg`<circle cx="9" cy="9" r="5"/><path d="m13 13 4 4"/>`),
  link: icon(svg`<path d="M8.5 11.5a3 3 0 0 0 4.3 0l2.8-2.8a3 3 0 0 0-4.3-4.3l-1 1M11.5 8.5a3 3 0 0 0-4.3 0l-2.8 2.8a3 3 0 0 0 4.3 4.3l1-1"/>`),
  people: icon(svg`<circle cx="7.5" cy="7" r="2.7"/><path d="M2.5 16c.4-2.8 2.3-4.3 5-4.3s4.6 1.5 5 4.3M13 4.7a2.5 2.5 0 0 1 0 4.7M14.5 12c1.8.5 2.8 1.8 3 4"/>`),
} as const;

/** Our mark: the cue light. */
export const mark = html`<svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true"><rect width="32" height="32" rx="8" fill="currentColor"/><circle
  cx="16" cy="16" r="7" fill="var(--cc-accent-fill)"/></svg>`;
