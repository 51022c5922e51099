/** The sizes and rates that both ends of a wire hold each other to. Every constant says its unit and why it is what it is. */

export const LIMITS = {
  /** Bytes of one frame from a viewer: an action is under 20, the rest is for a stock client's message. */
  viewerFrameBytes: 4 * 1024,
  /** Frames a second from one viewer, over a second and a half; past it the connection is closed as a flood. */
  viewerFramesPerSecond: 200,
  /** Actions a second from one viewer that are passed on (the SDK joins taps, so 20 is ten fingers); past it each is refused. */
  viewerActionsPerSecond: 20,
  /** Requests a second from one viewer that a room serves (its drops, a claim); past it each is rejected with `too_many_requests`. */
  viewerRequestsPerSecond: 10,
  /** Bytes of a session id: 16 random bytes in base64url are 22. */
  sessionIdBytes: 32,
  /** Bytes of a token: ours are about 330. */
  tokenBytes: 1024,
  /** Bytes of one link frame, either way (a keyframe of a large room is the largest). */
  linkFrameBytes: 8 * 1024 * 1024,
  /** Connections of one relay to one room: a slot is an index that the origin makes tables by. Fifty times what a process may open. */
  linkSlots: 1_048_576,
  /** Actions in one batch; a relay with more sends several. */
  batchActions: 65_536,
  /** Unacknowledged bytes a channel: about 20 s of 20,000 actions a second; past it new actions are refused, retryable. */
  channelUnackedBytes: 4 * 1024 * 1024,
  /** Bytes waiting for a viewer past which it leaves the fan-out until it has drained: about 2 s of patches. */
  viewerLowMarkBytes: 64 * 1024,
  /** Bytes waiting for a viewer past which it is evicted. */
  viewerHighMarkBytes: 512 * 1024,
  /** Milliseconds that a viewer may stay behind before it is evicted. */
  viewerBehindMs: 30_000,
  /** Milliseconds between keyframes that the origin sends unasked, while the state changes. */
  keyframeMs: 5_000,
  /** Milliseconds of patches that a relay keeps beyond the last keyframe: the longest write period, 1 s, and as much again. */
  logSlackMs: 2_000,
  /** Milliseconds by which a picture may be late at most, whatever an event allows. */
  delayMs: 30_000,
  /** Width of a cohort's bucket, ms: delays are rounded up to it. */
  cohortBucketMs: 250,
  /** Cohorts of a channel at most, the one of no delay left out; past it a delay is rounded up to one that is there, or to the longest. */
  cohorts: 64,
  /** Milliseconds of round trip that count for a viewer at most (satellite links are above; they may lose a little). */
  rttCreditMs: 300,
  /** Below human reaction: an answer faster than this counts as this. */
  reactionFloorMs: 100,
  /** Milliseconds that a round may last. */
  roundMs: 90_000,
  /** The largest integer of an action's `value`. */
  actionValue: 0xffff_ffff,
} as const;
