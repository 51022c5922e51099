import { describe, expect, it } from 'vitest';
import { Metrics } from '../src/metrics.js';

describe('counters of every tick', () => {
  it('[REL33] tell at each scrape what was counted up to it', async () => {
    const metrics = new Metrics();
    const told = async (): Promise<string | undefined> => /^crowdcue_relay_patch_bytes_total (\d+)$/m.exec(await metrics.registry.metrics())?.[1];
    expect(await told()).toBe('0');
    metrics.patchBytes.inc(64);
    metrics.patchBytes.inc(1);
    expect(await told()).toBe('65');
    expect(await told()).toBe('65');
    metrics.patchBytes.inc(5);
    expect(await told()).toBe('70');
  });
});
