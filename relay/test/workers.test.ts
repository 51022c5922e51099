import { describe, expect, it } from 'vitest';
import { Gathering, joinMetrics } from '../src/workers-metrics.js';

describe('metrics of workers', () => {
  it('[WRK1] are joined by family, each sample with its worker', () => {
    const text = (n: number): string => `# HELP a_total What it counts.\n# TYPE a_total counter\na_total ${n}\na_total{code="x{}"} ${n + 1}\n\n# HELP b Empty braces.\n# TYPE b gauge\nb{} 1e+3\n`;
    expect(joinMetrics(new Map([['1', text(1)], ['2', text(5)]]))).toBe(`# HELP a_total What it counts.
# TYPE a_total counter
a_total{worker="1"} 1
a_total{worker="1",code="x{}"} 2
a_total{worker="2"} 5
a_total{worker="2",code="x{}"} 6
# HELP b Empty braces.
# TYPE b gauge
b{worker="1"} 1e+3
b{worker="2"} 1e+3
`);
    expect(joinMetrics(new Map())).toBe('');
  });

  it('[WRK1] do not wait for a worker that has gone, and take each answer once', async () => {
    const gathering = new Gathering();
    let asked = 0;
    const texts = gathering.ask(['1', '2', '3'], (ask) => { asked = ask; });
    gathering.got('1', asked, 'one');
    gathering.got('1', asked, 'again');
    gathering.got('1', asked + 1, 'another question');
    gathering.gone('2');
    gathering.got('3', asked, 'three');
    expect([...await texts]).toEqual([['1', 'one'], ['3', 'three']]);
    expect((await gathering.ask([], () => undefined)).size).toBe(0);
  });
});
