/** What has to be scrolled must be reached by keyboard, where nothing in it can be: the stage takes the focus while its panel is higher. */
export class ScrollReach {
  #panel: Element | null = null;
  readonly #fit = new ResizeObserver(([entry]) => {
    const main = entry?.target.parentElement;
    if (main?.localName === 'main' && main.scrollHeight > main.clientHeight + 1) main.tabIndex = 0;
    else main?.removeAttribute('tabindex');
  });

  /** After each drawing. */
  watch(root: ParentNode): void {
    const panel = root.querySelector('main > .panel');
    if (panel === this.#panel) return;
    this.#panel = panel;
    this.#fit.disconnect();
    if (panel === null) root.querySelector('main')?.removeAttribute('tabindex'); // the keys are the game's
    else this.#fit.observe(panel);
  }
}
