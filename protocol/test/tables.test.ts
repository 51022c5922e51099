import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { adviceOf, CLOSE, closeForError, CrowdcueError, ERRORS, errorOfWire, LIMITS, type CloseAdvice, type ErrorCode, type ErrorSpec } from '@crowdcue/protocol';

/** Never reused, never changed: they are in journals and in SDKs in the field. A new code gets a new number. */
const WIRE_NUMBERS = {
  bad_request: 1, bad_json: 2, body_too_large: 3, not_found: 4, method_not_allowed: 5, internal: 6, too_many_requests: 7,
  unavailable: 8, frame_truncated: 10, frame_oversize: 11, frame_unknown: 12, frame_text: 13, frame_malformed: 14, flood: 15,
  token_missing: 20, token_malformed: 21, token_forged: 22, token_expired: 23, token_other_event: 24, token_tier_forged: 25,
  relay_forbidden: 26, relay_superseded: 27, host_forbidden: 28, host_link_used: 29, viewer_banned: 30, event_unknown: 40,
  event_exists: 41, event_full: 42, event_ended: 43, event_off: 47, role_forbidden: 31, member_unknown: 32, command_conflict: 33, room_unsupported: 44, room_hold: 45, seat_expired: 46, round_running: 50,
  round_none: 51, round_over: 52, game_unknown: 53, action_bad_choice: 54, action_bad_value: 55, action_out_of_order: 56,
  action_rate: 57, action_busy: 58, action_spectator: 59, message_unknown: 60, claim_bad_request: 70, claim_unknown_drop: 71,
  claim_not_unlocked: 72, claim_not_open: 73, claim_closed: 74, claim_sold_out: 75, claim_key_conflict: 76, drop_exists: 77,
  drop_bad_request: 78, drop_unfair_gate: 69, drop_needs_proof: 190, codes_bad_request: 191, codes_repeated: 192, codes_busy: 193, settlement_unbalanced: 194, settlement_empty: 195, journal_fenced: 80, journal_order: 81, store_unavailable: 82, journal_held: 83, ledger_frozen: 84,
  twitch_off: 110, twitch_token_malformed: 111, twitch_token_forged: 112, twitch_token_expired: 113, twitch_role: 114, twitch_channel_unlinked: 115,
  twitch_key_needed: 116, claim_proof_needed: 117,
  claim_refunded: 160, claim_tier: 161, claim_country: 162, claim_age: 163, claim_subject_taken: 164, claim_lot_closed: 165, claim_lot_lost: 166, lot_wrong_state: 167,
  move_bad_request: 170, move_unknown: 171, move_wrong_state: 172, move_expired: 173, move_not_due: 174, move_conflict: 175, move_amount: 176,
  quest_bad_request: 120, quest_unknown: 121, quest_step_timed: 122, quest_answer_wrong: 123,
  tier_unknown: 219, key_forbidden: 130, caption_bad_request: 131, caption_flood: 132, caption_late: 133,
  plan_bad_request: 150, plan_zone_unknown: 151, plan_time_gap: 152, plan_time_past: 153, plan_overlap: 154, template_unknown: 155, plan_cue_unknown: 156,
  plan_cue_done: 157,
  webhook_bad_request: 180, webhook_unknown: 181, webhook_url_refused: 182, commerce_forged: 185, commerce_clock: 186, commerce_bad_request: 187,
  proof_bad_address: 196, proof_code_wrong: 197, proof_code_over: 198, proof_missing: 199, mail_unconfigured: 200, mail_unavailable: 201,
  rehearsal_off: 214, rehearsal_missing: 215, rehearsal_running: 216, rehearsal_none: 217, rehearsal_late: 218,
  names_off: 210, name_forbidden: 211, name_taken: 212, names_full: 213,
} as const;

const errors = Object.entries(ERRORS) as [ErrorCode, ErrorSpec][];

describe('errors', () => {
  it('[PRO16] wire numbers are unique, above 0 and of 16 bits, and lead back to their code', () => {
    expect(new Set(errors.map(([, e]) => e.wire)).size).toBe(errors.length);
    for (const [code, { wire }] of errors) {
      expect(Number.isInteger(wire) && wire > 0 && wire <= 0xffff, code).toBe(true);
      expect(errorOfWire(wire)).toBe(code);
    }
    for (const unknown of [0, 9, 0xffff]) expect(errorOfWire(unknown)).toBe('internal');
  });

  it.each(errors)('[PRO16] %s: snake_case, an HTTP status of an error, a sentence', (code, { http, message }) => {
    expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
    expect([400, 401, 403, 404, 405, 409, 410, 413, 429, 500, 501, 503]).toContain(http);
    expect(message).toMatch(/^[A-Z].*\.$/);
  });

  it('[PRO16] wire numbers of version 1 stay as they are', () => {
    const numbers = Object.fromEntries(errors.map(([code, e]) => [code, e.wire]));
    expect(numbers).toMatchObject(WIRE_NUMBERS);
  });

  it('[PRO16] the page of errors has each of them, as it is', () => {
    const page = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');
    const told = [...page.matchAll(/^\| `(\w+)` \| (\d+) \| (\d+) \| (yes|no) \|/gm)].map(([, code, http, wire, retry]) => [code, Number(http), Number(wire), retry === 'yes']);
    expect(told.toSorted()).toEqual(errors.map(([code, { http, wire, retryable }]) => [code, http, wire, retryable]).toSorted());
  });

  it('[PRO16] an error carries code, status, cause and a body without its stack', () => {
    const cause = new Error('inner');
    const error = new CrowdcueError('event_full', 'Of 100.', { cause });
    expect(error).toBeInstanceOf(Error);
    expect([error.name, error.code, error.http, error.retryable, error.cause]).toEqual(['CrowdcueError', 'event_full', 503, true, cause]);
    expect(JSON.parse(JSON.stringify(error))).toEqual({ code: 'event_full', error: 'The event is full; try again later. Of 100.', retryable: true });
  });
});

describe('close codes', () => {
  const advice = (code: number): CloseAdvice => {
    if (code >= 4200 && code < 4300) return 'retry';
    return [1001, 1005, 1006, 1011, 1012, 1013, CLOSE.server_shutdown, CLOSE.try_reconnect].includes(code) ? 'retry' : 'stop';
  };

  it('[PRO17] ranges decide: 4100 to 4199 stop, 4200 to 4299 retry, also numbers of a later version', () => {
    for (let code = 4100; code < 4200; code++) expect(adviceOf(code), String(code)).toBe('stop');
    for (let code = 4200; code < 4300; code++) expect(adviceOf(code), String(code)).toBe('retry');
  });

  it('[PRO17] what a stock SDK comes back on, ours does too', () => {
    for (const code of [1001, 1005, 1006, 4010]) expect(adviceOf(code), String(code)).toBe('retry');
    for (const code of [1000, 4000, 4002, 4003]) expect(adviceOf(code), String(code)).toBe('stop');
  });

  it('[PRO17] every code there is', () => {
    for (let code = 1000; code < 5000; code++) expect(adviceOf(code), String(code)).toBe(advice(code));
  });

  it('[PRO17] numbers are unique; ours stand between 4100 and 4299', () => {
    const codes = Object.values(CLOSE);
    expect(new Set<number>(codes).size).toBe(codes.length);
    for (const code of codes) expect((code >= 4000 && code <= 4010) || (code >= 4100 && code < 4300), String(code)).toBe(true);
  });

  /** A seat is not given again though the error says "again": the way back goes through matchmaking. */
  const ANEW: readonly ErrorCode[] = ['seat_expired'];

  it.each(errors)('[PRO18] %s closes with a code of ours that says retry exactly when the error does', (code, { retryable }) => {
    const close = closeForError(code);
    expect(Object.values(CLOSE)).toContain(close);
    expect(adviceOf(close)).toBe(retryable && !ANEW.includes(code) ? 'retry' : 'stop');
  });

  it.each([
    ['token_missing', 4100], ['token_malformed', 4100], ['token_forged', 4100], ['token_other_event', 4100], ['token_tier_forged', 4100],
    ['token_expired', 4101], ['viewer_banned', 4102], ['frame_truncated', 4104], ['frame_unknown', 4104], ['frame_text', 4104], ['frame_malformed', 4104],
    ['frame_oversize', 4105], ['flood', 4106], ['event_unknown', 4107], ['event_ended', 4108], ['relay_forbidden', 4109], ['relay_superseded', 4110],
    ['room_unsupported', 4111], ['event_full', 4200], ['unavailable', 4204], ['internal', 4204], ['seat_expired', 4002], ['not_found', 4002],
  ] as const)('[PRO18] %s closes with %i', (code, close) => expect(closeForError(code)).toBe(close));

  it('[PRO18] every error code fits a close reason (123 bytes)', () => {
    for (const [code] of errors) expect(new TextEncoder().encode(code).length).toBeLessThanOrEqual(123);
  });
});

describe('limits', () => {
  it('[PRO19] fit each other', () => {
    expect(LIMITS.viewerLowMarkBytes).toBeLessThan(LIMITS.viewerHighMarkBytes);
    expect(LIMITS.viewerActionsPerSecond).toBeLessThan(LIMITS.viewerFramesPerSecond);
    // The largest batch of actions still goes through the link, at the most bytes that an action can take.
    expect(LIMITS.batchActions * (5 * 5 + 1 + 6)).toBeLessThan(LIMITS.linkFrameBytes);
    for (const [name, value] of Object.entries(LIMITS)) expect(Number.isSafeInteger(value) && value > 0, name).toBe(true);
  });
});
