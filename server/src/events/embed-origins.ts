import { z } from 'zod';
import { isLoopback } from '../loopback.js';

/** Sites of one creator; each stands in a header of every page. */
const MAX_ORIGINS = 16;
/** Names and addresses only: what else a URL's host may hold (";", for one) would end the directive that it is written into. */
const HOST = /^([a-z\d.-]+|\[[\da-f:]+\])$/;

const isOrigin = (text: string): boolean => {
  if (text.length > 256 || !URL.canParse(text)) return false;
  const { protocol, hostname, username, password, pathname, search, hash } = new URL(text);
  if (!HOST.test(hostname) || `${username}${password}${search}${hash}` !== '' || pathname !== '/') return false;
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
};

/** Origins of pages that may hold an event's pages in a frame: `https://example.com`; `http:` on the own machine only. */
export const embedOrigins = z.array(z.string().refine(isOrigin, 'must be an origin such as https://example.com').transform((text) => new URL(text).origin)).max(MAX_ORIGINS)
  .transform((origins) => [...new Set(origins)]);
