/** The look of our dialogs, and the question that a destructive command asks first. */
import { css, html, LitElement } from 'lit';
import { controls } from '../shared/controls.js';

export const dialogStyles = css`
  dialog { width: min(560px, calc(100vw - 32px)); max-height: min(760px, calc(100dvh - 32px)); padding: 0; border: 1px solid var(--cc-line); border-radius: var(--cc-radius-l); background: var(--cc-surface);
    color: var(--cc-text); box-shadow: var(--cc-shadow); overscroll-behavior: contain; }
  dialog::backdrop { background: rgb(4 6 10 / .6); backdrop-filter: blur(2px); }
  dialog .body { display: grid; gap: var(--cc-space-4); padding: var(--cc-space-5); }
  dialog h2 { font-size: var(--cc-size-4); }
  dialog .actions { display: flex; flex-wrap: wrap; justify-content: flex-end; gap: var(--cc-space-3); }
  .problem { padding: var(--cc-space-3); border-radius: var(--cc-radius-s); border: 1px solid var(--cc-bad); font-size: var(--cc-size-2); }
  .problem .code { color: var(--cc-text-muted); margin-left: var(--cc-space-1); }
`;

/** A question and what its yes is called. */
export interface Question {
  readonly title: string;
  readonly text: string;
  readonly yes: string;
}

export class ConfirmDialog extends LitElement {
  static override properties = { question: { state: true } };
  private declare question: Question | undefined;
  #answer: ((yes: boolean) => void) | undefined;

  static override styles = [controls, dialogStyles, css`dialog { width: min(420px, calc(100vw - 32px)); }`];

  /** Asks; resolves with what was answered. Escape is a no. */
  async ask(question: Question): Promise<boolean> {
    this.#settle(false);
    this.question = question;
    await this.updateComplete;
    this.#dialog.showModal();
    return new Promise((resolve) => { this.#answer = resolve; });
  }

  get #dialog(): HTMLDialogElement {
    return this.renderRoot.querySelector('dialog')!;
  }

  /** The event may come late, when the next question is asked already: that one is not answered. */
  readonly #closed = (): void => {
    if (!this.#dialog.open) this.#settle(false);
  };

  #settle(yes: boolean): void {
    this.#answer?.(yes);
    this.#answer = undefined;
    if (this.#dialog?.open) this.#dialog.close();
  }

  override render() {
    return html`<dialog role="alertdialog" aria-labelledby="title" aria-describedby="text" @close=${this.#closed}>
      <div class="body"><h2 id="title">${this.question?.title}</h2><p id="text" class="muted">${this.question?.text}</p>
        <div class="actions"><button @click=${() => this.#settle(false)}>Cancel</button>
          <button class="danger solid" data-test="yes" @click=${() => this.#settle(true)}>${this.question?.yes}</button></div></div></dialog>`;
  }
}

customElements.define('cc-confirm', ConfirmDialog);
