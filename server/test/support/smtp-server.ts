import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  /** As it was written, headers and all. */
  readonly raw: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly subject: string;
  readonly text: string;
  /** The six digits on a line of their own. */
  readonly code: string;
}

/** How the server answers to each command; undefined: as a good one does. `silent` says nothing at all. */
export type Manners = 'good' | 'silent' | 'closing' | 'garbage' | 'no-mailbox' | 'busy' | 'no-data' | 'needs-tls';

/** A real SMTP receiver on loopback, as small as one can be. */
export class SmtpServer {
  readonly mails: ReceivedMail[] = [];
  manners: Manners = 'good';
  connections = 0;
  readonly #sockets = new Set<Socket>();
  readonly #server: Server = createServer((socket) => this.#serve(socket));
  #waiting: (() => void)[] = [];

  static async start(): Promise<SmtpServer> {
    const smtp = new SmtpServer();
    await new Promise<void>((resolve) => smtp.#server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => smtp.stop());
    return smtp;
  }

  get url(): string {
    return `smtp://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The newest mail, once there are `count`. */
  async mail(count: number): Promise<ReceivedMail> {
    while (this.mails.length < count) await new Promise<void>((wake) => this.#waiting.push(wake));
    return this.mails[count - 1]!;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(socket: Socket): void {
    this.connections += 1;
    this.#sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => this.#sockets.delete(socket));
    const say = (line: string): void => void socket.write(`${line}\r\n`);
    if (this.manners === 'silent') return;
    if (this.manners === 'closing') return void socket.end();
    say(this.manners === 'garbage' ? '\u0000\u0001 what is this' : '220 here');
    let [from, to, data, text]: [string, string[], boolean, string] = ['', [], false, ''];
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1');
      for (;;) {
        const end = data ? text.indexOf('\r\n.\r\n') : text.indexOf('\r\n');
        if (end < 0) return;
        const line = text.slice(0, end);
        text = text.slice(end + (data ? 5 : 2));
        if (data) {
          data = false;
          this.#took({ from, to, raw: line.replaceAll('\r\n..', '\r\n.') });
          say('250 taken');
          [from, to] = ['', []];
        } else if (/^EHLO/i.test(line)) say('250 here');
        else if (/^MAIL FROM:/i.test(line)) [from] = [/<(.*)>/.exec(line)![1]!, say('250 fine')];
        else if (/^RCPT TO:/i.test(line)) {
          if (this.manners === 'no-mailbox') say(`550 no such mailbox ${line}`);
          else if (this.manners === 'busy') say(`451 come back later, ${line}`);
          else [to] = [[...to, /<(.*)>/.exec(line)![1]!], say('250 fine')];
        } else if (/^DATA/i.test(line)) {
          if (this.manners === 'no-data') say('554 not this one');
          else [data] = [true, say('354 go on')];
        } else if (/^QUIT/i.test(line)) socket.end('221 bye\r\n');
        else say(/^(RSET|NOOP)/i.test(line) ? '250 fine' : '502 what');
      }
    });
  }

  #took({ from, to, raw }: { from: string; to: readonly string[]; raw: string }): void {
    const [head = '', ...rest] = raw.split('\r\n\r\n');
    const headers = new Map(head.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n').map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]));
    const text = bodyOf(rest.join('\r\n\r\n'), headers.get('content-transfer-encoding') ?? '7bit');
    this.mails.push({ from, to, raw, headers, subject: wordsOf(headers.get('subject') ?? ''), text, code: /^ {4}(\d{6})\s*$/m.exec(text)?.[1] ?? '' });
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

const quoted = (text: string): Buffer => Buffer.from(text.replaceAll(/=([\dA-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))), 'latin1');

const bodyOf = (body: string, encoding: string): string => {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8');
  return encoding === 'quoted-printable' ? quoted(body.replaceAll('=\r\n', '')).toString('utf8') : body;
};

/** RFC 2047. */
const wordsOf = (subject: string): string => Buffer.concat([...subject.matchAll(/=\?utf-8\?([bq])\?([^?]*)\?=|[^=]+?(?==\?|$)/gi)]
  .filter(([whole]) => whole.trim() !== '')
  .map(([whole, kind, text]) => (kind === undefined ? Buffer.from(whole) : kind.toLowerCase() === 'b' ? Buffer.from(text!, 'base64') : quoted(text!.replaceAll('_', ' '))))).toString('utf8');
