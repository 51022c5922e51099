/**
 * Whose account on Twitch somebody signed in to: OpenID Connect, authorization code flow, scope `openid` and nothing more. What Twitch says
 * comes from its own address over TLS, which is what OpenID Connect Core 3.1.3.7 asks instead of a look at the token's signature. No token
 * of Twitch is kept: the one that comes with the answer is revoked. Libraries refuse Twitch's answer, whose `scope` is a list.
 */
import { CrowdcueError } from '@crowdcue/protocol';
import { z } from 'zod';
import type { Clock } from '../clock.js';

export interface TwitchAccountsOptions {
  readonly clientId: string;
  readonly secret: string;
  /** Twitch's address, without a slash at the end. */
  readonly issuer: string;
  readonly clock: Pick<Clock, 'now'>;
  /** ms that an answer may take */
  readonly patienceMs?: number;
  readonly logger: { warn(fields: object, message: string): void };
}

const PATIENCE_MS = 5_000; // under the 8 s that a page waits for any answer
const ANSWER_BYTES = 64 * 1024;
/** How far Twitch's clock and ours may be apart, s. */
const LEEWAY_S = 60;

const answerShape = z.object({ id_token: z.string().max(8_192), access_token: z.string().max(1_024).optional() });
const claimsShape = z.object({ iss: z.string(), aud: z.string(), azp: z.string().optional(), exp: z.number(), nonce: z.string(), sub: z.string().regex(/^\d{1,32}$/) });

type Claims = z.infer<typeof claimsShape>;

export class TwitchAccounts {
  constructor(private readonly options: TwitchAccountsOptions) {}

  /** Where somebody signs in; Twitch sends them to `redirect` with a code and `state`. */
  authorizationUrl(redirect: string, state: string, nonce: string): string {
    const { issuer, clientId } = this.options;
    return `${issuer}/authorize?${new URLSearchParams({ response_type: 'code', client_id: clientId, redirect_uri: redirect, scope: 'openid', state, nonce })}`;
  }

  /**
   * The number of the account behind a code, which is good for one answer.
   * @throws CrowdcueError `sign_in_over` for a code that Twitch does not know, or no more; `sign_in_unavailable` when it says nothing of use
   */
  async accountOf(code: string, redirect: string, nonce: string): Promise<string> {
    const claims = await this.#claimsOf(code, redirect).catch((error: unknown) => {
      if (error instanceof CrowdcueError) throw error;
      this.options.logger.warn({ why: whyOf(error) }, 'nobody can be signed in with Twitch: it does not answer as it should');
      throw new CrowdcueError('sign_in_unavailable');
    });
    if (claims.nonce !== nonce) throw new CrowdcueError('sign_in_over'); // a code of another sign-in
    return claims.sub;
  }

  async #claimsOf(code: string, redirect: string): Promise<Claims> {
    const { issuer, clientId, secret, clock } = this.options;
    const response = await this.#post('token', { client_id: clientId, client_secret: secret, code, grant_type: 'authorization_code', redirect_uri: redirect });
    const text = await textOf(response);
    if (response.status === 400) throw new CrowdcueError('sign_in_over');
    if (response.status !== 200) throw new Error(`HTTP ${response.status}`);
    const { id_token: idToken, access_token: token } = answerShape.parse(JSON.parse(text));
    if (token !== undefined) void this.#post('revoke', { client_id: clientId, token }).then((done) => done.body?.cancel()).catch(() => undefined);
    const claims = claimsShape.parse(JSON.parse(Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString()));
    const ours = claims.iss === issuer && claims.aud === clientId && (claims.azp ?? clientId) === clientId;
    if (!ours || claims.exp + LEEWAY_S <= clock.now() / 1000) throw new Error('not a token for this client, or one that is over');
    return claims;
  }

  #post(path: string, form: Record<string, string>): Promise<Response> {
    return fetch(`${this.options.issuer}/${path}`, { method: 'POST', body: new URLSearchParams(form), redirect: 'error', signal: AbortSignal.timeout(this.options.patienceMs ?? PATIENCE_MS) });
  }
}

/** Nothing of a secret, code or token stands in it. */
const whyOf = (error: unknown): string => {
  const { name, message, cause } = error as Error & { cause?: { code?: string } };
  return cause?.code ?? (name === 'Error' ? message : name);
};

const textOf = async (response: Response): Promise<string> => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    if ((size += chunk.length) > ANSWER_BYTES) throw new Error('too long an answer');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
};
