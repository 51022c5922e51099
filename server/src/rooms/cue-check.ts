/** Checks what a host asks to be cued. */
import type { GameDefinition } from '@crowdcue/games';
import { CrowdcueError } from '@crowdcue/protocol';
import type { RoomInput } from './inputs.js';
import type { CueRequest } from './room-control.js';
import { ROUND_MS } from './round-desk.js';

/** Countdown between cue and start, ms: time for every picture to show it. */
const DEFAULT_COUNTDOWN_MS = 3_000;
const MAX_COUNTDOWN_MS = 60_000;

const within = (value: number, min: number, max: number, what: string): number => {
  if (!Number.isFinite(value) || value < min || value > max) throw new CrowdcueError('bad_request', `${what} must be ${min} to ${max}.`);
  return value;
};

/** The input that starts the round. Throws `game_unknown` or `bad_request`. `now` is event time, ms. */
export const checkCue = (request: CueRequest, games: ReadonlyMap<string, GameDefinition>, now: number): Extract<RoomInput, { kind: 'cue' }> => {
  const game = games.get(request.game);
  if (game === undefined) throw new CrowdcueError('game_unknown');
  const inMs = within(request.inMs ?? DEFAULT_COUNTDOWN_MS, 0, MAX_COUNTDOWN_MS, 'inMs');
  const durationMs = within(request.durationMs ?? game.durationMs, ROUND_MS.min, ROUND_MS.max, 'durationMs');
  const params = checkParams(game, request.params ?? {});
  const wrong = game.wrongParams?.(params);
  if (wrong !== undefined) throw new CrowdcueError('bad_request', wrong);
  return { kind: 'cue', game: game.id, params, startsAt: now + inMs, durationMs };
};

const checkParams = (game: GameDefinition, given: Readonly<Record<string, number | string>>): Record<string, number | string> => {
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(game.params, name)) throw new CrowdcueError('bad_request', `${game.id} has no parameter ${JSON.stringify(name)}.`);
  }
  const params: Record<string, number | string> = {};
  for (const [name, spec] of Object.entries(game.params)) {
    const value = given[name] ?? spec.fallback;
    if (spec.kind === 'number') {
      if (typeof value !== 'number') throw new CrowdcueError('bad_request', `${name} must be a number.`);
      params[name] = within(value, spec.min ?? -Infinity, spec.max ?? Infinity, name);
    } else {
      if (typeof value !== 'string' || value.length > (spec.maxLength ?? 200)) throw new CrowdcueError('bad_request', `${name} must be a text of at most ${spec.maxLength ?? 200}.`);
      if (value.trim().length < (spec.minLength ?? 0)) throw new CrowdcueError('bad_request', `${name} must not be empty.`);
      params[name] = value;
    }
  }
  return params;
};
