import { describe, expect, it } from 'vitest';
import { findToxiproxy } from '../../src/chaos/toxiproxy.js';
import { holds, run } from '../support/chaos-run.js';

describe('a crowd that plays while networks, links and relays fail', { timeout: 180_000 }, () => {
  it('[CHA3] viewers\' networks bad, cut and half-open, links bad and half-open, relays killed and paused: confirmed = applied, the result is its journal\'s', async () => {
    holds(await run({ faultMs: 3_000, faults: ['bad-network', 'viewers-cut', 'viewers-half-open', 'link-bad', 'link-half-open', 'relay-killed', 'relay-paused'] }));
  });

  it('[CHA4] links cut for 30 s: viewers stay connected, everything that they did meanwhile is applied once', async () => {
    const verdict = await run({ faultMs: 30_000, faults: ['link-cut'] });
    holds(verdict);
    expect(verdict.report.reconnects).toBe(0);
  });

  it.skipIf(findToxiproxy() === undefined)('[CHA3] the same through a real Toxiproxy', async () => {
    holds(await run({ faultMs: 3_000, faults: ['bad-network', 'viewers-cut', 'viewers-half-open', 'link-bad', 'link-cut'], toxiproxy: findToxiproxy()! }));
  });
});
