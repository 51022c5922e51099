import { html, LitElement } from 'lit';
import { asApiError } from '../shared/api.js';
import { controls } from '../shared/controls.js';
import './desk.js';
import { DeskStore } from './desk-store.js';
import { gatePage, gateStyles, type Gate } from './gate.js';
import { HostApi, type HostSession } from './host-api.js';
import { keepSession, keptSession, takeKey } from './session-store.js';

/** The host console: signs in with a link's key or the kept session, then shows the desk. */
export class HostConsole extends LitElement {
  static override properties = { gate: { state: true }, store: { state: true } };
  private declare gate: Gate;
  private declare store: DeskStore | undefined;
  #key: string | undefined;

  static override styles = [controls, gateStyles];

  constructor() {
    super();
    this.gate = { kind: 'signing-in' };
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener('hashchange', this.#arrive);
    this.#arrive();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener('hashchange', this.#arrive);
    this.store?.close();
  }

  /** A link was opened, or the page without one. */
  readonly #arrive = (): void => {
    const key = takeKey();
    if (key !== undefined) {
      this.#key = key;
      void this.#trade();
    } else if (this.store === undefined) {
      const session = keptSession();
      if (session === undefined) this.gate = { kind: 'no-session' };
      else void this.#open(session);
    }
  };

  async #trade(): Promise<void> {
    if (this.#key === undefined) return;
    this.gate = { kind: 'signing-in' };
    try {
      const session = await HostApi.trade(this.#key);
      this.#key = undefined;
      keepSession(session);
      await this.#open(session);
    } catch (thrown) {
      const error = asApiError(thrown);
      const kept = keptSession();
      // Opening an old link again in a browser that is signed in is no reason to be sent away.
      if (!error.retryable && kept !== undefined) return this.#open(kept);
      this.gate = { kind: 'link-refused', error };
    }
  }

  async #open({ session }: HostSession): Promise<void> {
    this.store?.close();
    const store = new DeskStore(new HostApi(session));
    store.addEventListener('session-over', () => this.#sessionOver(store));
    store.addEventListener('change', () => { if (this.store === store) this.#follow(store); });
    this.store = store;
    await store.start();
  }

  #follow(store: DeskStore): void {
    if (store.load.kind === 'loading') this.gate = { kind: 'loading' };
    else if (store.load.kind === 'failed') this.gate = { kind: 'failed', error: store.load.error };
    this.requestUpdate();
  }

  #sessionOver(store: DeskStore): void {
    if (this.store !== store) return;
    store.close();
    this.store = undefined;
    keepSession(undefined);
    this.gate = { kind: 'session-over' };
  }

  override render() {
    if (this.store?.load.kind === 'ready') return html`<cc-desk .store=${this.store}></cc-desk>`;
    return gatePage(this.gate, () => (this.store === undefined ? void this.#trade() : void this.store.start()));
  }
}

customElements.define('cc-console', HostConsole);
