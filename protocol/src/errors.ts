/**
 * Every error that leaves a process of ours, once: its stable code, its number on the wire, the HTTP status that carries it,
 * and whether trying again can help. Docs and tests are compared with this table.
 */

/** What is known of one error code. */
export interface ErrorSpec {
  /** Number on the wire (u16), never reused. */
  readonly wire: number;
  /** HTTP status when a route answers with it. */
  readonly http: number;
  /** Whether the same request may succeed later without being changed. */
  readonly retryable: boolean;
  /** A sentence for people. */
  readonly message: string;
}

const spec = (wire: number, http: number, retryable: boolean, message: string): ErrorSpec => ({ wire, http, retryable, message });

export const ERRORS = {
  // requests and frames
  bad_request: spec(1, 400, false, 'The request is not of the shape that this route takes.'),
  bad_json: spec(2, 400, false, 'The body is not JSON.'),
  body_too_large: spec(3, 413, false, 'The body is larger than this route takes.'),
  not_found: spec(4, 404, false, 'There is nothing at this address.'),
  method_not_allowed: spec(5, 405, false, 'This address does not take that method.'),
  internal: spec(6, 500, true, 'Something failed on our side.'),
  too_many_requests: spec(7, 429, true, 'Too many requests; wait a little.'),
  unavailable: spec(8, 503, true, 'Not ready yet; try again in a moment.'),
  frame_truncated: spec(10, 400, false, 'The frame ends before its content does.'),
  frame_oversize: spec(11, 413, false, 'The frame is larger than a viewer may send.'),
  frame_unknown: spec(12, 400, false, 'No frame has this code.'),
  frame_text: spec(13, 400, false, 'Frames are binary; this one is text.'),
  frame_malformed: spec(14, 400, false, 'The frame has bytes that mean nothing.'),
  flood: spec(15, 429, false, 'More frames a second than any game needs.'),
  // identity
  token_missing: spec(20, 401, false, 'A token is needed.'),
  token_malformed: spec(21, 401, false, 'The token is not one of ours.'),
  token_forged: spec(22, 401, false, 'The signature of the token does not fit.'),
  token_expired: spec(23, 401, false, 'The token is over; join again.'),
  token_other_event: spec(24, 403, false, 'The token belongs to another event.'),
  token_tier_forged: spec(25, 403, false, 'The tier or viewer in the token was not given by the origin.'),
  relay_forbidden: spec(26, 403, false, 'A relay link needs its credential.'),
  relay_superseded: spec(27, 409, false, 'A newer run of the same relay holds the link.'),
  host_forbidden: spec(28, 403, false, 'This needs a host session.'),
  host_link_used: spec(29, 403, false, 'This link was used or is too old; ask for a new one.'),
  role_forbidden: spec(31, 403, false, 'Your role may not do this.'),
  member_unknown: spec(32, 404, false, 'No member of this workspace has this id.'),
  command_conflict: spec(33, 409, false, 'This idempotency key was used for another command.'),
  viewer_banned: spec(30, 403, false, 'The host has removed this viewer.'),
  // events and rooms
  event_unknown: spec(40, 404, false, 'No event has this id or code.'),
  event_exists: spec(41, 409, false, 'An event with this id exists.'),
  event_full: spec(42, 503, true, 'The event is full; try again later.'),
  event_ended: spec(43, 410, false, 'The event is over.'),
  event_off: spec(47, 503, true, 'The host has taken the event off the air; it may come back.'),
  room_unsupported: spec(44, 501, false, 'A room that uses StateView, unreliable fields or inputs cannot be relayed.'),
  room_hold: spec(45, 503, true, 'The room is on hold.'),
  seat_expired: spec(46, 410, true, 'The seat reservation is over.'),
  // rounds and actions
  round_running: spec(50, 409, true, 'A round is running.'),
  round_none: spec(51, 409, false, 'No round is open.'),
  round_over: spec(52, 409, false, 'The round of this action is over.'),
  game_unknown: spec(53, 404, false, 'No game has this id.'),
  action_bad_choice: spec(54, 400, false, 'The game has no such choice.'),
  action_bad_value: spec(55, 400, false, 'The value is outside what the game takes.'),
  action_out_of_order: spec(56, 409, false, 'The number of this action is not above the one before.'),
  action_rate: spec(57, 429, false, 'More actions a second than a viewer may send.'),
  action_busy: spec(58, 503, true, 'The relay holds as much as it may until the origin confirms; send again.'),
  action_spectator: spec(59, 403, false, 'The origin has not admitted this connection.'),
  message_unknown: spec(60, 404, false, 'The room takes no message of this type.'),
  // drops and claims
  claim_bad_request: spec(70, 400, false, 'The claim is not of the right shape.'),
  claim_unknown_drop: spec(71, 404, false, 'No drop has this id.'),
  claim_not_unlocked: spec(72, 403, false, 'The viewer has not unlocked this drop.'),
  claim_not_open: spec(73, 409, true, 'The drop is not open yet.'),
  claim_closed: spec(74, 410, false, 'The drop is closed.'),
  claim_sold_out: spec(75, 410, false, 'Nothing is left of this drop.'),
  claim_key_conflict: spec(76, 409, false, 'This idempotency key was used for another claim.'),
  drop_exists: spec(77, 409, false, 'A drop with this id exists.'),
  drop_bad_request: spec(78, 400, false, 'The drop is not of the right shape.'),
  drop_unfair_gate: spec(69, 409, false, 'Nothing that no liar gains by unlocks this drop of limited supply.'),
  drop_needs_proof: spec(190, 409, false, 'A drop of limited supply needs a proof of the person.'),
  codes_bad_request: spec(191, 400, false, 'The list of codes is not of the right shape.'),
  codes_repeated: spec(192, 409, false, 'A code is in the list twice, or was uploaded before.'),
  codes_busy: spec(193, 409, true, 'Codes of this drop are being uploaded elsewhere.'),
  settlement_unbalanced: spec(194, 409, false, 'The books do not balance; nothing is closed.'),
  settlement_empty: spec(195, 409, false, 'Nothing was bought or refunded since the last statement.'),
  claim_revoked: spec(79, 410, false, 'The grant of this viewer was taken back.'),
  claim_proof_needed: spec(117, 403, false, 'This drop is limited; it goes to viewers who are signed in.'),
  claim_refunded: spec(160, 410, false, 'The grant of this viewer was paid and refunded.'),
  claim_tier: spec(161, 403, false, 'This drop goes to other tiers.'),
  claim_country: spec(162, 403, false, 'This drop does not go to this country.'),
  claim_age: spec(163, 403, false, 'This drop needs a higher age.'),
  claim_subject_taken: spec(164, 409, false, 'This person has this drop as another viewer.'),
  claim_lot_closed: spec(165, 409, true, 'The draw has begun; what it leaves is given out after it.'),
  claim_lot_lost: spec(166, 410, false, 'The draw gave the units to others.'),
  lot_wrong_state: spec(167, 409, false, 'The draw of this drop does not stand where this step begins.'),
  // moves of entitlements
  move_bad_request: spec(170, 400, false, 'The move is not of the right shape.'),
  move_unknown: spec(171, 404, false, 'No entitlement that stands has this id.'),
  move_wrong_state: spec(172, 409, false, 'The entitlement does not stand where this move begins.'),
  move_expired: spec(173, 410, false, 'The reservation has expired.'),
  move_not_due: spec(174, 409, true, 'The time of the reservation has not passed.'),
  move_conflict: spec(175, 409, false, 'This idempotency key was used for another move.'),
  move_amount: spec(176, 409, false, 'A refund is of the whole conversion, in its currency.'),
  // proofs and people's data
  proof_bad_address: spec(196, 400, false, 'This is no address that mail can be sent to.'),
  proof_code_wrong: spec(197, 403, false, 'This is not the code.'),
  proof_code_over: spec(198, 410, false, 'This code is over or was tried too often; ask for another.'),
  proof_missing: spec(199, 403, false, 'Nobody is proven behind this viewer.'),
  mail_unconfigured: spec(200, 501, false, 'This installation sends no mail.'),
  mail_unavailable: spec(201, 503, true, 'The mail could not be sent; try again in a moment.'),
  sign_in_over: spec(220, 400, false, 'This sign-in is over or was used; begin again.'),
  sign_in_unavailable: spec(221, 503, true, 'Nobody can be signed in just now.'),
  // quests
  quest_bad_request: spec(120, 400, false, 'The quest is not of the right shape.'),
  quest_unknown: spec(121, 404, false, 'No quest has this step.'),
  quest_step_timed: spec(122, 403, false, 'This step is done by playing.'),
  quest_answer_wrong: spec(123, 409, false, 'That is not the answer.'),
  // plans
  plan_bad_request: spec(150, 400, false, 'Not a plan.'),
  plan_zone_unknown: spec(151, 400, false, 'No such time zone.'),
  plan_time_gap: spec(152, 409, false, 'No such local time.'),
  plan_time_past: spec(153, 409, false, 'This time is over.'),
  plan_overlap: spec(154, 409, false, 'Rounds overlap.'),
  template_unknown: spec(155, 404, false, 'No such template.'),
  plan_cue_unknown: spec(156, 404, false, 'No such round.'),
  plan_cue_done: spec(157, 409, false, 'Cued already.'),
  // names that viewers choose
  names_off: spec(210, 403, false, 'This event takes no names.'),
  name_forbidden: spec(211, 400, false, 'Not a name to show.'),
  name_taken: spec(212, 409, false, 'This name is taken.'),
  names_full: spec(213, 429, true, 'Too many names wait.'),
  // rehearsals that an origin runs
  rehearsal_off: spec(214, 501, false, 'No rehearsals here.'),
  rehearsal_missing: spec(215, 501, false, 'Loadtest is not installed.'),
  rehearsal_running: spec(216, 409, true, 'A rehearsal runs already.'),
  rehearsal_none: spec(217, 409, false, 'No rehearsal runs.'),
  rehearsal_late: spec(218, 503, true, 'The rehearsal took too long.'),
  // Twitch
  twitch_off: spec(110, 501, false, 'This installation takes no identities of Twitch.'),
  twitch_token_malformed: spec(111, 401, false, 'The token is not one that Twitch gives an extension.'),
  twitch_token_forged: spec(112, 401, false, 'Twitch did not sign this token for this extension.'),
  twitch_token_expired: spec(113, 401, false, 'The token of Twitch is over; its helper hands out a new one.'),
  twitch_role: spec(114, 403, false, 'The role in the token of Twitch may not do this.'),
  twitch_channel_unlinked: spec(115, 404, true, 'The host has linked no event to this channel.'),
  twitch_key_needed: spec(116, 403, false, 'A channel is linked with the key that its broadcaster sees in the extension.'),
  // webhooks, and what shops report
  webhook_bad_request: spec(180, 400, false, 'The webhook is not of the right shape.'),
  webhook_unknown: spec(181, 404, false, 'No webhook of this workspace has this id.'),
  webhook_url_refused: spec(182, 400, false, 'Nothing is sent to this address.'),
  commerce_forged: spec(185, 401, false, 'No secret of this event or its workspace made this signature.'),
  commerce_clock: spec(186, 401, false, 'The timestamp of the message is not of now.'),
  commerce_bad_request: spec(187, 400, false, 'The report is not of the right shape.'),
  // keys of the overlay and of captions
  tier_unknown: spec(219, 404, false, 'No drop of this event names this tier.'),
  key_forbidden: spec(130, 403, false, 'This key does not open this, or it was taken back.'),
  caption_bad_request: spec(131, 400, false, 'The captions are not of the right shape.'),
  caption_flood: spec(132, 429, true, 'More captions than anybody could read; wait a little.'),
  caption_late: spec(133, 409, false, 'The time of this caption has passed.'),
  // store
  journal_fenced: spec(80, 503, true, 'Another life of the room holds its lease.'),
  journal_order: spec(81, 500, false, 'A tick was journalled out of order.'),
  journal_held: spec(83, 503, true, 'Another origin holds this room.'),
  store_unavailable: spec(82, 503, true, 'The store does not answer.'),
  ledger_frozen: spec(84, 503, true, 'Rewards wait until it is known that none was lost.'),
} as const satisfies Record<string, ErrorSpec>;

/** A stable error code. */
export type ErrorCode = keyof typeof ERRORS;

const byWire = new Map<number, ErrorCode>(Object.entries(ERRORS).map(([code, { wire }]) => [wire, code as ErrorCode]));

/** The code behind a wire number, or `internal` for a number of a later version. */
export const errorOfWire = (wire: number): ErrorCode => byWire.get(wire) ?? 'internal';

/** An error with a stable code; what its message says is for people. */
export class CrowdcueError extends Error {
  override readonly name = 'CrowdcueError';
  constructor(readonly code: ErrorCode, detail?: string, options?: { cause?: unknown }) {
    const said = ERRORS[code].message || code; // pages are built without the sentences (web/vite.config.ts)
    super(detail === undefined ? said : `${said} ${detail}`, options);
  }
  get retryable(): boolean {
    return ERRORS[this.code].retryable;
  }
  get http(): number {
    return ERRORS[this.code].http;
  }
  /** The JSON body of an HTTP answer. */
  toJSON(): { code: ErrorCode; error: string; retryable: boolean } {
    return { code: this.code, error: this.message, retryable: this.retryable };
  }
}
