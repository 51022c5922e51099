import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { percentText } from './text.js';
import { tick } from './tick.js';

/** One choice and the crowd's share of it. */
export interface ShareRow {
  readonly name: string;
  /** Percent. */
  readonly share: number;
  /** Said beside the name: the viewer's own choice, the right one. */
  readonly notes: readonly string[];
  /** Leads, or is right. */
  readonly strong: boolean;
}

/** `<crowdcue-shares>`: how the crowd chose, as a bar a choice. Never by colour alone: what stands out has a tick and words. */
export class CrowdShares extends LitElement {
  static override properties = { rows: { attribute: false }, language: { type: String } };
  static override styles = css`
    :host { display: block; inline-size: 100%; max-inline-size: 26rem; }
    ol { display: grid; gap: var(--cc-space-2); margin: 0; padding: 0; list-style: none; }
    li { position: relative; display: flex; align-items: center; gap: var(--cc-space-3); min-block-size: 2.5rem; padding: var(--cc-space-1) var(--cc-space-3); border-radius: var(--cc-radius-m); overflow: hidden; background: var(--cc-surface-2); text-align: start; isolation: isolate; }
    li i { position: absolute; z-index: -1; inset-block: 0; inset-inline-start: 0; inline-size: calc(var(--share) * 1%); background: var(--cc-accent-soft); box-shadow: inset 0 -3px var(--cc-line); }
    li.strong { font-weight: var(--cc-weight-loud); }
    li.strong i { box-shadow: inset 0 -3px var(--cc-accent-fill); }
    span { flex: 1; min-inline-size: 0; overflow-wrap: anywhere; line-height: 1.2; }
    small { display: block; font-size: var(--cc-size-1); font-weight: var(--cc-weight-strong); color: var(--cc-text-muted); }
    .tick { flex: none; inline-size: 1.25em; block-size: 1.25em; }
    b { font-weight: inherit; font-variant-numeric: tabular-nums; }
    @container crowdcue (max-height: 30rem) { :host { display: none; } } /* in a corner of a video the words say it */
  `;
  declare rows: readonly ShareRow[];
  declare language: string;

  constructor() {
    super();
    this.rows = [];
    this.language = 'en';
  }

  protected override render(): TemplateResult {
    return html`<ol>${this.rows.map(({ name, share, notes, strong }) => html`<li class=${strong ? 'strong' : ''}>
      <i .style=${`--share:${share}`} aria-hidden="true"></i>${strong ? tick : nothing}
      <span dir="auto">${name}${notes.length > 0 ? html`<small>${notes.join(' · ')}</small>` : nothing}</span><b>${percentText(share, this.language)}</b>
    </li>`)}</ol>`;
  }
}

/** Makes `<crowdcue-shares>` known, once. */
export const defineShares = (): void => {
  if (customElements.get('crowdcue-shares') === undefined) customElements.define('crowdcue-shares', CrowdShares);
};
