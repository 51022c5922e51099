import { css, html, LitElement } from 'lit';
import '../shared/code-entry.js';
import { controls } from '../shared/controls.js';
import { mark } from '../shared/icons.js';
import { siteUrl } from '../shared/site.js';

/** The front door: a code for viewers, the way to the console for hosts. */
export class Landing extends LitElement {
  static override styles = [controls, css`
    :host { display: flex; flex-direction: column; min-height: 100dvh; }
    main { flex: 1; display: grid; align-content: center; gap: var(--cc-space-5); width: min(30rem, 100%); margin: 0 auto; padding: var(--cc-space-6) var(--cc-space-4); }
    .brand { display: flex; align-items: center; gap: var(--cc-space-2); font-weight: var(--cc-weight-loud); font-size: var(--cc-size-4); }
    h1 { font-size: clamp(2.25rem, 10vw, 3.25rem); font-weight: var(--cc-weight-loud); letter-spacing: var(--cc-tracking-loud); }
    .lead { font-size: var(--cc-size-4); color: var(--cc-text-muted); line-height: 1.35; }
    footer { padding: var(--cc-space-4); padding-bottom: calc(var(--cc-space-4) + env(safe-area-inset-bottom)); text-align: center; font-size: var(--cc-size-2); color: var(--cc-text-muted); }
    a { color: var(--cc-text); text-underline-offset: 3px; }
  `];

  override render() {
    return html`<main>
      <div class="brand">${mark} Crowdcue</div>
      <div><h1>Play along.</h1><p class="lead">Enter the six letters that you see on the stream.</p></div>
      <cc-code-entry></cc-code-entry>
    </main>
    <footer>Running a show? <a href=${siteUrl('host')}>Open the host console</a></footer>`;
  }
}

customElements.define('cc-landing', Landing);
