/**
 * Socket.IO 4 as a peer, as it comes (on `ws`, without compression, pings every 25 s), WebSocket only, so that no client begins with
 * polling. Its message is a text event with 64 characters, one frame, broadcast to everybody at once; the time stands in it as digits.
 */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { now } from '../../clock.js';
import { BODY_BYTES } from './beat-state.js';
import { answerParent } from './child.js';
import { SOCKETIO_EVENT, SOCKETIO_TIME_DIGITS } from './dials.js';
import { metronome } from './metronome.js';
import { tlsOfEnv } from './tls-files.js';

let publishing = false;
let sent = 0;

const tls = tlsOfEnv();
const http = tls === undefined ? createServer() : createSecureServer({ key: readFileSync(tls.keyFile), cert: readFileSync(tls.certFile) });
const io = new Server(http, { transports: ['websocket'], serveClient: false });

const text = (): string => (now().toFixed(3).padStart(SOCKETIO_TIME_DIGITS, '0') + randomBytes(BODY_BYTES).toString('base64url')).slice(0, BODY_BYTES);

http.listen(0, '127.0.0.1', () => {
  metronome(Number(process.env['TICK_MS']), () => {
    if (!publishing) return;
    sent += io.of('/').sockets.size;
    io.emit(SOCKETIO_EVENT, text());
  });
  answerParent(`${tls === undefined ? 'http' : 'https'}://127.0.0.1:${(http.address() as AddressInfo).port}`, {
    publish: (on: boolean) => {
      publishing = on;
    },
    sent: () => sent, viewers: () => io.of('/').sockets.size,
  });
});
