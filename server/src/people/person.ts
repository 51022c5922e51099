/** What made it sure who a viewer is. */
export type ProofKind = 'email' | 'twitch';

/** Where something is sent to, as its owner wrote it. */
export interface ShippingAddress {
  readonly lines: readonly string[];
  readonly postcode?: string;
  readonly city: string;
  /** ISO 3166, two capitals. */
  readonly country: string;
}

/** All that is kept of a person in an event. */
export interface PersonData {
  readonly email?: string;
  /** Number of the account on Twitch, where its owner shares it with the extension or signed in. */
  readonly twitch?: string;
  readonly name?: string;
  readonly shipping?: ShippingAddress;
  /** What was agreed to or not, and when that was said, ms since 1970. */
  readonly consents?: Readonly<Record<string, { readonly given: boolean; readonly at: number }>>;
}

/** What a person may tell of themselves. */
export interface PersonTold {
  readonly name?: string | undefined;
  readonly shipping?: ShippingAddress | undefined;
  readonly consents?: Readonly<Record<string, boolean>> | undefined;
}

/** `data` with what was told; what was not stays. */
export const withTold = (data: PersonData, { name, shipping, consents }: PersonTold, at: number): PersonData => ({
  ...data, ...(name === undefined ? {} : { name }), ...(shipping === undefined ? {} : { shipping }),
  ...(consents === undefined ? {} : { consents: { ...data.consents, ...Object.fromEntries(Object.entries(consents).map(([what, given]) => [what, { given, at }])) } }),
});
