/**
 * The floor: uWebSockets.js as it is, publishing one payload to one topic. What a relay's sockets are told is told these: no compression,
 * no pings by uWebSockets.js; and since nothing here pings its clients, no end of idle ones. The relay's own limits (64 KiB a message, its back pressure) are limits that nothing
 * here comes near, and its pings go to viewers at open and after 25 s: both are the relay's cost, not the floor's.
 *
 * With a door key it also has a relay's address, where it does the least that letting somebody in can be: read the token and check it as
 * a relay does, and say the three frames in the write that answers the upgrade. It knows no seats, no room, no place and no limits.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { CLOSE, FRAME, SUBPROTOCOL, verifyToken } from '@crowdcue/protocol';
import uWS from 'uWebSockets.js';
import { now, wall } from '../../clock.js';
import { BODY_BYTES, BODY_TIME_AT } from './beat-state.js';
import { answerParent } from './child.js';
import { userSpace } from './memory-use.js';
import { metronome } from './metronome.js';
import { tlsOfEnv } from './tls-files.js';

let publishing = false;
let sent = 0;

const tls = tlsOfEnv();
const app = (tls === undefined ? uWS.App() : uWS.SSLApp({ key_file_name: tls.keyFile, cert_file_name: tls.certFile })).ws('/*', {
  compression: uWS.DISABLED, idleTimeout: 0, sendPingsAutomatically: false, maxPayloadLength: 4096,
  open: (socket) => void socket.subscribe('all'),
  message: () => {},
});

const doorKey = Buffer.from(process.env['BENCH_DOOR_KEY'] ?? '', 'base64url');
const hmac = (text: string): string => createHmac('sha256', doorKey).update(text).digest('base64url');
const equal = (a: string, b: string): boolean => a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
const decode = (text: string): string => Buffer.from(text, 'base64url').toString();
const genuine = (token: string | undefined, event: string): boolean => {
  try {
    return verifyToken(token, hmac, event, wall() / 1000, equal, decode).evt === event;
  } catch {
    return false;
  }
};
/** About as long as a relay's first three. */
const FIRST_FRAMES = ([[FRAME.welcome, 24], [FRAME.joinRoom, 300], [FRAME.roomState, 80]] as const).map(([code, length]) => {
  const frame = randomBytes(length);
  frame[0] = code;
  return frame;
});
if (doorKey.length > 0) {
  app.ws<{ event: string; protocols: string }>('/live/:event', {
    compression: uWS.DISABLED, idleTimeout: 0, sendPingsAutomatically: false, maxPayloadLength: 4096,
    upgrade: (res, req, context) => {
      const protocols = req.getHeader('sec-websocket-protocol');
      res.upgrade({ event: req.getParameter(0)!, protocols }, req.getHeader('sec-websocket-key'), SUBPROTOCOL, req.getHeader('sec-websocket-extensions'), context);
    },
    open: (socket) => {
      const { event, protocols } = socket.getUserData();
      if (!genuine(/token\.([^, ]+)/.exec(protocols)?.[1], event)) return socket.end(CLOSE.token_rejected, 'token_forged');
      for (const frame of FIRST_FRAMES) socket.send(frame, true);
      socket.subscribe('all');
    },
  });
}

/** As long as the others' frames: a byte of code and a patch, whose time stands where theirs does. */
const payload = (): Buffer => {
  const bytes = randomBytes(1 + BODY_BYTES);
  bytes[0] = FRAME.roomStatePatch;
  bytes.writeDoubleLE(now(), 1 + BODY_TIME_AT);
  return bytes;
};

app.listen('127.0.0.1', 0, (socket) => {
  if (socket === false) throw new Error('the bare server cannot listen');
  metronome(Number(process.env['TICK_MS']), () => {
    if (!publishing) return;
    app.publish('all', payload(), true);
    sent += app.numSubscribers('all');
  });
  answerParent(`${tls === undefined ? 'ws' : 'wss'}://127.0.0.1:${uWS.us_socket_local_port(socket)}`, {
    publish: (on: boolean) => {
      publishing = on;
    },
    sent: () => sent, viewers: () => app.numSubscribers('all'), memory: userSpace,
  });
});
