import { encodeRoomData, FRAME, type Tier } from '@crowdcue/protocol';
import { Feed } from '../../src/feed.js';
import { Metrics } from '../../src/metrics.js';
import { Outlet } from '../../src/outlet.js';
import type { Viewer } from '../../src/viewers.js';
import { FakeApp, FakeSocket, viewerOn } from './fake-sockets.js';

interface Seen { readonly at: number; readonly ticks: readonly number[]; readonly keyframe: boolean }

/** A feed whose room and clock are cranked by hand; patches and keyframes are the number of their tick. */
export const stand = () => {
  const app = new FakeApp();
  const metrics = new Metrics();
  let now = 1_000;
  let subs = 0;
  let tick = 0;
  const feed = new Feed('room', new Outlet(app as never, metrics), metrics, () => now);
  const bytes = (n: number): Uint8Array => new Uint8Array(new Uint32Array([n]).buffer);
  const s = {
    app, feed, metrics,
    get now() { return now; },
    get tick() { return tick; },
    keyframe: () => feed.keyframe({ epoch: 1, tick, eventTime: now, body: bytes(tick) }),
    /** A link greets at `to`. */
    greet: (to: number, shifted = false) => {
      tick = to;
      feed.awaitKeyframe();
      s.keyframe();
      feed.tick(tick, new Uint8Array(0), false, shifted);
    },
    /** One tick, 50 ms after what was before it unless said; `privates` are of it. */
    crank: (shifted: boolean, { in: after = 50, mark = false, size = 4, age = 0, privates = [] as readonly { viewer: Viewer; value: number; key?: number; timed?: boolean }[] } = {}) => {
      now += after;
      tick++;
      for (const { viewer, value, key = 1, timed = true } of privates) feed.private(viewer, key, me(value), timed, tick);
      const body = new Uint8Array(size);
      body.set(bytes(tick));
      feed.tick(tick, body, mark, shifted, age);
      return tick;
    },
    /** Time in which nothing happens at all. */
    pass: (ms: number) => { now += ms; },
    /** Time without ticks. */
    wait: (ms: number) => { for (let past = 0; past < ms; past += 50) { now += 50; feed.beat(now); } },
    viewer: (delay = 0, tier: Tier = 0, sub = ++subs) => {
      const frames: Seen[] = [];
      const told: { at: number; frame: Uint8Array }[] = [];
      const socket = new FakeSocket(app, (frame) => {
        if (frame[0] !== FRAME.roomState && frame[0] !== FRAME.roomStatePatch) return void told.push({ at: now, frame });
        const view = new DataView(frame.buffer, frame.byteOffset);
        const ticks: number[] = [];
        for (let at = 1; at < frame.length; at += frame.length > 50_000 ? frame.length : 6) ticks.push(view.getUint32(at, true));
        frames.push({ at: now, ticks, keyframe: frame[0] === FRAME.roomState });
      });
      const viewer = viewerOn(socket, sub);
      viewer.delay = delay;
      viewer.tier = tier;
      feed.enter(viewer, [], [], undefined);
      return { viewer, socket, frames, told, get has() { return frames.at(-1)?.ticks.at(-1); } };
    },
  };
  s.keyframe();
  feed.tick(0, new Uint8Array(0), false, false);
  return s;
};
/** Private state with a value. */
export const me = (n: number): Uint8Array => encodeRoomData('__me', new Uint8Array([n]));
/** The value of the last private state. */
export const lastTold = (told: readonly { frame: Uint8Array }[]): number | undefined => told.at(-1)?.frame.at(-1);
