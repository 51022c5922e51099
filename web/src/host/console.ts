import { html, LitElement } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import { asApiError } from '../shared/api.js';
import { controls } from '../shared/controls.js';
import './desk.js';
import type { Desk } from './desk.js';
import { DeskStore } from './desk-store.js';
import { gatePage, gateStyles, type Gate } from './gate.js';
import { HostApi } from './host-api.js';
import { chooseWorkspace, chosenDesk, dropDesk, keepDesk, keptDesks, takeKey, type KeptDesk } from './session-store.js';
import { sessionFor, workplaces, type Workplace } from './workplaces.js';

/** The host console: signs in with a link's key or a kept session, then shows the desk of its workspace. */
export class HostConsole extends LitElement {
  static override properties = { gate: { state: true }, store: { state: true }, places: { state: true } };
  private declare gate: Gate;
  private declare store: DeskStore | undefined;
  private declare places: readonly Workplace[];
  #key: string | undefined;
  #desk: KeptDesk | undefined;

  static override styles = [controls, gateStyles];

  constructor() {
    super();
    this.gate = { kind: 'signing-in' };
    this.places = [];
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
      const desk = chosenDesk();
      if (desk === undefined) this.gate = { kind: 'no-session' };
      else void this.#open(desk);
    }
  };

  async #trade(): Promise<void> {
    if (this.#key === undefined) return;
    this.gate = { kind: 'signing-in' };
    try {
      const desk = await HostApi.trade(this.#key);
      this.#key = undefined;
      keepDesk(desk);
      await this.#open(desk);
    } catch (thrown) {
      const error = asApiError(thrown);
      const kept = chosenDesk();
      // Opening an old link again in a browser that is signed in is no reason to be sent away.
      if (!error.retryable && kept !== undefined) return this.#open(kept);
      this.gate = { kind: 'link-refused', error };
    }
  }

  async #open(desk: KeptDesk): Promise<void> {
    this.store?.close();
    const store = new DeskStore(new HostApi(desk.session));
    store.addEventListener('session-over', () => void this.#sessionOver(store));
    store.addEventListener('change', () => { if (this.store === store) this.#follow(store); });
    this.store = store;
    this.#desk = desk;
    await store.start();
    if (this.store === store) void this.#lookAround();
  }

  /** Remembers whose the session is, and asks where else there is work. */
  async #lookAround(): Promise<void> {
    const { me } = this.store ?? {};
    if (me === undefined || this.#desk === undefined) return;
    const { workspace, id, name, role } = me;
    // Another tab may have kept other sessions meanwhile; one that was forgotten there is not brought back by this one.
    if (keptDesks().some(({ session }) => session === this.#desk?.session)) keepDesk({ ...this.#desk, workspace, person: { id, name, role } });
    chooseWorkspace(workspace.id);
    this.places = await workplaces();
  }

  #follow(store: DeskStore): void {
    if (store.load.kind === 'loading') this.gate = { kind: 'loading' };
    else if (store.load.kind === 'failed') this.gate = { kind: 'failed', error: store.load.error };
    this.requestUpdate();
  }

  async #sessionOver(store: DeskStore): Promise<void> {
    if (this.store !== store) return;
    store.close();
    this.store = undefined;
    if (this.#desk !== undefined) dropDesk(this.#desk.session);
    this.gate = { kind: 'session-over', elsewhere: [] };
    const elsewhere = await workplaces();
    if (this.store === undefined) this.gate = { kind: 'session-over', elsewhere };
  }

  /** Puts another workspace on the desk. Throws `ApiError`, and stays where it is. */
  async #enter(place: Workplace, by: 'list' | 'key'): Promise<void> {
    await this.#open(await sessionFor(place));
    await this.updateComplete;
    this.renderRoot.querySelector<Desk>('cc-desk')?.arrive(by);
  }

  /** Where that fails, the page stays and says why. */
  async #enterFromGate(place: Workplace): Promise<void> {
    try {
      await this.#enter(place, 'list');
    } catch (thrown) {
      if (this.store === undefined) this.gate = { kind: 'session-over', elsewhere: await workplaces(), error: asApiError(thrown) };
    }
  }

  override render() {
    const { store } = this;
    if (store?.load.kind === 'ready') {
      return keyed(store, html`<cc-desk .store=${store} .places=${this.places} .enter=${(place: Workplace, by: 'list' | 'key') => this.#enter(place, by)} @places-changed=${this.#lookAround}></cc-desk>`);
    }
    const retry = (): void => (store === undefined ? void this.#trade() : void store.start());
    return gatePage(this.gate, { retry, enter: (place) => void this.#enterFromGate(place) });
  }
}

customElements.define('cc-console', HostConsole);
