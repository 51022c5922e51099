import { svg, html, type TemplateResult } from 'lit';

/** An icon of 24 by 24 around `body`. */
export const icon = (body: TemplateResult): TemplateResult =>
  html`<svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2.25" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${body}</svg>`;

/** The element's icons: inline, in the text's colour, never read out. */
export const icons = {
  people: icon(svg`<circle cx="9" cy="8" r="3.5"/><path d="M2.5 20c.6-3.6 3.2-5.5 6.5-5.5s5.9 1.9 6.5 5.5M16 4.8a3.5 3.5 0 0 1 0 6.4M18.3 14.9c1.8.8 2.9 2.5 3.2 5.1"/>`),
  gift: icon(svg`<path d="M4 11h16v9H4zM3 7h18v4H3zM12 7v13M12 7c-1.5-4-6-4.5-6-1.8C6 7 9 7 12 7zm0 0c1.5-4 6-4.5 6-1.8C18 7 15 7 12 7z"/>`),
  signal: icon(svg`<path d="M5 12.5a10 10 0 0 1 14 0M8.5 16a5 5 0 0 1 7 0M12 19.5h.01M2 9a14.5 14.5 0 0 1 20 0"/>`),
  pause: icon(svg`<path d="M8.5 5v14M15.5 5v14"/>`),
  trophy: icon(svg`<path d="M7 4h10v6a5 5 0 0 1-10 0zM7 5.5H3.5c0 3.5 1.5 5 3.7 5.5M17 5.5h3.5c0 3.5-1.5 5-3.7 5.5M12 15v3M8 20.5h8"/>`),
} as const;
