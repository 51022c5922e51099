/** The fields of one drop, in the dialog that creates an event and in the one that adds a drop. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { ACHIEVEMENTS, type Achievement } from './achievements.js';
import type { DropDraft } from './host-drafts.js';

/** A drop while it is filled in. */
export interface DropForm {
  readonly name: string;
  /** As typed; empty is unlimited. */
  readonly supply: string;
  readonly unlockedBy: string;
}

export const MAX_SUPPLY = 10_000_000; // more than any crowd; it keeps a slip of the finger from being taken

export const emptyDrop: DropForm = { name: '', supply: '100', unlockedBy: 'round-won' };

/** What was filled in, as the origin takes it. */
export const draftOf = (form: DropForm): DropDraft => ({
  name: form.name.trim(), kind: 'badge', supply: form.supply.trim() === '' ? -1 : Number(form.supply), unlockedBy: form.unlockedBy,
});

const limitedNote = ({ supply, unlockedBy }: DropForm): TemplateResult | typeof nothing => {
  const limited = supply.trim() === '' ? undefined : ACHIEVEMENTS.find(({ id }) => id === unlockedBy)?.limited;
  return limited === undefined ? nothing : html`<p class="limited hint muted small">${limited}</p>`;
};

/** `more`: an achievement of the event's own, such as a quest of it. */
export const dropFields = (form: DropForm, change: (form: DropForm) => void, more: readonly Achievement[] = []): TemplateResult => {
  const set = (key: keyof DropForm) => (e: Event) => change({ ...form, [key]: (e.target as HTMLInputElement).value });
  return html`<div class="drop-fields">
    <label class="field name">Drop name<input type="text" name="drop-name" required maxlength="60" pattern=".*\\S.*" placeholder="Season badge" .value=${form.name} @input=${set('name')}></label>
    <label class="field supply">Supply<input type="number" name="drop-supply" min="1" max=${MAX_SUPPLY} step="1" inputmode="numeric" placeholder="unlimited" .value=${form.supply} @input=${set('supply')}></label>
    <label class="field unlock">Unlocked when a viewer …<select name="drop-unlock" @change=${set('unlockedBy')}>
      ${[...ACHIEVEMENTS, ...more].map(({ id, label }) => html`<option value=${id} ?selected=${id === form.unlockedBy}>${label}</option>`)}</select></label>
    ${limitedNote(form)}
    <p class="kind"><span class="badge">Badge</span><span class="hint muted small">Numbered, one per viewer. Leave supply empty for unlimited.</span></p>
  </div>`;
};

export const dropFieldStyles = css`
  .drop-fields { display: grid; grid-template-columns: minmax(0, 1fr) 130px; gap: var(--cc-space-3); }
  .unlock, .kind, .limited { grid-column: 1 / -1; }
  .limited { margin: 0; }
  .kind { display: flex; align-items: center; gap: var(--cc-space-2); }
  .badge { padding: 1px 10px; border-radius: var(--cc-radius-full); background: var(--cc-accent-soft); font-size: var(--cc-size-1); font-weight: var(--cc-weight-strong); border: 1px solid var(--cc-line); }
`;
