import { FALLBACK_PRESETS, type FallbackView } from '@crowdcue/protocol';
import { z } from 'zod';
import { httpsAddress, pictureAddress, plainText, storedPicture } from './sponsor.js';

/** What viewers and the overlay see when something fails live, as it is kept; `on`: it is used. */
export interface Fallback extends FallbackView {
  readonly on: boolean;
}

/** What a host says of it; without `imageUrl` the picture stays. */
export const fallbackChange = z.strictObject({
  on: z.boolean().default(true),
  preset: z.enum(FALLBACK_PRESETS).default('soon'),
  text: plainText(140).default(''),
  url: httpsAddress.default(''),
  label: plainText(40).default(''),
  imageUrl: pictureAddress.optional(),
}).refine(({ preset, text }) => preset !== 'own' || text !== '', { path: ['text'], message: 'is needed where no preset is chosen' });
export type FallbackChange = z.infer<typeof fallbackChange>;

/** What pages are told: a picture that came with it has an address of ours. `undefined` while it is not used. */
export const fallbackView = (event: string, fallback: Fallback | undefined, publicUrl: string): FallbackView | undefined => {
  if (fallback?.on !== true) return undefined;
  const { on: _, ...view } = addressed(event, fallback, publicUrl);
  return view;
};

/** The same for the host, also while it is not used. */
export const addressed = (event: string, fallback: Fallback, publicUrl: string): Fallback => {
  const image = storedPicture(fallback.imageUrl);
  return image === undefined ? fallback : { ...fallback, imageUrl: `${publicUrl}/api/events/${event}/fallback/${image.name}` };
};
