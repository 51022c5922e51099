/**
 * The captions of an event: the last lines, each once. Part of the core: what it takes was checked (caption-desk.ts) and stands in the
 * journal, so a room that opens again has what viewers ask for who come back.
 */
import { DATA_TYPE, encodeRoomData, CAPTION_LIMITS, type CaptionLine } from '@crowdcue/protocol';
import { Packr } from 'msgpackr';

export interface CaptionImage {
  lines: CaptionLine[];
  /** Lines taken over the whole event. */
  taken: number;
}

const packr = new Packr({ useRecords: false });

/** The frame that brings lines to viewers. */
const encodeCaptions = (lines: readonly CaptionLine[]): Uint8Array => encodeRoomData(DATA_TYPE.captions, packr.pack(lines));

export class CaptionShelf {
  /** By id, oldest first. */
  #lines = new Map<string, CaptionLine>();
  /** Lines kept, by language. */
  readonly #languages = new Map<string, number>();
  #taken = 0;

  get taken(): number {
    return this.#taken;
  }

  /** Languages of the lines that are kept. */
  get languages(): string[] {
    return [...this.#languages.keys()].sort();
  }

  has(id: string): boolean {
    return this.#lines.has(id);
  }

  hasLanguage(lang: string): boolean {
    return this.#languages.has(lang);
  }

  /** Keeps what is new; the frame that tells of it, or `undefined`. */
  take(lines: readonly CaptionLine[]): Uint8Array | undefined {
    const fresh = lines.filter((line) => this.#keep(line));
    this.#taken += fresh.length;
    return fresh.length === 0 ? undefined : encodeCaptions(fresh);
  }

  /** Lines that end after `time`, in the order that they came. */
  after(time: number): CaptionLine[] {
    return [...this.#lines.values()].filter(({ to }) => to > time);
  }

  image(): CaptionImage {
    return { lines: [...this.#lines.values()], taken: this.#taken };
  }

  load(image: CaptionImage): void {
    for (const line of image.lines) this.#keep(line);
    this.#taken = image.taken;
  }

  #keep(line: CaptionLine): boolean {
    if (this.#lines.has(line.id)) return false;
    this.#lines.set(line.id, line);
    this.#languages.set(line.lang, (this.#languages.get(line.lang) ?? 0) + 1);
    if (this.#lines.size > CAPTION_LIMITS.kept) this.#forgetOldest();
    return true;
  }

  #forgetOldest(): void {
    const [oldest] = this.#lines.values();
    this.#lines.delete(oldest!.id);
    const left = this.#languages.get(oldest!.lang)! - 1;
    if (left === 0) this.#languages.delete(oldest!.lang);
    else this.#languages.set(oldest!.lang, left);
  }
}
