import { css, html, LitElement, nothing } from 'lit';
import { controls } from '../shared/controls.js';
import { icons } from '../shared/icons.js';

/** ms that an undo is offered. */
export const UNDO_MS = 10_000;

/** A short message, with one thing to do about it at most. */
export interface Toast {
  readonly text: string;
  readonly tone: 'info' | 'bad';
  /** A stable error code, shown small. */
  readonly code?: string;
  readonly action?: { readonly label: string; run(): void };
  readonly ms?: number;
}

const SHOWN_MS = 6_000;
const AT_ONCE = 3; // more would cover the desk

/** Messages that go away by themselves; pointing at one, or focus in it, keeps it. */
export class Toasts extends LitElement {
  static override properties = { shown: { state: true } };
  private declare shown: readonly Toast[];
  readonly #timers = new Map<Toast, ReturnType<typeof setTimeout>>();

  static override styles = [controls, css`
    :host { position: fixed; inset: auto 0 0; z-index: 10; display: grid; justify-items: center; gap: var(--cc-space-2); padding: var(--cc-space-4); padding-bottom: calc(var(--cc-space-4) + env(safe-area-inset-bottom)); pointer-events: none; }
    .toast { pointer-events: auto; display: flex; align-items: center; gap: var(--cc-space-3); max-width: min(560px, 100%); padding: var(--cc-space-2) var(--cc-space-2) var(--cc-space-2) var(--cc-space-4); border-radius: var(--cc-radius-m);
      background: var(--cc-text); color: var(--cc-bg); box-shadow: var(--cc-shadow); font-size: var(--cc-size-2); animation: in var(--cc-time-2) var(--cc-ease); }
    .toast.bad { border-left: 6px solid var(--cc-on-air); }
    .code { opacity: .75; margin-left: var(--cc-space-1); }
    .toast button { color: inherit; background: transparent; border-color: color-mix(in srgb, var(--cc-bg) 50%, transparent); }
    .toast button:hover { background: color-mix(in srgb, var(--cc-bg) 18%, transparent) !important; }
    .toast :focus-visible { outline-color: var(--cc-bg); outline-offset: -4px; }
    .toast .icon { border-color: transparent; }
    @media (max-width: 719px) { :host { padding-bottom: calc(112px + env(safe-area-inset-bottom)); } }
    @keyframes in { from { opacity: 0; transform: translateY(12px); } }
  `];

  constructor() {
    super();
    this.shown = [];
  }

  show(toast: Toast): void {
    for (const old of this.shown.slice(0, Math.max(0, this.shown.length - AT_ONCE + 1))) this.#hide(old);
    this.shown = [...this.shown, toast];
    this.#arm(toast);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #arm(toast: Toast): void {
    this.#hold(toast);
    if (!this.shown.includes(toast)) return;
    this.#timers.set(toast, setTimeout(() => this.#hide(toast), toast.ms ?? SHOWN_MS));
  }

  #hold(toast: Toast): void {
    clearTimeout(this.#timers.get(toast));
  }

  #hide(toast: Toast): void {
    this.#hold(toast);
    this.#timers.delete(toast);
    this.shown = this.shown.filter((one) => one !== toast);
  }

  #run(toast: Toast): void {
    this.#hide(toast);
    toast.action?.run();
  }

  override render() {
    return this.shown.map((toast) => html`<div class="toast ${toast.tone}" role=${toast.tone === 'bad' ? 'alert' : 'status'} data-test="toast"
      @pointerenter=${() => this.#hold(toast)} @pointerleave=${() => this.#arm(toast)} @focusin=${() => this.#hold(toast)} @focusout=${() => this.#arm(toast)}>
      <span>${toast.text}${toast.code === undefined ? nothing : html` <span class="code">${toast.code}</span>`}</span>
      ${toast.action === undefined ? nothing : html`<button class="small" @click=${() => this.#run(toast)}>${toast.action.label}</button>`}
      <button class="small icon" aria-label="Dismiss" @click=${() => this.#hide(toast)}>${icons.cross}</button></div>`);
  }
}

customElements.define('cc-toasts', Toasts);
