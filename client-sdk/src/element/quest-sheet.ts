/** The quests as cards, over whatever stands below. An element of its own, so that its styles come with it and under no page's policy. */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import type { QuestView } from '@crowdcue/protocol';
import type { QuestText } from './quest-text.js';

type Step = QuestView['steps'][number];

/** What the sheet shows and tells. */
export interface QuestSight {
  readonly quests: readonly QuestView[];
  /** Steps that are counted here and not yet by the origin, as `quest/step`. */
  readonly waiting: ReadonlySet<string>;
  /** Steps whose last answer was wrong. */
  readonly wrong: ReadonlySet<string>;
  readonly text: QuestText;
  say(quest: string, step: string, answer?: number): void;
  close(): void;
}

export class QuestSheet extends LitElement {
  static override properties = { sight: { attribute: false } };
  declare sight: QuestSight | undefined;

  static override styles = css`
    :host { position: absolute; inset: 0; z-index: 2; overflow-y: auto; overscroll-behavior: contain; padding: 3.75rem var(--cc-space-4) var(--cc-space-4); background: var(--cc-surface); color: var(--cc-text); text-align: start; animation: rise var(--cc-time-3) var(--cc-ease); }
    @keyframes rise { from { opacity: 0; transform: translateY(8px); } }
    * { box-sizing: border-box; margin: 0; }
    button, a { font: inherit; color: inherit; cursor: pointer; }
    :focus-visible { outline: 3px solid var(--cc-focus); outline-offset: 2px; }
    .shut { position: absolute; inset-block-start: var(--cc-space-2); inset-inline-end: var(--cc-space-2); inline-size: 3rem; block-size: 3rem; border: 0; border-radius: 50%; background: transparent; font-size: 1.5rem; }
    article { display: grid; gap: var(--cc-space-3); max-inline-size: 28rem; margin: 0 auto var(--cc-space-4); padding: var(--cc-space-4); border-radius: var(--cc-radius-l); background: var(--cc-surface-2); }
    h2 { font-size: var(--cc-size-4); font-weight: var(--cc-weight-loud); }
    .bar { block-size: 8px; border-radius: 4px; overflow: hidden; background: var(--cc-surface); }
    .bar i { display: block; block-size: 100%; background: var(--cc-accent-fill); transform-origin: 0 50%; transition: transform var(--cc-time-3) var(--cc-ease); }
    :host([dir=rtl]) .bar i { transform-origin: 100% 50%; }
    .soft { color: var(--cc-text-muted); font-size: var(--cc-size-2); }
    ol { display: grid; gap: var(--cc-space-3); padding: 0; list-style: none; }
    li { display: grid; grid-template-columns: 1.5rem 1fr; gap: var(--cc-space-1) var(--cc-space-3); align-items: start; }
    li > * { grid-column: 2; }
    li > .tick { grid-column: 1; grid-row: 1; display: grid; place-content: center; inline-size: 1.5rem; block-size: 1.5rem; border: 2px solid var(--cc-text-muted); border-radius: 50%; }
    li.done > .tick { border-color: transparent; background: var(--cc-accent-fill); color: var(--cc-accent-ink); }
    li.next b { font-weight: var(--cc-weight-loud); }
    svg { inline-size: .9rem; block-size: .9rem; }
    .choices { display: flex; flex-wrap: wrap; gap: var(--cc-space-2); }
    .pick { min-block-size: 2.75rem; padding: 0 var(--cc-space-4); border: 1px solid var(--cc-line); border-radius: var(--cc-radius-m); background: var(--cc-surface); font-weight: var(--cc-weight-strong); }
    a.pick { display: inline-grid; place-content: center; justify-self: start; text-decoration: none; }
    @media (prefers-reduced-motion: reduce) { :host { animation: none; } .bar i { transition: none; } }
  `;

  protected override firstUpdated(): void {
    this.renderRoot.querySelector('button')?.focus(); // what is below takes no keys now
  }

  protected override render(): TemplateResult | typeof nothing {
    const { sight } = this;
    if (sight === undefined) return nothing;
    this.dir = sight.text.dir ?? 'ltr';
    return html`<div role="dialog" aria-label=${sight.text.quests(sight.quests.filter(({ done }) => done).length, sight.quests.length)} @keydown=${(event: KeyboardEvent) => {
      if (event.key === 'Escape') sight.close();
    }}>
      <button type="button" class="shut" part="close" aria-label=${sight.text.close} @click=${() => sight.close()}>×</button>
      ${sight.quests.map((quest) => this.#card(sight, quest))}</div>`;
  }

  #card(sight: QuestSight, quest: QuestView): TemplateResult {
    const done = quest.steps.map((step) => step.done || sight.waiting.has(`${quest.id}/${step.id}`));
    const count = done.filter(Boolean).length;
    const next = done.indexOf(false);
    return html`<article part="quest">
      <h2 dir="auto">${quest.title}</h2>
      <div class="bar" role="progressbar" aria-valuemin="0" aria-valuemax=${quest.steps.length} aria-valuenow=${count} aria-label=${quest.title}><i .style=${`transform:scaleX(${count / quest.steps.length})`}></i></div>
      ${quest.drops.length === 0 ? nothing : html`<p class="soft" dir="auto">${sight.text.unlocks(quest.drops.map(({ name }) => name).join(', '))}</p>`}
      <ol>${quest.steps.map((step, i) => html`<li class="${done[i] === true ? 'done' : ''} ${i === next ? 'next' : ''}" data-step=${step.id}>
        <span class="tick">${done[i] === true ? html`<svg viewBox="0 0 12 12" fill="none" stroke="currentColor" stroke-width="2" role="img" aria-label=${sight.text.done}><path d="m2 6.5 3 3 5-7"/></svg>` : nothing}</span>
        <b dir="auto">${step.title}</b>${this.#way(sight, quest.id, step)}</li>`)}</ol>
    </article>`;
  }

  /** What can be done about a step now. */
  #way(sight: QuestSight, quest: string, step: Step): TemplateResult | typeof nothing {
    const at = `${quest}/${step.id}`;
    if (step.done) return nothing;
    if (sight.waiting.has(at)) return html`<p class="soft" role="status">${sight.text.waits}</p>`;
    if (step.visit !== undefined) return html`<a class="pick" href=${step.visit.url} target="_blank" rel="noopener noreferrer" @click=${() => sight.say(quest, step.id)}>${sight.text.visit}</a>`;
    if (step.answer === undefined) return html`<p class="soft">${sight.text.play}</p>`;
    return html`<p dir="auto">${step.answer.question}</p>
      <div class="choices">${step.answer.choices.map((choice, i) => html`<button type="button" class="pick" dir="auto" @click=${() => sight.say(quest, step.id, i)}>${choice}</button>`)}</div>
      ${sight.wrong.has(at) ? html`<p class="soft" role="status">${sight.text.wrong}</p>` : nothing}`;
  }
}

/** Makes the sheet known, once. */
export const defineQuestSheet = (): void => {
  if (customElements.get('crowdcue-quests') === undefined) customElements.define('crowdcue-quests', QuestSheet);
};
