// @ts-check
/** The view of odd one out: three pads. Everything that it is made of comes from the page that shows it. */

const KEYS = ['1', '2', '3'];

/** @param {import('@crowdcue/games/views').ViewKit} kit */
export const view = ({ GameView, padStyles, css, html, svg, nothing }) => {
  const signs = {
    sun: svg`<circle cx="12" cy="12" r="4.5"/><path d="M12 2v3M12 19v3M2 12h3M19 12h3M5 5l2 2M17 17l2 2M5 19l2-2M17 7l2-2"/>`,
    moon: svg`<path d="M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5Z"/>`,
    star: svg`<path d="m12 3 2.7 5.8 6.3.7-4.7 4.3 1.3 6.2-5.6-3.2L6.4 20l1.3-6.2L3 9.5l6.3-.7Z"/>`,
  };

  return class extends GameView {
    static styles = [padStyles, css`
      .pad { grid-auto-flow: column; align-items: center; gap: var(--cc-space-3); min-block-size: 4rem; background: var(--cc-surface-2); color: var(--cc-text); font-size: var(--cc-size-5); }
      .pad svg { inline-size: 1.4em; block-size: 1.4em; }
      .pad.mine { background: var(--cc-accent-fill); color: var(--cc-accent-ink); }
      .pad small { font-size: var(--cc-size-2); letter-spacing: 0; }
      p { margin: 0; text-align: center; color: var(--cc-text-muted); font-size: var(--cc-size-2); }
    `];

    counted = false;

    /** @param {string} key */
    choiceOfKey(key) {
      const choice = KEYS.indexOf(key);
      return choice < 0 ? undefined : choice;
    }

    /** @param {number} choice @param {PointerEvent} [at] */
    tap(choice, at) {
      if (this.sight?.open && this.sight.chosen === undefined) super.tap(choice, at);
    }

    render() {
      const { sight } = this;
      if (sight === undefined) return nothing;
      const { text, chosen, open } = sight;
      return html`${Object.entries(signs).map(([id, sign], choice) => html`<button type="button" class="pad ${chosen === choice ? 'mine' : ''}" part="pad" data-choice=${choice}
          aria-pressed=${chosen === choice} aria-disabled=${!open || chosen !== undefined} @pointerdown=${this.onPointerDown} @click=${this.onClick}>
          <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linejoin="round" stroke-linecap="round" aria-hidden="true">${sign}</svg>
          <span>${text.choices[id]}</span>${chosen === choice ? html`<small>${text.phrases['chosen']}</small>` : nothing}</button>`)}
        <p>${chosen === undefined ? nothing : text.phrases['wait']}</p>`;
    }
  };
};

export { texts } from './text.js';
