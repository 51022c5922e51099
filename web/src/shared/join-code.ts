/** Letters of a code: what a viewer reads off a stream and types. */
export const CODE_LENGTH = 6;

/** What was typed or pasted, as the letters of a code: a whole join link gives the code in it. */
export const lettersOf = (text: string): string => {
  const linked = /\/join\/([^/?#\s]+)/.exec(text)?.[1];
  return (linked ?? text).replace(/[^a-z]/gi, '').toUpperCase().slice(0, CODE_LENGTH);
};

/** The last part of a join page's path: a six-letter code or an event's id. */
export const codeOfPath = (pathname: string): string => {
  const last = pathname.split('/').filter((part) => part !== '').at(-1) ?? '';
  try {
    return decodeURIComponent(last);
  } catch {
    return last; // a stray % is no code; the origin says so
  }
};
