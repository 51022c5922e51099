/** Entry of a crew's thread, or process. */
import { parentPort } from 'node:worker_threads';
import { Crew } from './crew.js';
import type { FromCrew, ToCrew } from './messages.js';

const PROGRESS_MS = 250;
/** From the process or thread that started this one. */
const tell = (message: FromCrew): void => {
  if (parentPort === null) process.send!(message);
  else parentPort.postMessage(message);
};
const end = (): void => {
  if (parentPort === null) process.disconnect();
  else parentPort.close();
};

let crew: Crew | undefined;
let timer: ReturnType<typeof setInterval> | undefined;

const receive = (message: ToCrew): unknown => {
  switch (message.kind) {
    case 'start': {
      const started = (crew = new Crew(message.options));
      timer = setInterval(() => tell({ kind: 'progress', progress: started.progress() }), PROGRESS_MS);
      return started.start();
    }
    case 'renew': return crew?.renew(message.tokens);
    case 'lose': return crew?.lose(message.relay);
    case 'rest': return crew?.rest();
    case 'report': return tell({ kind: 'report', report: crew!.report() });
    case 'stop':
      clearInterval(timer);
      crew?.stop();
      tell({ kind: 'stopped' });
      return setTimeout(end, 200); // the close frames leave first
  }
};
if (parentPort === null) process.on('message', receive).on('disconnect', () => process.exit());
else parentPort.on('message', receive);
