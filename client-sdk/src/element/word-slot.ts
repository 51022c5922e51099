import { loaderOf, loadText } from '@crowdcue/games/texts';
import type { ElementText } from './element-text.js';
import { elementTexts } from './text.js';

/** Holds the element's words: English at once, any other language when it is loaded, English too where it does not load. */
export class WordSlot {
  #language: string | undefined;
  /** The words; `undefined` until they are there, so that nobody sees another language first. */
  text: ElementText | undefined;

  constructor(readonly changed: () => void) {}

  want(language: string): void {
    if (language === this.#language) return;
    this.#language = language;
    if (loaderOf(elementTexts, language) === undefined) this.text = elementTexts.en;
    else void loadText(elementTexts, language).then((text) => {
      if (this.#language !== language) return;
      this.text = text;
      this.changed();
    });
  }
}
