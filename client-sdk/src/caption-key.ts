/** What the element itself needs to know of captions; everything else is loaded with the first of them. */
import type { DATA_TYPE } from '@crowdcue/protocol';

/** Where the viewer's choice is kept: there is one where somebody reads them, or did. */
export const CAPTION_KEY = 'crowdcue.captions';
/** Type of the room's message with lines, and of a viewer's report. Spelled again, its type checks that: parts that are loaded later and import it from the protocol split the element's bundle, which costs it 1 kB. */
export const CAPTION_MESSAGE: (typeof DATA_TYPE)['captions'] = '__captions';
/** The same of what is shown when something fails. */
export const FALLBACK_MESSAGE: (typeof DATA_TYPE)['fallback'] = '__fallback';
