import type { CSSResult } from 'lit';

/** Style sheets of the element's shadow root beyond those it begins with: the event's colour, and what comes with parts that are loaded later. */
export class Wardrobe {
  readonly #paint = new CSSStyleSheet();

  constructor(readonly root: ShadowRoot) {
    this.#add(this.#paint);
  }

  /** Any CSS colour; what is none is left out. */
  paint(accent: string): void {
    this.#paint.replaceSync(CSS.supports('color', accent) ? `:host{--cc-accent:${accent}}` : '');
  }

  /** Of what is loaded by now; they are there before it shows. */
  dress(parts: readonly (CSSResult | undefined)[]): void {
    for (const part of parts) if (part?.styleSheet !== undefined) this.#add(part.styleSheet);
  }

  #add(sheet: CSSStyleSheet): void {
    if (!this.root.adoptedStyleSheets.includes(sheet)) this.root.adoptedStyleSheets = [...this.root.adoptedStyleSheets, sheet];
  }
}
