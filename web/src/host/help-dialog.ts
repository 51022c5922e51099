import { css, html, LitElement } from 'lit';
import { controls } from '../shared/controls.js';
import { dialogStyles } from './dialogs.js';

const KEYS = [['C', 'Cue the chosen round'], ['S', 'Stop the round (asks)'], ['W', 'Next workspace, where you have several'], ['?', 'This help'], ['Esc', 'Close a dialog']] as const;

/** The keyboard and the three things worth knowing on air. */
export class HelpDialog extends LitElement {
  static override styles = [controls, dialogStyles, css`
    dl { display: grid; grid-template-columns: auto 1fr; gap: var(--cc-space-2) var(--cc-space-4); align-items: center; }
    kbd { display: inline-block; min-width: 32px; text-align: center; padding: 3px 8px; border: 1px solid var(--cc-line); border-radius: var(--cc-radius-s); background: var(--cc-surface-2); font: var(--cc-weight-strong) var(--cc-size-2) var(--cc-font-mono); }
    ul { display: grid; gap: var(--cc-space-2); font-size: var(--cc-size-2); }
  `];

  open(): void {
    this.renderRoot.querySelector('dialog')!.showModal();
  }

  override render() {
    return html`<dialog aria-labelledby="title"><div class="body"><h2 id="title">Keys and help</h2>
      <dl>${KEYS.map(([key, text]) => html`<dt><kbd>${key}</kbd></dt><dd>${text}</dd>`)}</dl>
      <ul class="muted"><li>A cue counts down, then the round starts for every viewer at the same instant of stream time.</li>
        <li>If this desk loses the server, the round goes on. The desk catches up by itself.</li>
        <li>A ban closes the viewer's connection everywhere; you can take it back in the viewers list. Hold shows others a placeholder instead of a name.</li>
        <li>In Names, ↑ and ↓ walk through the queue, Space chooses, A approves, D declines.</li>
        <li>Off air, in the top bar, stops everything at once. It asks first, and one press puts the event back.</li></ul>
      <form method="dialog" class="actions"><button class="primary">Close</button></form></div></dialog>`;
  }
}

customElements.define('cc-help', HelpDialog);
