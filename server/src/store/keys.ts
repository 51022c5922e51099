import { StoreError } from './errors.js';

/** The one place that spells key names. Ids are URI-encoded, so that no id can reach into a neighbour's range. */
const id = (value: string): string => {
  try {
    return encodeURIComponent(value);
  } catch (error) {
    throw StoreError.badKey('an id is not well-formed text', error);
  }
};
/** 16 decimal digits hold every integer up to 2^53, so text order is number order. */
const num = (value: number): string => String(value).padStart(16, '0');
/** Sorts after every character that an encoded id or number can hold. */
export const LAST = '\uffff';

export const keys = {
  format: 'meta/format',
  ledgerFrozen: 'meta/ledger-frozen',
  journalHead: (room: string) => `j/${id(room)}/head`,
  journalCheckpoint: (room: string) => `j/${id(room)}/checkpoint`,
  journalParts: (room: string) => `j/${id(room)}/checkpoint/`,
  journalPart: (room: string, name: string) => `j/${id(room)}/checkpoint/${id(name)}`,
  /** The name in a part's key. */
  journalPartName: (room: string, key: string) => decodeURIComponent(key.slice(`j/${id(room)}/checkpoint/`.length)),
  journalRecords: (room: string) => `j/${id(room)}/record/`,
  journalRecord: (room: string, tick: number) => `j/${id(room)}/record/${num(tick)}`,
  journalRoom: (room: string) => `j/${id(room)}/`,

  events: 'l/',
  /** The event in any key of its ledger, and what is behind all of these. */
  eventOfKey: (key: string) => decodeURIComponent(key.split('/')[1]!),
  behindEvent: (event: string) => `l/${id(event)}/${LAST}`,
  event: (event: string) => `l/${id(event)}/event`,
  drops: (event: string) => `l/${id(event)}/drop/`,
  drop: (event: string, drop: string) => `l/${id(event)}/drop/${id(drop)}`,
  entries: (event: string) => `l/${id(event)}/entry/`,
  entry: (event: string, seq: number) => `l/${id(event)}/entry/${num(seq)}`,
  unlocks: (event: string) => `l/${id(event)}/unlock/`,
  unlocksOf: (event: string, gate: string) => `l/${id(event)}/unlock/${id(gate)}/`,
  unlock: (event: string, gate: string, viewer: number) => `l/${id(event)}/unlock/${id(gate)}/${num(viewer)}`,
  /** viewers for whom the gate is open */
  gate: (event: string, gate: string) => `l/${id(event)}/gate/${id(gate)}`,
  holdings: (event: string) => `l/${id(event)}/holding/`,
  holdingsOf: (event: string, viewer: number) => `l/${id(event)}/holding/${num(viewer)}/`,
  holding: (event: string, viewer: number, drop: string) => `l/${id(event)}/holding/${num(viewer)}/${id(drop)}`,
  /** the viewer who stands for a person in a drop */
  subjects: (event: string) => `l/${id(event)}/subject/`,
  subject: (event: string, drop: string, subject: number) => `l/${id(event)}/subject/${id(drop)}/${num(subject)}`,
  /** in the order in which reservations are due */
  reservations: (event: string) => `l/${id(event)}/reserved/`,
  reservation: (event: string, until: number, seq: number) => `l/${id(event)}/reserved/${num(until)}/${num(seq)}`,
  /** after those that are due at `now` */
  reservationsUntil: (event: string, now: number) => `l/${id(event)}/reserved/${num(now)}/${LAST}`,
  reservationParts: (key: string): { until: number; seq: number } => {
    const [until, seq] = key.split('/').slice(-2);
    return { until: Number(until), seq: Number(seq) };
  },
  allTickets: (event: string) => `l/${id(event)}/ticket/`,
  tickets: (event: string, drop: string) => `l/${id(event)}/ticket/${id(drop)}/`,
  ticket: (event: string, drop: string, seq: number) => `l/${id(event)}/ticket/${id(drop)}/${num(seq)}`,
  claimKeys: (event: string) => `l/${id(event)}/key/`,
  claimKey: (event: string, key: string) => `l/${id(event)}/key/${id(key)}`,
  /** viewer 0 holds the crowd's own counter */
  progress: (event: string, achievement: string, viewer: number) =>
    `l/${id(event)}/progress/${id(achievement)}/${num(viewer)}`,
  cursor: (event: string, room: string) => `l/${id(event)}/cursor/${id(room)}`,

  /** One endpoint's delivery book of one event. */
  delivery: (event: string, endpoint: string) => {
    const all = `d/${id(event)}/${id(endpoint)}/`;
    return {
      all,
      head: `${all}head`,
      rows: `${all}row/`,
      row: (seq: number) => `${all}row/${num(seq)}`,
      dues: `${all}due/`,
      due: (at: number, seq: number) => `${all}due/${num(at)}/${num(seq)}`,
      duesUntil: (at: number) => `${all}due/${num(at)}/${LAST}`,
      lanes: `${all}lane/`,
      /** seq of the newest pending message of a lane */
      lane: (lane: string) => `${all}lane/${id(lane)}`,
      letters: `${all}dead/`,
      letter: (seq: number) => `${all}dead/${num(seq)}`,
    };
  },

};
