import { createSign, generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

interface Asked {
  readonly redirect: string;
  readonly nonce: string;
  readonly account: string;
}

/** What a test changes of an answer. */
export interface TwitchManners {
  /** claims of the token that are otherwise than they should be */
  readonly claims?: Record<string, unknown>;
  /** Answers the question for a token itself. */
  readonly token?: (response: ServerResponse) => void;
}

/**
 * A stand-in for id.twitch.tv with the ways that Twitch documents for OpenID Connect: authorize (asks nobody, and is who the test says), token
 * (a code is good once, for its client and address; the scope is a list, as Twitch's), revoke.
 */
export class TwitchId {
  readonly clientId = 'abcdefghij1234567890klmnopqrst';
  readonly secret = 'secretsecretsecret123456789012';
  readonly calls: string[] = [];
  readonly revoked: string[] = [];
  manners: TwitchManners = {};
  readonly #codes = new Map<string, Asked>();
  #account: string | undefined = '1';

  private constructor(private readonly server: Server) {
    server.on('request', (request: IncomingMessage, response: ServerResponse) => void this.#answer(request, response));
  }

  static async start(): Promise<TwitchId> {
    const twitch = new TwitchId(createServer());
    await new Promise<void>((resolve) => twitch.server.listen(0, '127.0.0.1', resolve));
    return twitch;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/oauth2`;
  }

  /** An origin's environment. */
  get env(): Record<string, string> {
    return { TWITCH_SIGN_IN_CLIENT_ID: this.clientId, TWITCH_SIGN_IN_SECRET: this.secret, TWITCH_SIGN_IN_ISSUER: this.url };
  }

  /** Who signs in next. */
  as(account: string): void {
    this.#account = account;
  }

  /** Who is asked next says no. */
  refuse(): void {
    this.#account = undefined;
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => (this.server.listening ? this.server.close(() => resolve()) : resolve()));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url!, this.url);
    this.calls.push(`${request.method} ${pathname}`);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const form = new URLSearchParams(Buffer.concat(chunks).toString());
    switch (`${request.method} ${pathname}`) {
      case 'GET /oauth2/authorize': return this.#authorize(searchParams, response);
      case 'POST /oauth2/token': return this.#token(form, response);
      case 'POST /oauth2/revoke':
        this.revoked.push(`${form.get('client_id')} ${form.get('token')}`);
        return void response.writeHead(200).end();
      default: return void response.writeHead(404).end();
    }
  }

  #authorize(asked: URLSearchParams, response: ServerResponse): void {
    if (asked.get('client_id') !== this.clientId || asked.get('response_type') !== 'code' || asked.get('scope') !== 'openid') return void response.writeHead(400).end();
    const back = new URL(asked.get('redirect_uri')!);
    back.searchParams.set('state', asked.get('state')!);
    if (this.#account === undefined) {
      back.searchParams.set('error', 'access_denied');
      back.searchParams.set('error_description', 'The user denied you access');
    } else {
      const code = randomBytes(15).toString('hex');
      this.#codes.set(code, { redirect: asked.get('redirect_uri')!, nonce: asked.get('nonce')!, account: this.#account });
      back.searchParams.set('code', code);
      back.searchParams.set('scope', 'openid');
    }
    response.writeHead(302, { location: back.href }).end();
  }

  #token(form: URLSearchParams, response: ServerResponse): void {
    if (this.manners.token !== undefined) return this.manners.token(response);
    const answer = (status: number, body: unknown): void => void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (form.get('client_id') !== this.clientId || form.get('client_secret') !== this.secret) return answer(403, { status: 403, message: 'invalid client secret' });
    const asked = this.#codes.get(form.get('code') ?? '');
    if (asked === undefined || asked.redirect !== form.get('redirect_uri') || form.get('grant_type') !== 'authorization_code') return answer(400, { status: 400, message: 'Invalid authorization code' });
    this.#codes.delete(form.get('code')!);
    const now = Math.floor(Date.now() / 1000);
    const signed = `${part({ alg: 'RS256', typ: 'JWT', kid: '1' })}.${part({ iss: this.url, aud: this.clientId, azp: this.clientId, sub: asked.account, nonce: asked.nonce, exp: now + 900, iat: now, preferred_username: 'ada', ...this.manners.claims })}`;
    answer(200, { access_token: `access-of-${asked.account}`, expires_in: 14_000, id_token: `${signed}.${createSign('RSA-SHA256').update(signed).sign(privateKey, 'base64url')}`, refresh_token: 'r', scope: ['openid'], token_type: 'bearer' });
  }
}
