/** Ms after which a worker that has not said what it counts is left out: a scrape may wait 10 s, most wait less. */
const ANSWER_MS = 2_000;

interface Asked {
  readonly waiting: Set<string>;
  readonly texts: Map<string, string>;
  readonly done: () => void;
}

/** Questions that several answer. One is over when all have answered or gone, or after two seconds. */
export class Gathering {
  readonly #asked = new Map<number, Asked>();
  #last = 0;

  /** `send` gets the question's number; resolves with the answers by name. */
  ask(names: readonly string[], send: (ask: number) => void): Promise<ReadonlyMap<string, string>> {
    const ask = ++this.#last;
    return new Promise((resolve) => {
      const texts = new Map<string, string>();
      const done = (): void => {
        clearTimeout(late);
        this.#asked.delete(ask);
        resolve(texts);
      };
      const late = setTimeout(done, ANSWER_MS);
      this.#asked.set(ask, { waiting: new Set(names), texts, done });
      send(ask);
      if (names.length === 0) done();
    });
  }

  got(name: string, ask: number, text: string): void {
    const asked = this.#asked.get(ask);
    if (asked?.waiting.delete(name) !== true) return;
    asked.texts.set(name, text);
    if (asked.waiting.size === 0) asked.done();
  }

  /** Whoever is gone answers nothing. */
  gone(name: string): void {
    for (const asked of this.#asked.values()) if (asked.waiting.delete(name) && asked.waiting.size === 0) asked.done();
  }
}

/**
 * Prometheus texts as one: each family once, its samples with the label `worker`. A family's lines follow its `# TYPE`, as prom-client
 * writes them and the exposition format wants them.
 */
export const joinMetrics = (texts: ReadonlyMap<string, string>): string => {
  const families = new Map<string, { readonly head: string[]; readonly samples: string[] }>();
  for (const [worker, text] of texts) {
    let name = '';
    for (const line of text.split('\n')) {
      if (line === '') continue;
      const head = /^# (?:HELP|TYPE) (\S+)/.exec(line);
      if (head !== null) name = head[1]!;
      const family = families.get(name) ?? { head: [], samples: [] };
      families.set(name, family);
      if (head === null) family.samples.push(labelled(line, worker));
      else if (!family.head.includes(line)) family.head.push(line);
    }
  }
  return [...families.values()].map(({ head, samples }) => `${[...head, ...samples].join('\n')}\n`).join('');
};

/** A sample with one more label, the first: `name{a="b"} 1` and `name 1` alike. */
const labelled = (line: string, worker: string): string =>
  line.replace(/^([A-Za-z_:][\w:]*)(\{(?!\}))?(\{\})?/, (_, name: string, open: string | undefined) => `${name}{worker="${worker}"${open === undefined ? '}' : ','}`);
