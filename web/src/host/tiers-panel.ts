import type { TierLink } from '@crowdcue/protocol';
import { css, html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import './copy-text.js';
import { replaceTierLink, tierLinks } from './drop-api.js';
import { DropPart } from './drop-panel.js';

/** Whoever opens a tier's link plays as one of that tier: the link of each that the event's drops name, to hand out and to take back. */
export class TiersPanel extends DropPart {
  static override properties = { ...DropPart.properties, links: { state: true } };
  private declare links: readonly TierLink[] | undefined;
  #event = '';

  static override styles = [...DropPart.styles, css`
    ul { display: grid; gap: var(--cc-space-4); margin-block: var(--cc-space-2); }
    li { display: grid; gap: var(--cc-space-2); min-width: 0; }
    li b { overflow-wrap: anywhere; }
    li button { justify-self: start; }
  `];

  protected override willUpdate(): void {
    const { id } = this.tools.event;
    if (id === this.#event) return;
    this.#event = id;
    this.links = undefined;
    void this.#read();
  }

  override render() {
    const { links } = this;
    return html`
      ${links === undefined ? html`<p class="muted small">${this.problem === undefined ? 'Loading …' : nothing}</p>`
        : links.length === 0 ? html`<p class="muted small" data-test="no-tiers">No drop names a tier. Give one an early window, or say which tiers it goes to, and its link stands here.</p>`
          : html`<p class="muted small">Whoever opens a link plays as one of its tier. Hand it out where only they are: a members’ post, a newsletter.</p>
            <ul>${repeat(links, ({ tier }) => tier, (link) => this.#row(link))}</ul>`}
      ${this.wrongOf('tiers')}
      <div class="buttons"><button class="small" ?disabled=${this.busy} @click=${() => this.#read()}>Refresh</button></div>`;
  }

  #row({ tier, url }: TierLink): TemplateResult {
    return html`<li data-test="tier"><b>${tier}</b><cc-copy-text .text=${url} .name=${`link for ${tier}`}></cc-copy-text>
      <button class="small" ?disabled=${this.busy} @click=${() => this.#replace(tier)} data-test="replace-tier" aria-label="Replace the link for ${tier}">Replace …</button></li>`;
  }

  async #read(): Promise<void> {
    const { api, event: { id } } = this.tools;
    await this.read('tiers', () => tierLinks(api, id), ({ tiers }) => {
      this.links = tiers;
    });
  }

  async #replace(tier: string): Promise<void> {
    const { api, event: { id }, ask } = this.tools;
    if (!(await ask({ title: `Replace the link for ${tier}?`, text: 'The present one lets nobody in any more. Who came in by it stays in the tier. This cannot be undone.', yes: 'Replace link' }))) return;
    const worked = await this.run('tiers', async () => {
      const next = await replaceTierLink(api, id, tier);
      this.links = this.links?.map((link) => (link.tier === tier ? next : link));
    });
    if (worked) this.done(`The link for ${tier} is a new one.`);
  }
}

customElements.define('cc-tiers', TiersPanel);
