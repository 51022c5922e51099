/** What an overlay's address says. */
export interface OverlayAddress {
  readonly event: string;
  readonly key: string;
  /** What the host alone looks at; it is not for the stream. */
  readonly host: boolean;
  /** BCP 47. */
  readonly lang: string;
}

/**
 * Reads `/overlay/EVENT#key=…&mode=host&lang=de`. The key stands behind `#`, where no server sees it; a tool that drops what is there may
 * have it in the query.
 */
export const readAddress = (url: string, language: string): OverlayAddress => {
  const { pathname, hash, search } = new URL(url);
  const said = new URLSearchParams(hash.replace(/^#/, ''));
  for (const [name, value] of new URLSearchParams(search)) if (!said.has(name)) said.set(name, value);
  const last = pathname.split('/').filter((part) => part !== '').at(-1) ?? '';
  return { event: decoded(last), key: said.get('key') ?? '', host: said.get('mode') === 'host', lang: said.get('lang') ?? language };
};

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // no event has such an id; the origin says so
  }
};
