/** A load in a process of its own, on the core that is not the servers'. */
import { answerParent } from './child.js';
import { Load, type LoadOptions, type Volley } from './load.js';

let load: Load | undefined;
const present = (): Load => {
  if (load === undefined) throw new Error('no load was asked for');
  return load;
};

answerParent('', {
  open: (options: LoadOptions) => {
    load = new Load(options);
  },
  connect: ({ count, settled }: { count: number; settled: number }) => present().connect(count, settled),
  count: () => present().count(),
  ages: () => present().ages(),
  verdict: ({ reflection, truth }: { reflection: string; truth: { seq: number; json: string } }) =>
    present().seen!.verdict(Buffer.from(reflection, 'base64'), truth),
  fire: (volley: Volley) => present().fire(volley),
  close: () => present().close(),
});
