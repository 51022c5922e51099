import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { decodeClock, encodeClock, FRAME } from '@crowdcue/protocol';
import { ConfigError, createRelay, readConfig } from '../src/index.js';
import { WireSocket } from '../src/wire-socket.js';
import { SECRET } from './support/fake-origin.js';
import { stage, until } from './support/harness.js';

const folder = mkdtempSync(join(tmpdir(), 'crowdcue-relay-tls-'));
const pair = (name: string) => ({ keyFile: join(folder, `${name}.key`), certFile: join(folder, `${name}.crt`) });

beforeAll(() => {
  for (const name of ['one', 'other']) {
    const { keyFile, certFile } = pair(name);
    execFileSync('openssl', [
      'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1', '-subj', '/CN=localhost', '-keyout', keyFile, '-out', certFile,
    ], { stdio: 'ignore' });
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a relay with a certificate', () => {
  it('[TLS1] serves WebSockets and HTTP over TLS, says so in its address, and nothing in plain text', async () => {
    const { relayWith, room } = await stage();
    const relay = await relayWith({ tls: pair('one'), relayId: 'r2' });
    expect(relay.url).toMatch(/^wss:\/\/127\.0\.0\.1:\d+$/);
    const codes: number[] = [];
    const socket = new WebSocket(`${relay.url}/live/show`, ['crowdcue.v1', `token.${room.token(7)}`, 'session.session-over-tls-01'], { rejectUnauthorized: false });
    socket.on('message', (data: Buffer) => codes.push(data[0]!));
    await until(() => codes.length >= 3, 'the first frames came');
    expect(codes.slice(0, 3)).toEqual([0x2a, 0x0a, 0x0e]);
    socket.terminate();
    await expect(fetch(`http://127.0.0.1:${relay.port}/health`)).rejects.toThrow();
  });

  it('[REL35] a link’s socket reads and writes over TLS, and trusts no certificate that nobody vouches for', async () => {
    const { relayWith, room } = await stage();
    const relay = await relayWith({ tls: pair('one'), relayId: 'r2' });
    const url = new URL(`${relay.url}/live/show`);
    const told = { messages: [] as Uint8Array[], ended: [] as number[] };
    const events = { message: (frame: Uint8Array) => void told.messages.push(frame.slice()), close: (code: number) => void told.ended.push(code) };
    const doubting = new WireSocket(url, events);
    await until(() => told.ended.length === 1, 'it is refused');
    expect([told.ended, doubting.isOpen]).toEqual([[1006], false]);
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    const socket = new WireSocket(url, events, { protocols: ['crowdcue.v1', `token.${room.token(8)}`, 'session.session-over-tls-02'] });
    await until(() => told.messages.length >= 3, 'the first frames came');
    vi.unstubAllEnvs();
    socket.send(encodeClock({ sent: 1 }));
    await until(() => told.messages.some((frame) => frame[0] === FRAME.clock && decodeClock(frame).sent === 1), 'an answer');
    socket.close();
    await until(() => told.ended.length === 2, 'a goodbye');
    expect(told.ended[1]).toBe(1000);
  });

  it('[TLS2] does not start with half a pair, a file that is not there, what is no PEM, or the key of another certificate', async () => {
    const config = { host: '127.0.0.1', port: 0, originUrl: 'http://127.0.0.1:1', relayId: 'r1', secret: SECRET, incarnation: 1 };
    const [one, other] = [pair('one'), pair('other')];
    const garbage = join(folder, 'garbage');
    writeFileSync(garbage, 'no pem');
    await expect(createRelay({ ...config, tls: { ...one, keyFile: join(folder, 'nowhere') } })).rejects.toThrow(/private key from .*nowhere$/);
    await expect(createRelay({ ...config, tls: { ...one, certFile: garbage } })).rejects.toThrow(/certificate from .*garbage$/);
    await expect(createRelay({ ...config, tls: { ...one, keyFile: other.keyFile } })).rejects.toThrow(/is not that of the certificate/);
    const env = { ORIGIN_URL: 'http://127.0.0.1:1', RELAY_ID: 'r1', RELAY_SECRET: 'x'.repeat(32) };
    expect(() => readConfig({ ...env, TLS_KEY_FILE: 'k' }, 1_000)).toThrow(new ConfigError('TLS_CERT_FILE is not set, but TLS_KEY_FILE is'));
    expect(() => readConfig({ ...env, TLS_CERT_FILE: 'c' }, 1_000)).toThrow(new ConfigError('TLS_KEY_FILE is not set, but TLS_CERT_FILE is'));
    expect(readConfig({ ...env, TLS_KEY_FILE: 'k', TLS_CERT_FILE: 'c' }, 1_000).tls).toEqual({ keyFile: 'k', certFile: 'c' });
  });
});
