/**
 * The codes that a host uploaded for a drop, encrypted at rest; a grant's `unit` says which of its variant's codes is the viewer's.
 *
 * Life cycle: `upload`, any number of times; `code` for who holds a grant. Codes are never changed or taken out: a unit once given keeps
 * its code. A drop's supply follows the codes and never runs ahead of them: they are durable before the ledger counts them.
 * Invariants: a code is in a drop once, over all variants and uploads, so no two live holders have the same. AES-256-GCM under a key of the
 * event, bound to drop, variant and place, so a record that is moved does not open. No code is ever logged.
 * Must not import achievements, rooms or events.
 */
import type { Sealer } from '../identity/index.js';
import type { RecordTable } from '../store/index.js';
import { DropError } from './definition.js';

export interface CodeVaultOptions {
  /** `<event>|<drop>|<number of the upload in 6 digits>`; an upload is one record, so it is there wholly or not at all. */
  readonly table: RecordTable<SealedUpload>;
  /** The same key for an event each time. */
  sealerOf(event: string): Sealer;
}

/** Variant to its codes, encrypted. */
export type SealedUpload = Readonly<Record<string, readonly string[]>>;

export interface NewCode {
  readonly code: string;
  readonly variant: string;
  /** where it stands in what was uploaded, from 1 */
  readonly line: number;
}

const MOST_AT_ONCE = 20_000; // about 2 MB a record
const MOST_CODES = 200_000;
const MOST_LENGTH = 256;
const NAMED = 5; // faults that a refusal names

export class CodeVault {
  /** `<event>|<drop>` to its uploads in their order. */
  readonly #uploads = new Map<string, SealedUpload[]>();

  constructor(private readonly options: CodeVaultOptions) {
    for (const [key, upload] of [...options.table.entries()].sort(([a], [b]) => (a < b ? -1 : 1))) this.#hold(key, upload);
    options.table.watch((key, upload) => {
      if (upload !== undefined) this.#hold(key, upload);
    });
  }

  /** How many codes a variant has. */
  count(event: string, drop: string, variant: string): number {
    return this.#of(event, drop).reduce((sum, upload) => sum + (upload[variant]?.length ?? 0), 0);
  }

  /** The code of a unit, from 1; undefined where there is none. */
  code(event: string, drop: string, variant: string, unit: number): string | undefined {
    let place = unit - 1;
    for (const upload of this.#of(event, drop)) {
      const codes = upload[variant] ?? [];
      const sealed = codes[place];
      if (sealed !== undefined) return this.options.sealerOf(event).open(sealed, placeOf(drop, variant, unit - 1));
      place -= codes.length;
    }
    return undefined;
  }

  /**
   * Adds codes behind those that are there.
   * @throws DropError `codes_bad_request`, `codes_repeated`, or `codes_busy` when another process was quicker: nothing is added
   */
  async upload(event: string, drop: string, variants: readonly string[], codes: readonly NewCode[]): Promise<void> {
    check(codes, variants, new Set(variants.flatMap((variant) => this.#all(event, drop, variant))));
    const number = this.#of(event, drop).length;
    const sealer = this.options.sealerOf(event);
    const upload = Object.fromEntries(variants.map((variant) => {
      const from = this.count(event, drop, variant);
      return [variant, codes.filter((each) => each.variant === variant).map(({ code }, index) => sealer.seal(code, placeOf(drop, variant, from + index)))];
    }));
    const key = `${event}|${drop}|${String(number).padStart(6, '0')}`;
    if (!(await this.options.table.add(key, upload))) throw DropError.codesBusy();
    this.#hold(key, upload);
  }

  #of(event: string, drop: string): readonly SealedUpload[] {
    return this.#uploads.get(`${event}|${drop}`) ?? [];
  }

  #all(event: string, drop: string, variant: string): string[] {
    const sealed = this.#of(event, drop).flatMap((upload) => upload[variant] ?? []);
    const sealer = this.options.sealerOf(event);
    return sealed.map((each, place) => sealer.open(each, placeOf(drop, variant, place)));
  }

  #hold(key: string, upload: SealedUpload): void {
    const at = key.lastIndexOf('|');
    const uploads = this.#uploads.get(key.slice(0, at)) ?? [];
    uploads[Number(key.slice(at + 1))] = upload;
    this.#uploads.set(key.slice(0, at), uploads);
  }
}

/** What a sealed code belongs to. */
const placeOf = (drop: string, variant: string, place: number): string => `${drop}|${variant}|${place}`;

/** Control characters would not survive a page, a file or a hand. */
const CODE = /^[^\p{Cc}\p{Cs}]+$/u;

const listed = (faults: readonly string[]): string => faults.slice(0, NAMED).join(', ') + (faults.length > NAMED ? ` and ${faults.length - NAMED} more` : '');

const check = (codes: readonly NewCode[], variants: readonly string[], known: ReadonlySet<string>): void => {
  if (codes.length === 0) throw DropError.codesBad('there is no code in it');
  if (codes.length + known.size > MOST_CODES) throw DropError.codesBad(`a drop has at most ${MOST_CODES} codes; it has ${known.size}, and ${codes.length} came`);
  if (codes.length > MOST_AT_ONCE) throw DropError.codesBad(`${codes.length} came, at most ${MOST_AT_ONCE} at once`);
  const bad = codes.flatMap(({ code, variant, line }) => {
    if (!variants.includes(variant)) return [`line ${line}: no variant ${variant.slice(0, 64)}`];
    return code.length <= MOST_LENGTH && CODE.test(code) ? [] : [`line ${line}: a code is 1 to ${MOST_LENGTH} characters, without control characters`];
  });
  if (bad.length > 0) throw DropError.codesBad(listed(bad));
  const seen = new Map<string, number>();
  const repeated = codes.flatMap(({ code, line }) => {
    if (known.has(code)) return [`line ${line} was uploaded before`];
    const first = seen.get(code);
    if (first !== undefined) return [`line ${line} repeats line ${first}`];
    seen.set(code, line);
    return [];
  });
  if (repeated.length > 0) throw DropError.codesRepeated(listed(repeated));
};

/**
 * Codes out of a text: one a line, or `code,variant` in a drop of several variants; a first line `code` or `code,variant` is a heading.
 * Quotes as in RFC 4180. Blank lines count for nothing but their number.
 * @throws DropError `codes_bad_request`
 */
export function parseCodes(text: string, variants: readonly string[]): NewCode[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  const first = lines[0]?.trim().toLowerCase();
  if (first === 'code' || first === 'code,variant') lines[0] = '';
  return lines.flatMap((line, index) => {
    if (line.trim() === '') return [];
    const [code = '', variant, ...rest] = cells(line, index + 1);
    if (rest.length > 0) throw DropError.codesBad(`line ${index + 1}: more than a code and a variant`);
    if (variant === undefined && variants.length > 1) throw DropError.codesBad(`line ${index + 1}: names no variant (${variants.join(', ')})`);
    return [{ code, variant: variant ?? variants[0]!, line: index + 1 }];
  });
}

const CELL = /(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))(?=,|$)/gy;

const cells = (line: string, number: number): string[] => {
  const found = [...line.matchAll(CELL)];
  const whole = found.reduce((length, [text]) => length + text.length, 0);
  if (whole !== line.length) throw DropError.codesBad(`line ${number}: a quote is not closed`);
  return found.map(([, quoted, plain]) => (quoted === undefined ? plain!.trim() : quoted.replaceAll('""', '"')));
};
