/** The fields of a round: what a game lets a host choose, and how long it lasts; for a cue that is given now and one that is planned. */
import type { GameView } from '@crowdcue/protocol';
import { html, nothing, type TemplateResult } from 'lit';
import { seconds, words } from '../shared/format.js';

const LENGTHS_MS = [10_000, 15_000, 20_000, 30_000, 45_000, 60_000, 90_000];
const LINE_LENGTH = 60; // a text that may be longer has a line of its own
const NOT_BLANK = '.*\\S.*';

/** What was typed; what was not is the game's own. */
export interface RoundValues {
  value(key: string): number | string;
  set(key: string, value: number | string): void;
}

const inputOf = (e: Event): HTMLInputElement => e.target as HTMLInputElement;

/** A choice among times. */
export const timeField = (label: string, name: string, all: readonly number[], value: number, set: (ms: number) => void, text: (ms: number) => string = seconds): TemplateResult =>
  html`<label class="field">${label}<select name=${name} @change=${(e: Event) => set(Number((e.target as HTMLSelectElement).value))}>
    ${all.map((ms) => html`<option value=${ms} ?selected=${ms === value}>${text(ms)}</option>`)}</select></label>`;

/** How long a round lasts, ms; what is set already may be chosen again. */
export const lengthField = (name: string, value: number, set: (ms: number) => void): TemplateResult =>
  timeField('Length', name, [...new Set([...LENGTHS_MS, value])].toSorted((a, b) => a - b), value, set);

export const roundField = (game: GameView, key: string, values: RoundValues): TemplateResult => {
  const param = game.params[key]!;
  if (param.picks !== undefined) return pickField(game, key, param.picks, values);
  const value = String(values.value(key));
  if (param.kind === 'number') return html`<label class="field">${words(key)}<input type="number" name=${key} required min=${param.min ?? nothing} max=${param.max ?? nothing} step="any" .value=${value} @input=${(e: Event) => values.set(key, inputOf(e).valueAsNumber)}></label>`;
  const needed = (param.minLength ?? 0) > 0;
  return html`<label class="field ${(param.maxLength ?? 200) > LINE_LENGTH ? 'long' : ''}"><span>${words(key)}${needed ? nothing : html` <span class="hint">optional</span>`}</span>
    <input type="text" name=${key} ?required=${needed} pattern=${needed ? NOT_BLANK : nothing} maxlength=${param.maxLength ?? nothing} autocomplete="off" dir="auto" .value=${value} @input=${(e: Event) => values.set(key, inputOf(e).value)}></label>`;
};

/** A choice among texts that the host gives: by what they say as soon as they say something. */
const pickField = (game: GameView, key: string, picks: string, values: RoundValues): TemplateResult => {
  const texts = Object.keys(game.params).filter((name) => name.startsWith(picks)).map((name) => String(values.value(name)).trim());
  const given = texts.filter((text) => text !== '');
  const names = given.length > 0 ? given : texts.slice(0, 2).map((_, i) => `${words(picks)} ${i + 1}`);
  const value = Math.min(Number(values.value(key)), names.length);
  return html`<label class="field">${words(key)} ${words(picks).toLowerCase()}<select name=${key} @change=${(e: Event) => values.set(key, Number((e.target as HTMLSelectElement).value))}>
    ${names.map((name, i) => html`<option value=${i + 1} ?selected=${i + 1 === value}>${i + 1}: ${name}</option>`)}</select></label>`;
};
