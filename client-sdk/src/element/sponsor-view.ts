/**
 * The sponsor of an event, as a strip in the element: loaded when an event has one. It tells when a viewer has really seen it: at least
 * half of it in view for a second without a break, on a page that is looked at. Told once a session; the origin counts a viewer once whatever comes.
 */
import { css, html, nothing, type CSSResult, type TemplateResult } from 'lit';
import type { SponsorView } from '@crowdcue/protocol';
import { systemClock } from '../clock.js';
import type { StorageLike } from '../storage.js';
import type { ElementText } from './element-text.js';

/** As advertisers count it: half of it, for a second. */
const SHARE = 0.5;
const SEEN_MS = 1_000;
/** A crowd that comes at once tells of it over this time, ms. */
const SPREAD_MS = 4_000;

/** What the strip needs of the element. */
export interface SponsorHost {
  readonly storage: StorageLike;
  /** The session's event. */
  event(): string;
  /** Tells the origin; rejects when it could not be told. */
  seen(): Promise<void>;
}

export const sponsorStyles: CSSResult = css`
  .sponsor { display: flex; align-items: center; gap: var(--cc-space-3); min-block-size: 3rem; margin: var(--cc-space-2) var(--cc-space-4) 0; padding: var(--cc-space-1) var(--cc-space-3); border-radius: var(--cc-radius-m); background: var(--cc-surface-2); color: var(--cc-text); font-size: var(--cc-size-2); line-height: 1.25; text-decoration: none; overflow: hidden; }
  .sponsor img { block-size: 2.25rem; inline-size: auto; max-inline-size: 5.5rem; object-fit: contain; border-radius: var(--cc-radius-s); flex: none; }
  .sponsor > span:not(.said) { min-inline-size: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .sponsor .claim { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .sponsor small { font-size: var(--cc-size-1); color: var(--cc-text-muted); }
  .sponsor:focus-visible { outline: 3px solid var(--cc-focus); outline-offset: 2px; }
  @container crowdcue (max-height: 30rem) {
    .sponsor { min-block-size: 2.25rem; }
    .sponsor img { block-size: 1.75rem; }
    .sponsor .claim { display: none; }
    [data-stage=live] .sponsor { display: none; }
  }
`;

const isWeb = (address: string, protocols: readonly string[]): boolean => URL.canParse(address) && protocols.includes(new URL(address).protocol);

export class SponsorStrip {
  readonly styles = sponsorStyles;
  /** Pictures that did not come, or that the page does not allow. */
  readonly #broken = new Set<string>();
  readonly #observer: IntersectionObserver;
  #looking: ReturnType<typeof setTimeout> | undefined;
  #watched: Element | undefined;
  #told = '';
  #sponsor: SponsorView | undefined;

  constructor(readonly host: SponsorHost, readonly changed: () => void) {
    this.#observer = new IntersectionObserver((entries) => this.#look(entries.at(-1)!.intersectionRatio >= SHARE), { threshold: SHARE });
  }

  /** After each drawing: `strip` is what stands in the element now. */
  watch(strip: Element | null): void {
    if (strip === (this.#watched ?? null)) return;
    this.stop();
    if (strip === null) return;
    this.#watched = strip;
    this.#observer.observe(strip);
  }

  stop(): void {
    clearTimeout(this.#looking);
    this.#observer.disconnect();
    this.#watched = undefined;
  }

  /** `more`: protocols of pictures that a page knows itself, such as the console's, of one that is not saved yet. */
  show(sponsor: SponsorView, text: Pick<ElementText, 'sponsor' | 'newTab'>, more: readonly string[] = []): TemplateResult {
    this.#sponsor = sponsor;
    const { name, text: claim, url, imageUrl } = sponsor;
    const picture = isWeb(imageUrl, ['https:', 'http:', ...more]) && !this.#broken.has(imageUrl)
      ? html`<img src=${imageUrl} alt="" decoding="async" referrerpolicy="no-referrer" @error=${() => {
        this.#broken.add(imageUrl);
        this.changed();
      }}>` : nothing;
    const words = html`${picture}<span><small>${text.sponsor}</small> <b dir="auto">${name}</b> <span class="claim" dir="auto">${claim}</span></span>`;
    // Another protocol than https is no address of a sponsor's, whoever said so.
    return isWeb(url, ['https:'])
      ? html`<a class="sponsor" part="sponsor" href=${url} target="_blank" rel="sponsored noopener noreferrer">${words}<span class="said">, ${text.newTab}</span></a>`
      : html`<div class="sponsor" part="sponsor">${words}</div>`;
  }

  #key(): string {
    return `crowdcue.seen.${this.host.event()}.${this.#sponsor?.name}`;
  }

  #look(inView: boolean): void {
    clearTimeout(this.#looking);
    const key = this.#key();
    if (!inView || this.#told === key || this.host.storage.getItem(key) !== null) return;
    this.#looking = setTimeout(() => {
      // A page behind another is not seen; the observer says nothing of that, so it is asked again.
      if (document.visibilityState !== 'visible') return this.#look(true);
      this.#told = key;
      setTimeout(() => void this.#tell(key), systemClock.random() * SPREAD_MS); // seen is seen, whatever comes over it now
      return undefined;
    }, SEEN_MS);
  }

  async #tell(key: string): Promise<void> {
    try {
      await this.host.seen();
      this.host.storage.setItem(key, '1');
    } catch {
      this.#told = ''; // the next time that it comes into view
    }
  }
}
