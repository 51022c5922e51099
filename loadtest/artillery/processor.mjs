/**
 * Scenario functions for Artillery: each virtual user is one viewer on our own SDK, as a page has it.
 * Artillery calls them with `(context, events)`; what they count is reported under `crowdcue.*`.
 */
import { connect } from '@crowdcue/client';

/** ms that a viewer waits for a round to open, and for its last actions to be settled. */
const WAIT_MS = 30_000;
const SETTLE_MS = 10_000;

/** Storage of one viewer: two virtual users of one process are two people. */
const ownStorage = () => {
  const items = new Map();
  return { getItem: (key) => items.get(key) ?? null, setItem: (key, value) => void items.set(key, value), removeItem: (key) => void items.delete(key) };
};

const until = (session, holds, ms) =>
  new Promise((resolve) => {
    if (holds()) return resolve(true);
    const off = [];
    const done = (value) => {
      clearTimeout(late);
      for (const stop of off) stop();
      resolve(value);
    };
    const late = setTimeout(() => done(false), ms);
    for (const type of ['state', 'confirm', 'refused', 'closed']) off.push(session.on(type, () => holds() && done(true)));
  });

/** Joins by the address and event of the test's variables; the session is kept for the steps that follow. */
export const join = async (context, events) => {
  const { target, event } = context.vars;
  const began = Date.now();
  try {
    context.vars.session = await connect({ origin: target, event, storage: ownStorage(), sessionStorage: ownStorage() });
  } catch (error) {
    events.emit('counter', `crowdcue.join_failed.${error.code ?? 'unknown'}`, 1);
    throw error;
  }
  events.emit('counter', 'crowdcue.joined', 1);
  events.emit('histogram', 'crowdcue.join_ms', Date.now() - began);
};

/** Plays the running or the next round of a game of many taps until it is over, then waits until everything is settled. */
export const play = async (context, events) => {
  const { session, rate } = context.vars;
  const counts = { confirmed: 0, refused: 0 };
  session.on('confirm', (handles) => (counts.confirmed += handles.length));
  session.on('refused', () => counts.refused++);
  let sent = 0;
  if (await until(session, () => session.state.phase === 'live', WAIT_MS)) {
    const choice = Math.random() < 0.5 ? 0 : 1;
    while (session.state.phase === 'live') {
      session.act({ choice, value: 1 });
      sent++;
      await new Promise((resolve) => setTimeout(resolve, (1000 / Number(rate)) * (0.8 + 0.4 * Math.random())));
    }
  }
  await until(session, () => session.pending.length === 0, SETTLE_MS);
  events.emit('counter', 'crowdcue.actions_sent', sent);
  events.emit('counter', 'crowdcue.actions_confirmed', counts.confirmed);
  events.emit('counter', 'crowdcue.actions_refused', counts.refused);
  events.emit('counter', 'crowdcue.actions_lost', session.pending.length);
};

export const leave = async (context) => {
  context.vars.session.leave();
};
