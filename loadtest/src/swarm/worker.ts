/** Entry of a crew's thread. */
import { parentPort } from 'node:worker_threads';
import { Crew } from './crew.js';
import type { FromCrew, ToCrew } from './messages.js';

const PROGRESS_MS = 250;
const port = parentPort!;
const tell = (message: FromCrew, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer);

let crew: Crew | undefined;
let timer: ReturnType<typeof setInterval> | undefined;

port.on('message', (message: ToCrew) => {
  switch (message.kind) {
    case 'start': {
      const started = (crew = new Crew(message.options));
      timer = setInterval(() => tell({ kind: 'progress', progress: started.progress() }), PROGRESS_MS);
      return started.start();
    }
    case 'rest': return crew?.rest();
    case 'report': {
      const report = crew!.report();
      return tell({ kind: 'report', report }, [report.stamps.buffer as ArrayBuffer]);
    }
    case 'stop':
      clearInterval(timer);
      crew?.stop();
      tell({ kind: 'stopped' });
      return setTimeout(() => port.close(), 200).unref() as never; // the close frames leave first
  }
});
