import { FLASH_SERIES_MS, type EventOverview } from '@crowdcue/protocol';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { controls } from '../shared/controls.js';
import { count } from '../shared/format.js';
import type { PackagerDraft } from './host-drafts.js';
import { spreadOf, tenthsOf } from './pictures.js';

/** How often a countdown is looked at, ms. */
const LOOK_MS = 500;

/** How late the viewers' pictures are and how well that is known, the flashes to tap on, and the packager's clock. */
export class PicturesPanel extends LitElement {
  static override properties = { overview: { attribute: false }, eventNow: { attribute: false }, busy: { type: Boolean } };
  declare overview: EventOverview | undefined;
  declare eventNow: () => number;
  declare busy: boolean;
  #timer: ReturnType<typeof setInterval> | undefined;

  static override styles = [controls, css`
    :host { display: block; }
    dl { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: var(--cc-space-3); }
    dd { font-size: var(--cc-size-5); font-weight: var(--cc-weight-loud); letter-spacing: var(--cc-tracking-loud); }
    .known { margin-top: var(--cc-space-3); }
    details { margin-top: var(--cc-space-3); padding-top: var(--cc-space-3); border-top: 1px solid var(--cc-line); }
    summary { cursor: pointer; font-size: var(--cc-size-2); min-height: 32px; display: flex; align-items: center; justify-content: space-between; gap: var(--cc-space-3); }
    form { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr) auto; align-items: end; gap: var(--cc-space-3); margin-top: var(--cc-space-3); }
    details p { margin-top: var(--cc-space-2); }
  `];

  override connectedCallback(): void {
    super.connectedCallback();
    this.#timer = setInterval(() => {
      if (this.#flashLeft > 0) this.requestUpdate();
    }, LOOK_MS);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
  }

  /** ms until the present series is over; 0 where there is none. */
  get #flashLeft(): number {
    const from = this.overview?.flashFrom ?? 0;
    return from === 0 ? 0 : Math.max(0, from + FLASH_SERIES_MS - this.eventNow());
  }

  override render() {
    const left = this.#flashLeft;
    const running = this.overview?.phase === 'armed' || this.overview?.phase === 'live';
    return html`<section class="card" aria-label="Pictures">
      <div class="card-head"><h2 class="caps">Pictures</h2>${left > 0
        ? html`<button class="small" ?disabled=${this.busy} @click=${() => this.#raise('end-flashes')} data-test="end-flashes">Stop flashing</button>`
        : html`<button class="small" ?disabled=${this.busy || running || this.overview === undefined} @click=${() => this.#raise('flash')} data-test="flash">Flash</button>`}</div>
      ${this.#spread()}
      <p class="muted small known" data-test="known" role="status">${left > 0
        ? `The overlay flashes for another ${Math.ceil(left / 1000)} s. Viewers of whose picture nothing is known are asked to tap along.` : this.#known()}</p>
      ${this.#packager()}
    </section>`;
  }

  #spread(): TemplateResult {
    const spread = spreadOf(this.overview?.delays);
    if (spread === undefined) return html`<p class="muted small">How late the stream reaches your viewers shows here once they are in.</p>`;
    return html`<dl class="num" data-test="delays">
      <div><dt class="caps">Half by</dt><dd>${tenthsOf(spread.p50)}</dd></div>
      <div><dt class="caps">95% by</dt><dd>${tenthsOf(spread.p95)}</dd></div>
      <div><dt class="caps">Latest</dt><dd>${tenthsOf(spread.max)}</dd></div>
    </dl>`;
  }

  #known(): string {
    const { told, p95 } = this.overview?.delayError ?? { told: 0, p95: 0 };
    if (told === 0) return 'No viewer knows yet how late its picture is. Flash, and they can tap along.';
    return `${count(told)} of ${count(this.overview?.viewers ?? told)} know it, 95% of them to within ${tenthsOf(p95)}.`;
  }

  #packager(): TemplateResult | typeof nothing {
    const { packager } = this.overview ?? {};
    if (packager === undefined) return nothing;
    const { offset, error } = packager;
    return html`<details><summary><span>Packager’s clock</span><span class="muted num" data-test="packager">${offset > 0 ? '+' : ''}${count(offset)} ± ${count(error)} ms</span></summary>
      <p class="muted small">Streams with program dates (EXT-X-PROGRAM-DATE-TIME) go by it. Say once by how much it is ahead of the event’s clock: what a frame is dated, less when it was made.</p>
      <form @submit=${this.#calibrate}>
        <label class="field">Ahead, ms<input name="offset" type="number" step="any" required .value=${String(offset)}></label>
        <label class="field">Within, ms<input name="error" type="number" min="0" max="30000" step="any" required .value=${String(error)}></label>
        <button ?disabled=${this.busy} data-test="calibrate">Save</button>
      </form></details>`;
  }

  readonly #calibrate = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const detail: PackagerDraft = { offsetMs: Number(form.get('offset')), errorMs: Number(form.get('error')) };
    this.dispatchEvent(new CustomEvent('calibrate', { detail }));
  };

  #raise(type: 'flash' | 'end-flashes'): void {
    this.dispatchEvent(new Event(type));
  }
}

customElements.define('cc-pictures', PicturesPanel);
