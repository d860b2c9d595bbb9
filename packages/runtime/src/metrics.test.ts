import { createMetrics } from './metrics';

describe('createMetrics', () => {
  it('writes what was measured under the prefix, beside the default metrics of Node', async () => {
    const metrics = createMetrics('avatarforge');
    metrics
      .counter({ name: 'claims_total', help: 'claims', labels: ['outcome'] })
      .inc({ outcome: 'won' });
    metrics.histogram({ name: 'run_seconds', help: 'runs', buckets: [1, 5] }).observe(3);
    metrics.gauge({
      name: 'waiting',
      help: 'shots',
      collect: (gauge) => {
        gauge.set(42);
      },
    });

    const text = await metrics.text();
    expect(text).toContain('avatarforge_claims_total{outcome="won"} 1');
    expect(text).toContain('avatarforge_run_seconds_bucket{le="5"} 1');
    expect(text).toContain('avatarforge_waiting 42');
    expect(text).toContain('avatarforge_process_cpu_seconds_total');
    expect(metrics.contentType).toMatch(/^text\/plain/);
  });

  it('keeps two registries apart', async () => {
    const metrics = createMetrics('avatarforge');
    metrics.counter({ name: 'claims_total', help: 'claims' }).inc();
    expect(await createMetrics('avatarforge').text()).not.toContain('claims_total');
  });
});
