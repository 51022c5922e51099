/** The fields of one drop, in the dialog that creates an event and in the one that adds a drop. Most drops need the first three; the rest is behind "More". */
import { css, html, nothing, type TemplateResult } from 'lit';
import { ACHIEVEMENTS, type Achievement } from './achievements.js';
import { bad, KINDS, wrongOf } from './drop-field-parts.js';
import { isLimitedForm, MAX_SUPPLY, type DropForm } from './drop-form.js';
import { moreFields } from './drop-more-fields.js';
import { noProblems, type DropProblems } from './drop-problems.js';

export { draftOf, emptyDrop, type DropForm } from './drop-form.js';

const limitedNote = (form: DropForm): TemplateResult | typeof nothing => {
  const limited = isLimitedForm(form) ? ACHIEVEMENTS.find(({ id }) => id === form.unlockedBy)?.limited : undefined;
  return limited === undefined ? nothing : html`<p class="limited hint muted small">${limited}</p>`;
};

/** `own`: an achievement of the event's own, such as a quest of it. */
export const dropFields = (form: DropForm, change: (form: DropForm) => void, own: readonly Achievement[] = [], problems: DropProblems = noProblems): TemplateResult => {
  const set = (key: 'name' | 'supply' | 'unlockedBy') => (e: Event) => change({ ...form, [key]: (e.target as HTMLInputElement).value });
  const bySupply = form.kind !== 'code' && form.variants.length === 0;
  const { label, about } = KINDS[form.kind];
  return html`<div class="drop-fields">
    <label class="field name ${bySupply ? '' : 'alone'}">Drop name<input type="text" name="drop-name" required maxlength="60" pattern=".*\\S.*" placeholder="Season badge" .value=${form.name} aria-invalid=${bad(problems, 'name')} @input=${set('name')}>${wrongOf(problems, 'name')}</label>
    ${bySupply ? html`<label class="field supply">Supply<input type="number" name="drop-supply" min="1" max=${MAX_SUPPLY} step="1" inputmode="numeric" placeholder="unlimited" .value=${form.supply} aria-invalid=${bad(problems, 'supply')} @input=${set('supply')}></label>` : nothing}
    ${problems.has('supply') ? html`<p class="limited">${wrongOf(problems, 'supply')}</p>` : nothing}
    <label class="field unlock">Unlocked when a viewer …<select name="drop-unlock" aria-invalid=${bad(problems, 'unlockedBy')} @change=${set('unlockedBy')}>
      ${[...ACHIEVEMENTS, ...own].map((each) => html`<option value=${each.id} ?selected=${each.id === form.unlockedBy}>${each.label}</option>`)}</select>${wrongOf(problems, 'unlockedBy')}</label>
    ${limitedNote(form)}
    <p class="kind"><span class="badge">${label}</span><span class="hint muted small">${about}</span></p>
    <details class="more" ?open=${form.more} @toggle=${(e: Event) => { const { open } = e.target as HTMLDetailsElement; if (open !== form.more) change({ ...form, more: open }); }}>
      <summary data-test="more">More<span class="hint muted">kind, variants, windows, who may claim, policies, money</span></summary>
      ${form.more ? moreFields({ form, change, problems }) : nothing}</details>
    ${problems.has('') ? html`<p class="limited">${wrongOf(problems, '')}</p>` : nothing}
  </div>`;
};

export const dropFieldStyles = css`
  .drop-fields { display: grid; grid-template-columns: minmax(0, 1fr) 130px; gap: var(--cc-space-3); }
  .drop-fields > .field { align-content: start; }
  .unlock, .kind, .limited, .alone, .more { grid-column: 1 / -1; }
  .limited { margin: 0; }
  .kind { display: flex; align-items: center; gap: var(--cc-space-2); }
  .badge { flex: none; padding: 1px 10px; border-radius: var(--cc-radius-full); background: var(--cc-accent-soft); font-size: var(--cc-size-1); font-weight: var(--cc-weight-strong); border: 1px solid var(--cc-line); }
  .wrong { color: var(--cc-bad); font-size: var(--cc-size-2); font-weight: var(--cc-weight-text); overflow-wrap: anywhere; }
  [aria-invalid=true] { border-color: var(--cc-bad) !important; }
  .more > * { box-sizing: border-box; }
  .more summary { min-height: 40px; display: flex; flex-wrap: wrap; align-items: center; gap: 0 var(--cc-space-2); cursor: pointer; font-size: var(--cc-size-2); font-weight: var(--cc-weight-strong); }
  .more summary::before { content: '+'; width: 1ch; color: var(--cc-text-muted); }
  .more[open] summary::before { content: '–'; }
  .more summary .hint { font-weight: var(--cc-weight-text); font-size: var(--cc-size-1); }
  .more-fields { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: var(--cc-space-3); align-items: start; padding-top: var(--cc-space-2); }
  .more-fields > .wide, .more-fields > h3, .more-fields > fieldset { grid-column: 1 / -1; }
  .more-fields .field { min-width: 0; grid-template-columns: minmax(0, 1fr); }
  .more-fields input { min-width: 0; }
  .more-fields h3 { margin-top: var(--cc-space-2); padding-top: var(--cc-space-3); border-top: 1px solid var(--cc-line); font-size: var(--cc-size-2); }
  .more-fields fieldset { margin: 0; padding: 0; border: 0; min-width: 0; display: grid; gap: var(--cc-space-2); }
  .more-fields legend { padding: 0 0 var(--cc-space-1); font-size: var(--cc-size-2); font-weight: var(--cc-weight-strong); }
  .more-fields .hint { font-size: var(--cc-size-1); }
  .row { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr) 40px; gap: var(--cc-space-2); }
  .row.single { grid-template-columns: minmax(0, 1fr) 40px; }
  .more-fields .check { display: flex; align-items: center; gap: var(--cc-space-2); min-height: 40px; font-size: var(--cc-size-2); }
  textarea { width: 100%; min-height: 72px; padding: var(--cc-space-2) var(--cc-space-3); font: inherit; font-weight: var(--cc-weight-text); color: inherit; background: var(--cc-bg); border: 1px solid var(--cc-line); border-radius: var(--cc-radius-s); resize: vertical; }
  @media (max-width: 480px) { .more-fields { grid-template-columns: minmax(0, 1fr); } .row { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr) 44px; } .row.single { grid-template-columns: minmax(0, 1fr) 44px; } }
`;
