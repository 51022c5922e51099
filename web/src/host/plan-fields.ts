import type { TemplateView } from '@crowdcue/protocol';
import { css, html, nothing, type TemplateResult } from 'lit';
import { counted } from '../shared/format.js';
import type { EventDraft } from './host-drafts.js';

/** What the dialog holds of a plan; no template is no plan. */
export interface PlanForm {
  readonly template: string;
  readonly zone: string;
  readonly startsAt: string;
  readonly weeks: number;
  readonly auto: boolean;
}

export const planFieldStyles = css`.check { display: flex; align-items: center; gap: var(--cc-space-2); }`;

const MOST_WEEKS = 12;

export const emptyPlan = (): PlanForm => ({ template: '', zone: Intl.DateTimeFormat().resolvedOptions().timeZone, startsAt: '', weeks: 1, auto: false });

export const planDraftOf = ({ template, zone, ...plan }: PlanForm): Partial<EventDraft> => (template === '' ? {} : { template, zone: zone.trim(), ...plan });

/** Fields of a plan; `change` gets the whole form. */
export const planFields = (form: PlanForm, templates: readonly TemplateView[], change: (form: PlanForm) => void): TemplateResult | typeof nothing => {
  if (templates.length === 0) return nothing;
  const template = templates.find(({ id }) => id === form.template);
  const choose = (id: string): void => {
    const chosen = templates.find((each) => each.id === id);
    change({ ...form, template: id, weeks: chosen?.weeks ?? 1, auto: chosen?.auto ?? false });
  };
  const text = (e: Event): string => (e.target as HTMLInputElement).value;
  return html`<label class="field">Begin with<select name="template" @change=${(e: Event) => choose(text(e))}>
      <option value="">An empty event</option>
      ${templates.map(({ id, title }) => html`<option value=${id} ?selected=${id === form.template}>${title}</option>`)}</select>
      ${template === undefined ? nothing : html`<span class="hint muted small">${template.about} ${counted(template.rounds.length, 'round')} a show, ${counted(template.drops.length, 'drop')}.</span>`}</label>
    ${template === undefined ? nothing : html`
      <label class="field">Starts at, local time<input type="datetime-local" name="starts-at" required .value=${form.startsAt} @input=${(e: Event) => change({ ...form, startsAt: text(e) })}></label>
      <label class="field">Time zone<input type="text" name="zone" list="zones" required autocomplete="off" spellcheck="false" .value=${form.zone} @input=${(e: Event) => change({ ...form, zone: text(e) })}></label>
      <datalist id="zones">${Intl.supportedValuesOf('timeZone').map((zone) => html`<option value=${zone}></option>`)}</datalist>
      <label class="field">Shows<input type="number" name="weeks" required min="1" max=${MOST_WEEKS} .value=${String(form.weeks)} @input=${(e: Event) => change({ ...form, weeks: Number(text(e)) })}>
        <span class="hint muted small">A week apart, at the same local time, also when clocks change.</span></label>
      <label class="check small"><input type="checkbox" name="auto" .checked=${form.auto} @change=${(e: Event) => change({ ...form, auto: (e.target as HTMLInputElement).checked })}> Cue rounds by themselves at their time</label>`}`;
};
