/**
 * Who lies about time, and how. Each kind plays the same rounds, by the same dice, as an honest person in its place did before: a quick
 * one, who taps as fast as fingers do. What a liar wins more than that one is its gain.
 */
import { seeded } from '../../src/clock.js';
import { FairWorld, type Outcome, type Person, type Sight } from './fair-world.js';

/** The latest picture that is scored, ms: the most that anybody can say. */
const LATE_MS = 12_000;
/** Answers pings so slowly that all of the credit is given. */
const SLOW_RTT_MS = 2_000;

export interface Kind {
  readonly name: string;
  /** What it says of its picture, ms. */
  readonly delay: number;
  readonly rtt?: number;
  /** Sees what is ahead of its own frames: in a picture that shows all, or by another viewer of its own. */
  readonly ahead?: boolean;
  readonly scout?: boolean;
  /** Comes without delay, and when it has seen, again by another relay, late. */
  readonly hops?: boolean;
  /** A machine reacts and presses. */
  readonly machine?: boolean;
  /** Waits for the last moment of its window, and so much longer as it thinks to have, ms. */
  readonly waits?: number;
}

export const HONEST: Kind = { name: 'honest', delay: 0 };

export const KINDS: readonly Kind[] = [
  { name: 'declares 12 s, has only our frames', delay: LATE_MS },
  { name: 'declares 12 s, watches early', delay: LATE_MS, ahead: true, waits: 0 },
  { name: 'slow pongs', delay: 0, rtt: SLOW_RTT_MS, waits: 300 },
  { name: 'two viewers, one early, one late', delay: LATE_MS, ahead: true, scout: true, waits: 0 },
  { name: 'one viewer, early, then late elsewhere', delay: 0, ahead: true, hops: true, waits: 0 },
  { name: 'bot at the floor', delay: 0, machine: true },
];

type Play = (sight: Sight) => void;

export interface Game {
  readonly id: string;
  readonly crowd: number;
  readonly durationMs: number;
  readonly params: Readonly<Record<string, number | string>>;
  /** Whether who looks ahead has seen what there is to be seen. */
  readonly tells: (shown: Sight['early']) => boolean;
  play(kind: Kind, seat: number, dice: () => number, seed: number): Play;
}

const isLive = (shown: Sight['early']): boolean => shown?.phase === 'live';
const isGo = (shown: Sight['early']): boolean => shown?.texts.get('signal') === 'go';

/** Calls back once, so many ms after the own frames have shown a thing; `ahead` is for how long it was known by then, ms. */
const once = (seen: Game['tells'], ms: (ahead: number) => number, then: (sight: Sight, ahead: number) => void): Play => {
  let [early, due]: (number | undefined)[] = [];
  let done = false;
  return (sight) => {
    if (done) return;
    if (early === undefined && seen(sight.early)) early = sight.now;
    const known = early === undefined ? 0 : sight.now - early;
    if (due === undefined && seen(sight.own)) due = sight.now + ms(known);
    if (due === undefined || sight.now < due) return;
    done = true;
    then(sight, known);
  };
};

/** Who knows beforehand when it will happen misses the instant by so much, ms; a machine misses nothing. */
const AIMED_MS = 50;
const reactionOf = ({ ahead = false, machine = false }: Kind, own: number) => (known: number): number => (machine ? 0 : ahead && known > 1_000 ? AIMED_MS : own);

const quickdraw: Game = {
  id: 'quickdraw', crowd: 20, durationMs: 10_000, params: {}, tells: isGo,
  play: (kind, _seat, dice) => once(isGo, reactionOf(kind, 190 + dice() * 120), ({ tap }) => tap(0)),
};

/** Of people who are asked, so many know; the others do within so many ms of looking it up. */
const KNOWN = 0.6;
const LOOK_UP_MS = 5_000;
const trivia: Game = {
  id: 'trivia', crowd: 20, durationMs: 15_000, params: { question: 'Which?', answer1: 'a', answer2: 'b', answer3: 'c', answer4: 'd', right: 3 }, tells: isLive,
  play: (kind, _seat, dice) => {
    const [knows, guess, thinks] = [dice() < KNOWN, Math.floor(dice() * 4), 2_000 + dice() * 2_500];
    return once(isLive, reactionOf(kind, thinks), ({ tap }, known) => tap(knows || (kind.ahead === true && known > LOOK_UP_MS) ? 2 : guess));
  },
};

/** What is bet on happens within so long after the bets have closed on the host's own picture, ms. */
const HAPPENS_MS = 20_000;
const betsMs = 10_000;
const outcomeOf = (seed: number): number => seed % 2;
const predict: Game = {
  id: 'predict', crowd: 20, durationMs: betsMs, params: { question: 'Who?', outcome1: 'Red', outcome2: 'Blue' }, tells: isLive,
  play: ({ waits }, seat, dice, seed) => {
    const [bets, thinks] = [Math.floor(dice() * 2), 2_000 + dice() * 4_000];
    const happens = seeded(seed)() * HAPPENS_MS;
    return once(isLive, () => (waits === undefined ? thinks : betsMs + waits), ({ tap, now, endsAt }) => tap(waits !== undefined && now >= endsAt + happens ? outcomeOf(seed) : bets, 10 + seat % 3));
  },
};

/** Taps that are sent together, as the SDK does. */
const SEND_MS = 250;
const FASTEST = 14;
/** `rate` is a person's taps a second; a machine's are as many as an action carries. */
const tapping = (choice: (sight: Sight) => number, rate: number, machine = false): Play => {
  let next = 0;
  let owed = 0;
  return (sight) => {
    if (!isLive(sight.own) || sight.now < next) return;
    next = sight.now + SEND_MS;
    owed += machine ? 20 : rate * SEND_MS / 1_000;
    const taps = Math.floor(owed);
    owed -= taps;
    sight.tap(choice(sight), taps);
  };
};
const rateOf = (seat: number, crowd: number, dice: () => number): number => (seat === crowd ? FASTEST : 8 + dice() * 6);
const tug: Game = {
  id: 'tug', crowd: 60, durationMs: 8_000, params: {}, tells: isLive,
  play: ({ machine }, seat, dice, seed) => tapping(() => (seat + seed) % 2, rateOf(seat, 60, dice), machine),
};
const boss: Game = {
  id: 'boss', crowd: 30, durationMs: 8_000, params: { toughness: 30 }, tells: isLive,
  play: ({ machine }, seat, dice) => tapping(({ own }) => own?.numbers.get('weak') ?? 0, rateOf(seat, 30, dice), machine),
};
const poll: Game = {
  id: 'poll', crowd: 20, durationMs: 5_000, params: { question: 'Where?', option1: 'Sea', option2: 'Hills' }, tells: isLive,
  play: (kind, seat, dice) => once(isLive, reactionOf(kind, 500 + dice() * 2_000), ({ tap }) => tap(seat % 2)),
};

export const GAMES: readonly Game[] = [tug, boss, poll, quickdraw, trivia, predict];

const DELAYS = [0, 2_000, 8_000, 12_000];

/** Everybody's dice depend on round and seat alone. */
const personOf = (game: Game, kind: Kind, seat: number, seed: number): Person => {
  const { name, delay, rtt, scout, hops = false } = kind;
  const play = game.play(kind, seat, seeded(seed * 1_000 + seat), seed);
  let came = !hops;
  return {
    name, delay, ...(rtt !== undefined && { rtt }), ...(scout !== undefined && { scout }),
    act: (sight) => {
      if (!came && game.tells(sight.own)) {
        came = true;
        sight.hop(LATE_MS);
      }
      if (came) play(sight);
    },
  };
};

/** One round; the last seat is the liar's, or the honest person's in its place. */
const round = (game: Game, kind: Kind, seed: number): Outcome => {
  const crowd = Array.from({ length: game.crowd }, (_, seat) => personOf(game, { ...HONEST, delay: DELAYS[seat % DELAYS.length]! }, seat, seed));
  const { id, params, durationMs } = game;
  return new FairWorld(seed).play([...crowd, personOf(game, kind, game.crowd, seed)], { game: id, params, durationMs, settle: outcomeOf(seed) }).at(-1)!;
};

/** What a kind of player has of a game, a round; `won` and `fastest` are shares of the rounds. */
export interface Yield {
  readonly score: number;
  readonly won: number;
  readonly fastest: number;
}

export const yieldOf = (game: Game, kind: Kind, rounds: number): Yield => {
  const outcomes = Array.from({ length: rounds }, (_, i) => round(game, kind, i + 1));
  const share = (is: (outcome: Outcome) => boolean): number => outcomes.filter(is).length / rounds;
  return { score: outcomes.reduce((sum, { score }) => sum + score, 0) / rounds, won: share(({ won }) => won), fastest: share(({ fastest }) => fastest) };
};
