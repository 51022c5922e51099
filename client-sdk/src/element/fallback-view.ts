/**
 * What the host shows when something fails live, over the element's own words for it: loaded beforehand by events that have it, its picture
 * too, for when it is needed there may be no network. `status` says what is the matter, small, for a viewer may do something about it.
 */
import { css, html, nothing, type TemplateResult } from 'lit';
import { fallbackWords } from '@crowdcue/games/texts';
import type { FallbackView } from '@crowdcue/protocol';

export const fallbackStyles = css`
  .fallback { display: grid; justify-items: center; gap: var(--cc-space-3); text-align: center; text-wrap: balance; }
  .fallback img { max-inline-size: min(100%, 16rem); max-block-size: 8rem; object-fit: contain; border-radius: var(--cc-radius-m); }
  .fallback p { max-inline-size: 34ch; color: var(--cc-text-muted); overflow-wrap: anywhere; }
  .fallback h2 { overflow-wrap: anywhere; }
  .fallback a { display: inline-grid; place-content: center; min-block-size: 3rem; padding: 0 var(--cc-space-5); border-radius: var(--cc-radius-m); background: var(--cc-text); color: var(--cc-surface); font-weight: var(--cc-weight-strong); text-decoration: none; overflow-wrap: anywhere; }
  .fallback a:focus-visible { outline: 3px solid var(--cc-focus); outline-offset: 2px; }
  @container crowdcue (max-height: 30rem) { .fallback img { max-block-size: 4rem; } .fallback { gap: var(--cc-space-2); } }
`;

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const isWeb = (address: string, protocols: readonly string[]): boolean => URL.canParse(address) && protocols.includes(new URL(address).protocol);

export class Fallback {
  readonly styles = fallbackStyles;
  /** Pictures that did not come, or that the page does not allow. */
  readonly #broken = new Set<string>();
  #brought = '';
  #given: unknown;
  #view: FallbackView | undefined;

  constructor(readonly changed: () => void) {}

  /** Takes what the origin, or this device, says; brings the picture. */
  prepare(given: unknown): void {
    if (given === this.#given) return;
    this.#given = given;
    this.#view = undefined;
    const { preset, text, url, label, imageUrl } = (given ?? {}) as Record<string, unknown>;
    if (typeof preset !== 'string') return;
    const view = (this.#view = { preset: preset as FallbackView['preset'], text: textOf(text), url: textOf(url), label: textOf(label), imageUrl: textOf(imageUrl) });
    if (isWeb(view.imageUrl, ['https:', 'http:']) && this.#brought !== view.imageUrl) {
      this.#brought = view.imageUrl;
      const picture = new Image(); // in the browser's cache by the time that it is shown
      picture.referrerPolicy = 'no-referrer';
      picture.src = view.imageUrl;
    }
  }

  /** What stands in the place of our own words; `undefined` where the host chose nothing. */
  show(language: string, status: string): TemplateResult | undefined {
    const view = this.#view;
    if (view === undefined) return undefined;
    const { title, body } = fallbackWords(view, language);
    return html`<div class="fallback" part="fallback">
      ${isWeb(view.imageUrl, ['https:', 'http:']) && !this.#broken.has(view.imageUrl) ? html`<img src=${view.imageUrl} alt="" referrerpolicy="no-referrer" @error=${() => {
        this.#broken.add(view.imageUrl);
        this.changed();
      }}>` : nothing}
      <h2 dir="auto">${title}</h2>${body === '' ? nothing : html`<p dir="auto">${body}</p>`}
      ${isWeb(view.url, ['https:']) ? html`<a href=${view.url} target="_blank" rel="noopener noreferrer" dir="auto">${view.label === '' ? new URL(view.url).host : view.label}</a>` : nothing}
      <p class="soft">${status}</p></div>`;
  }
}
