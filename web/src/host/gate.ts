/** The console's pages without a desk: nobody signed in, a link that does not work, a first load that is slow or failed. */
import { css, html, nothing, type TemplateResult } from 'lit';
import type { ApiError } from '../shared/api.js';
import { explain } from '../shared/explain.js';
import { mark } from '../shared/icons.js';
import type { Workplace } from './workplaces.js';

/** Why there is no desk. */
export type Gate =
  | { readonly kind: 'signing-in' }
  | { readonly kind: 'no-session' }
  /** Where else this browser is signed in. */
  | { readonly kind: 'session-over'; readonly elsewhere: readonly Workplace[]; readonly error?: ApiError }
  | { readonly kind: 'link-refused'; readonly error: ApiError }
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly error: ApiError };

const howTo = html`<ol class="steps">
  <li><b>On your own machine:</b> <code>npm start</code> prints the host link. Open it in this browser.</li>
  <li><b>On a server:</b> the origin's log shows the link after each start; whoever runs it can send it to you.</li>
  <li>A link works <b>once</b> and then keeps this browser signed in. Treat it like a key.</li></ol>`;

const about = (title: string, text: string, more: TemplateResult | typeof nothing = nothing, error?: ApiError): TemplateResult => html`<main class="gate">
  <div class="brand">${mark} Crowdcue</div>
  <h1>${title}</h1><p class="muted">${text}</p>${more}
  ${error === undefined ? nothing : html`<p class="small muted">Error <span class="code" data-test="code">${error.code}</span></p>`}</main>`;

/** Nobody is taken there unasked: the next key would be pressed on another show. */
const elsewhere = (places: readonly Workplace[], enter: (place: Workplace) => void): TemplateResult =>
  html`${places.map((place) => html`<button @click=${() => enter(place)} data-test="elsewhere">Go to ${place.name}</button>`)}${howTo}`;

/** The page for a gate. `retry` and `enter` are what its buttons do, where there are some. */
export const gatePage = (gate: Gate, { retry, enter }: { retry(): void; enter(place: Workplace): void }): TemplateResult => {
  switch (gate.kind) {
    case 'signing-in': return about('Opening your desk …', 'One moment.');
    case 'loading': return about('Loading your events …', 'One moment.');
    case 'no-session': return about('This is the host console', 'It opens with a one-time host link, and this browser has none yet.', howTo);
    case 'session-over': return about('Your host session is over', gate.error === undefined ? 'What is on air goes on. Open a new host link to get back to the desk.' : explain(gate.error), elsewhere(gate.elsewhere, enter), gate.error);
    case 'link-refused':
      if (gate.error.retryable) return about('The link could not be checked', explain(gate.error), html`<button class="primary" @click=${retry}>Try again</button>`, gate.error);
      return about('This host link does not work any more', 'A host link works once, and not for long. Get a new one:', howTo, gate.error);
    case 'failed': return about('The desk cannot be loaded', explain(gate.error), html`<button class="primary" @click=${retry}>Try again</button>`, gate.error);
  }
};

export const gateStyles = css`
  .gate { max-width: 34rem; margin: 0 auto; padding: 14vh var(--cc-space-5) var(--cc-space-6); display: grid; gap: var(--cc-space-4); justify-items: start; }
  .gate h1 { font-size: var(--cc-size-6); letter-spacing: var(--cc-tracking-loud); }
  .brand { display: flex; align-items: center; gap: var(--cc-space-2); font-weight: var(--cc-weight-loud); }
  .steps { display: grid; gap: var(--cc-space-3); padding: var(--cc-space-4); border: 1px solid var(--cc-line); border-radius: var(--cc-radius-m); background: var(--cc-surface); }
  .steps code { font-family: var(--cc-font-mono); background: var(--cc-surface-2); padding: 2px 6px; border-radius: 4px; }
`;
