/** What a worker and its supervisor say to each other, over the channel of `fork`. */

/** A worker to its supervisor. */
export type FromWorker =
  /** It listens. */
  | { readonly kind: 'ready'; readonly url: string }
  /** Somebody scrapes it; the answer shall be everybody's. */
  | { readonly kind: 'scrape'; readonly ask: number }
  | { readonly kind: 'metrics'; readonly ask: number; readonly text: string };

/** The supervisor to a worker. */
export type ToWorker =
  | { readonly kind: 'metrics'; readonly ask: number }
  | { readonly kind: 'scraped'; readonly ask: number; readonly text: string };
