/**
 * The floor: uWebSockets.js as it is, publishing one payload to one topic. What a relay's sockets are told is told these: no compression,
 * no pings by uWebSockets.js; and since nothing here pings its clients, no end of idle ones. The relay's own limits (64 KiB a message, its back pressure) are limits that nothing
 * here comes near, and its pings go to viewers at open and after 25 s: both are the relay's cost, not the floor's.
 */
import { randomBytes } from 'node:crypto';
import { FRAME } from '@crowdcue/protocol';
import uWS from 'uWebSockets.js';
import { now } from '../../clock.js';
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
