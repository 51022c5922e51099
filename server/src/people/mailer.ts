import { CrowdcueError } from '@crowdcue/protocol';
import { createTransport, type Transporter } from 'nodemailer';
import { isLoopback } from '../loopback.js';

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** Sends mail. */
export interface Mailer {
  /** Resolves when the mail server has taken the mail, or does not know the mailbox. Throws `mail_unavailable`. */
  send(mail: Mail): Promise<'sent' | 'refused'>;
  close(): void;
}

export interface SmtpMailerOptions {
  /** `smtp:` or `smtps:`, with user and password where they are needed. */
  readonly url: string;
  readonly from: string;
  /** ms that a send may take, so that whoever waits is answered; the mail may leave later all the same. */
  readonly patienceMs?: number;
  readonly logger: { warn(fields: object, message: string): void };
}

const PATIENCE_MS = 6_000; // under the 8 s that the SDK waits for any answer
const CONNECTIONS = 4;
/** Mails under way; past it a server that does not keep up is one that is away. */
const MOST_UNDER_WAY = 1_000;

/** Mail by SMTP over a few connections that are kept. Nothing of a mail or an address is logged: servers repeat both in what they say. */
export class SmtpMailer implements Mailer {
  readonly #transport: Transporter;
  readonly #patienceMs: number;
  #underWay = 0;

  constructor(private readonly options: SmtpMailerOptions) {
    const { protocol, hostname, port, username, password } = new URL(options.url);
    const secure = protocol === 'smtps:';
    this.#patienceMs = options.patienceMs ?? PATIENCE_MS;
    this.#transport = createTransport({
      host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? (secure ? 465 : 587) : Number(port), secure, pool: true, maxConnections: CONNECTIONS,
      // A password is never said in the open, whatever somebody between makes of the server's greeting.
      requireTLS: !secure && username !== '' && !isLoopback(hostname),
      ...(username === '' ? {} : { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
      connectionTimeout: this.#patienceMs, greetingTimeout: this.#patienceMs, socketTimeout: 5 * this.#patienceMs, disableFileAccess: true, disableUrlAccess: true,
    }, { from: options.from });
  }

  async send({ to, subject, text }: Mail): Promise<'sent' | 'refused'> {
    if (this.#underWay >= MOST_UNDER_WAY) throw new CrowdcueError('mail_unavailable');
    this.#underWay += 1;
    const sending = this.#transport.sendMail({ to: { name: '', address: to }, subject, text, headers: { 'Auto-Submitted': 'auto-generated' } })
      .then(() => 'sent' as const).finally(() => (this.#underWay -= 1));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(Object.assign(new Error(), { code: 'ELATE' })), this.#patienceMs);
    });
    try {
      return await Promise.race([sending, late]);
    } catch (error) {
      const { code, responseCode, command } = error as { code?: string; responseCode?: number; command?: string };
      // What a server says of one mailbox is nobody's business who asks us.
      if (code === 'EENVELOPE' && command === 'RCPT TO' && (responseCode ?? 0) >= 500) return 'refused';
      this.options.logger.warn({ code, responseCode, command }, 'a mail was not sent');
      throw new CrowdcueError('mail_unavailable');
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    this.#transport.close();
  }
}
