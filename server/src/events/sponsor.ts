import { createHash } from 'node:crypto';
import type { SponsorView } from '@crowdcue/protocol';
import { z } from 'zod';

/** Who pays for an event's slot, as it is kept. Plain text: pages never read it as markup. */
export interface Sponsor {
  readonly name: string;
  readonly text: string;
  /** `https:`, or "" where there is nowhere to go. */
  readonly url: string;
  /** `https:` or `data:image/…`, or "" where there is none. */
  readonly imageUrl: string;
}

/** Letters of an image that comes with the request: a logo; the body of a request is 64 KiB at most. */
const IMAGE_LETTERS = 48 * 1024;
const ADDRESS_LETTERS = 512;
/** No markup, no control letters, none that turn the direction of what follows. */
const PLAIN = /^[^\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069<>]*$/u;
const DATA_IMAGE = /^data:image\/(png|jpeg|webp|gif|avif);base64,([A-Za-z0-9+/]+={0,2})$/;

/** How the bytes of each kind begin, as Latin-1, from an offset. */
const BEGINS: Readonly<Record<string, readonly [offset: number, letters: string]>> = {
  png: [0, '\x89PNG\r\n\x1a\n'], jpeg: [0, '\xff\xd8\xff'], webp: [8, 'WEBP'], gif: [0, 'GIF8'], avif: [4, 'ftyp'],
};

const isAddress = (text: string): boolean => {
  if (text.length > ADDRESS_LETTERS || !URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return protocol === 'https:' && username === '' && password === '';
};

/** The picture in a `data:` address; undefined of any other, and of one that is not what it says. */
const readImage = (address: string): { readonly type: string; readonly bytes: Buffer } | undefined => {
  const [, kind = '', letters = ''] = (address.length <= IMAGE_LETTERS && DATA_IMAGE.exec(address)) || [];
  const [offset, begin] = BEGINS[kind] ?? [0, 'no such kind'];
  const bytes = Buffer.from(letters, 'base64');
  return bytes.toString('latin1', offset, offset + begin.length) === begin ? { type: `image/${kind}`, bytes } : undefined;
};

export const plainText = (most: number) => z.string().trim().max(most).regex(PLAIN, 'must be plain text, without < and >');

/** `https:`, or "". */
export const httpsAddress = z.string().refine((url) => url === '' || isAddress(url), 'must be an https address');

/** The same, or a picture that comes with it. */
export const pictureAddress = z.string().refine(
  (url) => url === '' || isAddress(url) || readImage(url) !== undefined, 'must be an https address, or a picture as data:image/png (jpeg, webp, gif, avif) of 48 KiB at most',
);

/** What a host says of a sponsor. */
export const sponsorSpec = z.strictObject({
  name: plainText(60).min(1),
  text: plainText(140).default(''),
  url: httpsAddress.default(''),
  imageUrl: pictureAddress.default(''),
});

/** The same of an event that has one: without `imageUrl` the picture stays. */
export const sponsorChange = sponsorSpec.extend({ imageUrl: pictureAddress.optional() });
export type SponsorChange = z.infer<typeof sponsorChange>;

export interface StoredPicture {
  readonly name: string;
  readonly type: string;
  readonly bytes: Buffer;
}

/** A sponsor's picture that was given with it. */
export const sponsorImage = (sponsor: Sponsor | undefined): StoredPicture | undefined => storedPicture(sponsor?.imageUrl ?? '');

/** The picture in a `data:` address, and the name that it is served by: of its content, so that it may be kept for ever. */
export const storedPicture = (address: string): StoredPicture | undefined => {
  const image = readImage(address);
  return image && { ...image, name: createHash('sha256').update(image.bytes).digest('base64url').slice(0, 22) };
};

/** A sponsor as pages see it: a picture that came with it has an address of ours. */
export const sponsorView = (event: string, sponsor: Sponsor, publicUrl: string): SponsorView => {
  const image = sponsorImage(sponsor);
  return image === undefined ? sponsor : { ...sponsor, imageUrl: `${publicUrl}/api/events/${event}/sponsor/${image.name}` };
};
