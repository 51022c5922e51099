/**
 * A live stream whose picture says what event time it is of. The test draws each frame, 25 a second, as bars of a number; ffmpeg encodes
 * and packages them as HLS with program dates; a server on loopback hands them out, together with the viewer's page. The packager's
 * clock is made wrong on purpose, and a second playlist also carries marks of event time.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A bar a bit: a number of 24 bits, in units of 10 ms, and the sum of its bytes. */
const BARS = 32;
const BAR = 8;
const HEIGHT = 32;
export const PICTURE = { bars: BARS, bar: BAR, height: HEIGHT, unitMs: 10 } as const;
const FPS = 25;
/** Frames of a segment: a second. */
const SEGMENT = FPS;
const DARK = 16;
const LIGHT = 235;

const programs = (process.env['PATH'] ?? '').split(':').map((folder) => join(folder, 'ffmpeg'));

/** Where ffmpeg is: `CROWDCUE_FFMPEG`, else on the path. */
export const ffmpegCandidates = [process.env['CROWDCUE_FFMPEG'], ...programs].filter((path): path is string => path !== undefined && path !== '');

const HLS = fileURLToPath(new URL('../../../node_modules/hls.js/dist/hls.min.js', import.meta.url));
const TYPES: Readonly<Record<string, string>> = { m3u8: 'application/vnd.apple.mpegurl', ts: 'video/mp2t', js: 'text/javascript', html: 'text/html' };

const frameOf = (eventTime: number): Uint8Array => {
  const value = Math.floor(eventTime / PICTURE.unitMs) & 0xff_ffff;
  const sum = ((value & 0xff) + ((value >> 8) & 0xff) + (value >> 16)) & 0xff;
  const row = new Uint8Array(BARS * BAR);
  for (let bit = 0; bit < BARS; bit++) row.fill(((bit < 24 ? value >> bit : sum >> (bit - 24)) & 1) === 1 ? LIGHT : DARK, bit * BAR, (bit + 1) * BAR);
  const frame = new Uint8Array(row.length * HEIGHT);
  for (let y = 0; y < HEIGHT; y++) frame.set(row, y * row.length);
  return frame;
};

export interface StreamOptions {
  readonly ffmpeg: string;
  /** Event time now, ms. */
  readonly eventTime: () => number;
  /** By how much the packager's clock is ahead, ms. */
  readonly aheadMs: number;
  /** The page that `/` answers. */
  readonly page: string;
}

export class LiveStream {
  #frames = 0;
  #timer: NodeJS.Timeout | undefined;
  /** Event time of the first frame. */
  #first = 0;
  #said = '';

  private constructor(private readonly options: StreamOptions, private readonly folder: string, private readonly child: ChildProcess, private readonly server: Server) {}

  static async start(options: StreamOptions): Promise<LiveStream> {
    const folder = await mkdtemp(join(tmpdir(), 'crowdcue-stream-'));
    const child = spawn(options.ffmpeg, [
      '-hide_banner', '-loglevel', 'error', '-probesize', '32', '-f', 'rawvideo', '-pix_fmt', 'gray', '-video_size', `${BARS * BAR}x${HEIGHT}`, '-framerate', String(FPS), '-i', 'pipe:0',
      '-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-crf', '18', '-pix_fmt', 'yuv420p', '-g', String(SEGMENT), '-keyint_min', String(SEGMENT), '-sc_threshold', '0',
      '-f', 'hls', '-hls_time', '1', '-hls_list_size', '30', '-hls_flags', 'program_date_time+independent_segments+temp_file', '-hls_segment_filename', join(folder, 's%d.ts'), join(folder, 'live.m3u8'),
    ], { stdio: ['pipe', 'ignore', 'pipe'] });
    const server = createServer();
    const stream = new LiveStream(options, folder, child, server);
    child.stderr!.on('data', (said: Buffer) => (stream.#said += String(said)));
    child.stdin!.on('error', () => undefined); // it ended: `stop`, or a complaint that stands in `said`
    server.on('request', (request, response) => {
      stream.#answer(new URL(request.url ?? '/', 'http://stream')).then(
        ([type, body]) => response.writeHead(200, { 'content-type': TYPES[type]!, 'cache-control': 'no-store', 'access-control-allow-origin': '*' }).end(body),
        () => response.writeHead(404).end(),
      );
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    stream.#draw();
    return stream;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** What ffmpeg complained of. */
  get said(): string {
    return this.#said;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.server.closeAllConnections();
    this.server.close();
    if (this.child.exitCode === null) {
      this.child.kill('SIGKILL');
      await once(this.child, 'exit');
    }
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Draws every frame that is due, each with its own time: a late timer makes no frame late in the stream. */
  #draw(): void {
    this.#first = this.options.eventTime();
    const due = (): void => {
      for (; this.#timeOf(this.#frames) <= this.options.eventTime(); this.#frames++) this.child.stdin!.write(frameOf(this.#timeOf(this.#frames)));
    };
    this.#timer = setInterval(due, 1000 / FPS / 2);
    due();
  }

  #timeOf(frame: number): number {
    return this.#first + (frame * 1000) / FPS;
  }

  async #answer({ pathname }: URL): Promise<[type: string, body: string | Buffer]> {
    if (pathname === '/') return ['html', this.options.page];
    if (pathname === '/hls.js') return ['js', await readFile(HLS)];
    if (/^\/(live|marked)\.m3u8$/.test(pathname)) return ['m3u8', this.#playlist(await readFile(join(this.folder, 'live.m3u8'), 'utf8'), pathname.startsWith('/marked'))];
    if (/^\/s\d+\.ts$/.test(pathname)) return ['ts', await readFile(join(this.folder, pathname.slice(1)))];
    throw new Error('no such file');
  }

  /** What ffmpeg wrote, by a clock that is ahead; with a mark of event time for the first frame of every fourth segment. */
  #playlist(written: string, marked: boolean): string {
    let segment = Number(/#EXT-X-MEDIA-SEQUENCE:(\d+)/.exec(written)?.[1] ?? 0);
    return written.split('\n').flatMap((line) => {
      const date = /^#EXT-X-PROGRAM-DATE-TIME:(.*)$/.exec(line)?.[1];
      if (date === undefined) return [line];
      const shown = new Date(Date.parse(date.replace(/([+-]\d\d)(\d\d)$/, '$1:$2')) + this.options.aheadMs).toISOString();
      const at = segment++;
      const mark = `#EXT-X-DATERANGE:ID="mark-${at}",START-DATE="${shown}",X-CROWDCUE-TIME="${Math.round(this.#timeOf(at * SEGMENT))}"`;
      return [`#EXT-X-PROGRAM-DATE-TIME:${shown}`, ...(marked && at % 4 === 0 ? [mark] : [])];
    }).join('\n');
  }
}
