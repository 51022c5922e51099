/** From what a provider posts to lines as a room takes them: times in event time, text that is only text. */
import { createHash } from 'node:crypto';
import { CrowdcueError, CAPTION_LIMITS, type CaptionLine } from '@crowdcue/protocol';

/** A line as it is posted: times are event time in ms, or PROGRAM-DATE-TIME (ISO 8601). */
export interface PostedLine {
  readonly id?: string | undefined;
  readonly lang: string;
  readonly from: number | string;
  readonly to: number | string;
  readonly text: string;
}

/** Control characters but for line ends, and those that turn the direction of whatever stands beside the caption. */
// eslint-disable-next-line no-control-regex
const UNSEEN = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;
const ISO_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:?\d{2})$/;

/** The event began at `createdAt`, ms since 1970; `packagerOffsetMs` is how far the packager's clock is ahead of ours. Throws `caption_bad_request`. */
export const captionLines = (posted: readonly PostedLine[], createdAt: number, packagerOffsetMs = 0): CaptionLine[] => {
  const timeOf = (time: number | string): number => {
    if (typeof time === 'number') return Math.round(time); // whole ms: with fractions a line of exactly the longest time may measure longer
    const ms = ISO_TIME.test(time) ? Date.parse(time) : Number.NaN;
    if (Number.isNaN(ms)) throw new CrowdcueError('caption_bad_request', 'from and to are event time in ms, or an ISO 8601 time with a zone.');
    return ms - createdAt - packagerOffsetMs;
  };
  return posted.map(({ id, lang, from, to, text }) => {
    const line = { lang: tagOf(lang), from: timeOf(from), to: timeOf(to), text: text.replaceAll('\r\n', '\n').replaceAll(UNSEEN, '').trim() };
    if (line.text === '' || line.text.length > CAPTION_LIMITS.text) throw new CrowdcueError('caption_bad_request', `text has 1 to ${CAPTION_LIMITS.text} characters.`);
    return { id: id ?? idOf(line), ...line };
  });
};

/** The tag as everybody writes it: `PT-br` is `pt-BR`. */
const tagOf = (lang: string): string => {
  try {
    return Intl.getCanonicalLocales(lang)[0]!;
  } catch {
    throw new CrowdcueError('caption_bad_request', 'lang is a BCP 47 language tag, such as "en" or "pt-BR".');
  }
};

/** Without an id a line is what it says, in which language, and when. */
const idOf = (line: Omit<CaptionLine, 'id'>): string => createHash('sha256').update(JSON.stringify([line.lang, line.from, line.to, line.text])).digest('base64url').slice(0, 16);
