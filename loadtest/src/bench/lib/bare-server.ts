/** The floor: uWebSockets.js as it is, publishing one payload to one topic. */
import { randomBytes } from 'node:crypto';
import uWS from 'uWebSockets.js';
import { answerParent } from './server-child.js';

const tickMs = Number(process.env['TICK_MS']);
let bytes = 0;

const app = uWS.App().ws('/*', {
  compression: uWS.DISABLED, idleTimeout: 120, maxPayloadLength: 4096,
  open: (socket) => void socket.subscribe('all'),
  message: () => {},
});
app.listen('127.0.0.1', 0, (socket) => {
  if (socket === false) throw new Error('the bare server cannot listen');
  setInterval(() => {
    if (bytes > 0) app.publish('all', randomBytes(bytes), true);
  }, tickMs);
  answerParent(`ws://127.0.0.1:${uWS.us_socket_local_port(socket)}`, (wanted) => (bytes = wanted));
});
