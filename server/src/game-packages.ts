/**
 * Games from npm packages that the configuration names. Life: each is found from one folder, imported and looked at before the origin
 * listens; what is wrong with one stops the process with a line that names it, because a game that is missing or broken would be found by
 * viewers otherwise. A package is code that is trusted as ours is: it runs in the origin's tick, and its view in viewers' pages.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { defineGame, type GameDefinition, type GameTexts } from '@crowdcue/games';
import { z } from 'zod';

/** A game from outside, ready to be played. */
export interface GamePackage {
  readonly name: string;
  readonly game: GameDefinition;
  readonly texts: GameTexts;
  /** Where its view stands, below the origin's root, and the folder that it comes from. */
  readonly view: { readonly path: string; readonly prefix: string; readonly folder: string };
}

/** Why a package cannot be used. */
export type GamePackageCode = 'game_package_missing' | 'game_package_threw' | 'game_package_invalid' | 'game_package_duplicate';

/** Stops the start; the message is one line that names setting, package and code. */
export class GamePackageError extends Error {
  override readonly name = 'GamePackageError';
  constructor(readonly code: GamePackageCode, packageName: string, why: string, options?: { cause?: unknown }) {
    super(`GAMES ${packageName}: ${why.replaceAll(/\s+/g, ' ').trim()} (${code})`, options);
  }
}

/** What the seam looks like; it rises when packages of before would not work any more. */
const API = 1;
const MAX_VIEW_FILES = 64;
const MAX_VIEW_BYTES = 512 * 1024; // ten times the component: more was packed by mistake
/** Served and nothing else; a view's words and styles are modules too. */
const VIEW_FILE = /^[\w-]+(\/[\w-]+)*\.js$/;
const HASH_LETTERS = 12;

const isFunction = z.custom<(...given: never[]) => unknown>((value) => typeof value === 'function', 'must be a function');
const boardValue = z.union([z.number(), z.string()]);
const gameShape = z.object({
  id: z.string(), sync: z.enum(['stream', 'live']),
  action: z.object({ choices: z.array(z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be 1 to 32 of a-z, 0-9 and "-"')), maxValue: z.number(), perSecond: z.number() }),
  board: z.record(z.string(), boardValue), columns: z.record(z.string(), z.enum(['u32', 'f64'])),
  params: z.record(z.string(), z.object({
    kind: z.enum(['number', 'text']), min: z.number().optional(), max: z.number().optional(), picks: z.string().optional(),
    minLength: z.number().optional(), maxLength: z.number().optional(), fallback: boardValue,
  })),
  durationMs: z.number(), achievements: z.array(z.string()),
  onRoundStart: isFunction, onActions: isFunction, onRoundEnd: isFunction, onTick: isFunction.optional(), wrongParams: isFunction.optional(),
  settlement: z.object({ outcomes: isFunction, onSettle: isFunction }).optional(),
});
const textsShape = z.object({
  en: z.object({
    title: z.string().min(1), howTo: z.string(), choices: z.record(z.string(), z.string()), press: z.string(), phrases: z.record(z.string(), z.string()), keys: z.string(),
    players: isFunction, headline: isFunction, outcome: isFunction, score: isFunction, live: isFunction,
  }),
  others: z.record(z.string(), isFunction),
});
const manifestShape = z.object({ crowdcue: z.object({ api: z.number() }) });

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const shaped = <T>(name: string, what: string, shape: z.ZodType<T>, value: unknown): T => {
  const parsed = shape.safeParse(value);
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  throw new GamePackageError('game_package_invalid', name, `${[what, ...first!.path.map(String)].join('.')}: ${first!.message}`);
};

/** Loads every package, in the order named. `folder` is where packages are looked for, upwards. Throws `GamePackageError`. */
export const loadGamePackages = async (names: readonly string[], folder: string, taken: Iterable<string>): Promise<readonly GamePackage[]> => {
  const ids = new Set(taken);
  const loaded: GamePackage[] = [];
  for (const name of names) {
    const each = await load(name, createRequire(join(resolve(folder), 'package.json')));
    if (ids.has(each.game.id)) throw new GamePackageError('game_package_duplicate', name, `there is a game ${JSON.stringify(each.game.id)} already`);
    ids.add(each.game.id);
    loaded.push(each);
  }
  return loaded;
};

const load = async (name: string, from: NodeJS.Require): Promise<GamePackage> => {
  const find = (part: string): string => {
    try {
      return from.resolve(part);
    } catch (cause) {
      throw new GamePackageError('game_package_missing', name, `${part} is not found; install the package, or say by GAMES_DIR where it is`, { cause });
    }
  };
  const rules = find(name);
  const manifest = shaped(name, 'package.json', manifestShape, JSON.parse(readFileSync(find(`${name}/package.json`), 'utf8')));
  if (manifest.crowdcue.api !== API) throw new GamePackageError('game_package_invalid', name, `crowdcue.api is ${manifest.crowdcue.api}, this origin knows ${API}`);
  const module = (await import(pathToFileURL(rules).href).catch((cause: unknown) => {
    throw new GamePackageError('game_package_threw', name, `importing it failed: ${messageOf(cause)}`, { cause });
  })) as Record<string, unknown>;
  const game = checkedGame(name, module['game']);
  const texts = shaped(name, 'texts', textsShape as unknown as z.ZodType<GameTexts>, module['texts']);
  const nameless = game.action.choices.find((choice) => !Object.hasOwn(texts.en.choices, choice));
  if (nameless !== undefined) throw new GamePackageError('game_package_invalid', name, `texts.en.choices has no word for ${JSON.stringify(nameless)}`);
  return { name, game, texts, view: viewOf(name, game.id, find(`${name}/view`)) };
};

const checkedGame = (name: string, exported: unknown): GameDefinition => {
  if (exported === undefined) throw new GamePackageError('game_package_invalid', name, 'it exports no "game"');
  shaped(name, 'game', gameShape, exported);
  try {
    return defineGame(exported as GameDefinition);
  } catch (cause) {
    throw new GamePackageError('game_package_invalid', name, messageOf(cause), { cause });
  }
};

/** The view's address holds a hash of all its files, so that browsers may keep them for ever. */
const viewOf = (name: string, id: string, entry: string): GamePackage['view'] => {
  const folder = dirname(entry);
  if (existsSync(join(folder, 'package.json'))) throw new GamePackageError('game_package_invalid', name, 'its view needs a folder of its own: all of it is served');
  const hash = createHash('sha256');
  let bytes = 0;
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => path.split(sep).join('/')).filter((path) => statSync(join(folder, path)).isFile()).sort();
  for (const path of files) {
    if (!VIEW_FILE.test(path)) throw new GamePackageError('game_package_invalid', name, `its view's folder holds ${path}, which is no module`);
    const content = readFileSync(join(folder, path));
    bytes += content.length;
    hash.update(`${path}\0${content.length}\0`).update(content);
  }
  if (files.length > MAX_VIEW_FILES || bytes > MAX_VIEW_BYTES) throw new GamePackageError('game_package_invalid', name, `its view has ${files.length} files of ${bytes} bytes; ${MAX_VIEW_FILES} of ${MAX_VIEW_BYTES} are taken`);
  const prefix = `games/${id}-${hash.digest('hex').slice(0, HASH_LETTERS)}`;
  return { path: `${prefix}/${relative(folder, entry)}`, prefix, folder };
};
