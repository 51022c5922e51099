import { WebSocket } from 'ws';

/** What a process holds, bytes, right after its rubbish was collected. */
export interface Held {
  readonly heapUsed: number;
  readonly external: number;
  readonly rss: number;
}

/** The inspector of another process of Node, to collect its rubbish and to read its memory. The process was started with `--inspect`. */
export class Inspector {
  #next = 1;
  readonly #asked = new Map<number, (result: { result?: { value?: unknown } }) => void>();

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => {
      const { id, result } = JSON.parse(data.toString()) as { id?: number; result?: { result?: { value?: unknown } } };
      if (id === undefined) return;
      this.#asked.get(id)?.(result ?? {});
      this.#asked.delete(id);
    });
  }

  static open(url: string): Promise<Inspector> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(url, { perMessageDeflate: false });
      socket.once('open', () => resolve(new Inspector(socket)));
      socket.once('error', reject);
    });
  }

  /** Collects twice: what the first time only loses its last reference is gone the second time. */
  async held(): Promise<Held> {
    for (let times = 0; times < 2; times++) await this.#ask('HeapProfiler.collectGarbage');
    const { result } = await this.#ask('Runtime.evaluate', { expression: 'JSON.stringify(process.memoryUsage())', returnByValue: true });
    return JSON.parse(String(result?.value)) as Held;
  }

  close(): void {
    this.socket.close();
  }

  #ask(method: string, params: object = {}): Promise<{ result?: { value?: unknown } }> {
    const id = this.#next++;
    return new Promise((resolve) => {
      this.#asked.set(id, resolve);
      this.socket.send(JSON.stringify({ id, method, params }));
    });
  }
}
