/**
 * The viewer's page: finds the event of the address, then gives the whole screen to `<crowdcue-game>`. It sets no cookie; what
 * the SDK keeps (who this viewer is, the numbers of its actions) stays in this browser's storage. `#tier=<key>` is of a link that the host
 * hands out: the viewer comes in as one of that tier, and stays that.
 */
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { ApiError, asApiError, request } from '../shared/api.js';
import '../shared/code-entry.js';
import { controls } from '../shared/controls.js';
import { explain } from '../shared/explain.js';
import { icons, mark } from '../shared/icons.js';
import { codeOfPath } from '../shared/join-code.js';
import { setAccent } from '../shared/page.js';
import { backoffMs } from '../shared/poller.js';
import { keepShell } from '../shared/shell.js';
import { siteOrigin, sitePath, siteUrl } from '../shared/site.js';
import { stored } from '../shared/stored.js';
import { joinStyles } from './join-styles.js';

/** What `GET /api/join/:code` answers. */
interface JoinTarget {
  readonly event: string;
  readonly name: string;
  readonly code: string;
  readonly accent: string;
}

type View =
  | { readonly kind: 'loading' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'failed'; readonly error: ApiError }
  | { readonly kind: 'playing'; readonly target: JoinTarget };

const SHARED_MS = 2_000;
/** The page speaks English around the component, which speaks the viewer's language. */
const LANGUAGE = new URLSearchParams(location.search).get('lang') ?? navigator.language;

/** Errors that no later try mends: there is no such event. */
const NO_EVENT: ReadonlySet<string> = new Set(['event_unknown', 'not_found', 'bad_request']);

export class JoinPage extends LitElement {
  static override properties = { view: { state: true }, shared: { state: true }, tier: { state: true } };
  private declare view: View;
  /** What the link's tier came to, where it has one; undefined once that is read. */
  private declare tier: string | undefined;
  private declare shared: 'no' | 'copied' | 'failed';
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #code = codeOfPath(location.pathname);

  static override styles = [controls, joinStyles];

  constructor() {
    super();
    this.view = { kind: 'loading' };
    this.shared = 'no';
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener('online', this.#retry);
    void this.#find();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener('online', this.#retry);
    clearTimeout(this.#timer);
  }

  readonly #retry = (): void => {
    if (this.view.kind !== 'failed') return;
    clearTimeout(this.#timer);
    void this.#find();
  };

  async #find(): Promise<void> {
    try {
      const component = import('@crowdcue/client/element');
      const [target] = await Promise.allSettled([request<JoinTarget>(siteUrl(`api/join/${encodeURIComponent(this.#code)}`)), component]);
      if (target.status === 'rejected') throw target.reason;
      await component;
      await this.#enterTier(target.value.event);
      stored.set(this.#key, JSON.stringify(target.value));
      this.#play(target.value);
    } catch (thrown) {
      const error = asApiError(thrown);
      const known = error.code === 'unreachable' ? this.#known() : undefined;
      if (known !== undefined) return this.#play(known); // the component says that it is out of reach, and goes on by itself
      if (NO_EVENT.has(error.code)) {
        this.view = { kind: 'unknown' };
        return;
      }
      this.view = { kind: 'failed', error };
      if (error.retryable) this.#timer = setTimeout(() => void this.#find(), backoffMs(++this.#failures));
    }
  }

  /** Comes in as one of the link's tier. Whoever may not any more plays like everybody; whatever else is wrong the component tells. */
  async #enterTier(event: string): Promise<void> {
    const tierKey = new URLSearchParams(location.hash.slice(1)).get('tier');
    if (tierKey === null) return;
    const { join, CrowdcueError } = await import('@crowdcue/client');
    try {
      await join({ origin: siteOrigin(), event, tierKey });
      this.tier = `You are in as “${tierKey.split('.', 1)[0]!}”.`;
    } catch (error) {
      if (!(error instanceof CrowdcueError) || (error.retryable && error.code !== 'event_off')) throw error instanceof CrowdcueError ? new ApiError(error.code, error.message, true) : error; // the page asks again
      if (error.code !== 'key_forbidden') return; // such as off the air: with the next load it is tried again
      this.tier = 'This link lets nobody in early any more. You play like everybody.';
    }
    history.replaceState(null, '', `${location.pathname}${location.search}`); // a page that is shared or shown takes no key along
  }

  #play(target: JoinTarget): void {
    setAccent(target.accent);
    document.title = `${target.name} · Crowdcue`;
    this.view = { kind: 'playing', target };
    void keepShell();
  }

  get #key(): string {
    return `crowdcue.page.${sitePath()}.${this.#code}`;
  }

  /** What this event was when the page was here last, if the component can be had. */
  #known(): JoinTarget | undefined {
    try {
      const kept = JSON.parse(stored.get(this.#key) ?? 'null') as JoinTarget | null;
      return customElements.get('crowdcue-game') === undefined ? undefined : kept ?? undefined;
    } catch {
      return undefined;
    }
  }

  override render() {
    switch (this.view.kind) {
      case 'loading': return html`<main class="note" aria-busy="true"><div class="pulse" aria-hidden="true"></div><p class="muted" role="status">Finding the show …</p></main>`;
      case 'unknown': return this.#unknown();
      case 'failed': return this.#failed(this.view.error);
      case 'playing': return this.#playing(this.view.target);
    }
  }

  #playing({ event, name }: JoinTarget): TemplateResult {
    return html`<header>
        <span class="brand">${mark} Crowdcue</span><h1 class="hidden-text">${name}</h1>
        <button class="quiet share" @click=${this.#share} aria-label="Share this show">${this.shared === 'copied' ? icons.done : icons.share}<span>${this.#shareLabel()}</span></button>
        <span class="hidden-text" role="status">${this.shared === 'copied' ? 'Link copied' : ''}</span>
      </header>
      ${this.tier === undefined ? nothing : html`<p class="tier small" role="status" data-test="tier">${this.tier} <button class="small quiet" @click=${() => { this.tier = undefined; }}>Close</button></p>`}
      <main class="stage"><crowdcue-game .origin=${siteOrigin()} .event=${event} lang=${LANGUAGE}></crowdcue-game></main>`;
  }

  #shareLabel(): string {
    switch (this.shared) {
      case 'copied': return 'Copied';
      case 'failed': return 'Copy the address';
      case 'no': return 'Share';
    }
  }

  #unknown(): TemplateResult {
    return html`<main class="note"><div class="brand">${mark} Crowdcue</div><h1>No show has this code</h1>
      <p class="muted">Look at the stream again: a code has six letters. The show may also be over.</p>
      <cc-code-entry></cc-code-entry><p class="small muted">Error <span class="code">event_unknown</span></p></main>`;
  }

  #failed(error: ApiError): TemplateResult {
    return html`<main class="note"><div class="brand">${mark} Crowdcue</div><h1>We can't reach the show</h1>
      <p class="muted" role="status">${error.code === 'unreachable' ? 'Check your connection. This page keeps trying by itself.' : explain(error)}</p>
      <button class="primary" @click=${this.#retry}>Try again</button><p class="small muted">Error <span class="code">${error.code}</span></p></main>`;
  }

  async #share(): Promise<void> {
    if (this.view.kind !== 'playing') return;
    const { name, code } = this.view.target;
    const url = siteUrl(`join/${code}`);
    try {
      if (typeof navigator.share === 'function') return await navigator.share({ title: name, text: `Play along: ${name}`, url });
      await navigator.clipboard.writeText(url);
      this.shared = 'copied';
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') return; // thought better of it
      this.shared = 'failed';
    }
    setTimeout(() => { this.shared = 'no'; }, SHARED_MS);
  }
}

customElements.define('cc-join', JoinPage);
