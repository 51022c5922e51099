/**
 * The floor: uWebSockets.js as it is, publishing one payload to one topic. What a relay's sockets are told is told these: no compression,
 * no pings by uWebSockets.js; and since nothing here pings its clients, no end of idle ones. The relay's own limits (64 KiB a message, its back pressure) are limits that nothing
 * here comes near, and its pings go to viewers at open and after 25 s: both are the relay's cost, not the floor's.
 */
import { randomBytes } from 'node:crypto';
import uWS from 'uWebSockets.js';
import { metronome } from './metronome.js';
import { answerParent } from './server-child.js';

let bytes = 0;

const app = uWS.App().ws('/*', {
  compression: uWS.DISABLED, idleTimeout: 0, sendPingsAutomatically: false, maxPayloadLength: 4096,
  open: (socket) => void socket.subscribe('all'),
  message: () => {},
});
app.listen('127.0.0.1', 0, (socket) => {
  if (socket === false) throw new Error('the bare server cannot listen');
  metronome(Number(process.env['TICK_MS']), () => {
    if (bytes > 0) app.publish('all', randomBytes(bytes), true);
  });
  answerParent(`ws://127.0.0.1:${uWS.us_socket_local_port(socket)}`, (wanted) => (bytes = wanted));
});
