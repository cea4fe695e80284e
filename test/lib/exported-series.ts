import { registerLiveGauges } from '../../packages/bot/src/http/live-gauges.ts';
import { createMetrics } from '../../packages/bot/src/http/metrics.ts';

/** Every name `/metrics` can show, with the labels it has there. */
export const exportedSeries = async (): Promise<ReadonlyMap<string, ReadonlySet<string>>> => {
  using metrics = createMetrics();
  registerLiveGauges(metrics.registry, {
    voxprocs: () => [],
    health: () => ({
      alive: true,
      ready: true,
      problems: [],
      version: '0',
      uptimeSeconds: 0,
      gateway: 'Ready',
      sessions: 0,
      recordings: 0,
      muxQueue: 0,
      store: { driver: 'node', pending: 0, dropped: 0, failures: 0 },
      freeBytes: 1,
    }),
  });
  const series = new Map<string, ReadonlySet<string>>();
  const types = new Map((await metrics.registry.getMetricsAsJSON()).map(({ name, type }) => [name, String(type)]));
  for (const metric of metrics.registry.getMetricsAsArray()) {
    const labels: readonly string[] = Reflect.get(metric, 'labelNames') ?? [];
    series.set(metric.name, new Set(labels));
    if (types.get(metric.name) !== 'histogram') continue;
    series.set(`${metric.name}_bucket`, new Set([...labels, 'le']));
    for (const suffix of ['_sum', '_count']) series.set(`${metric.name}${suffix}`, new Set(labels));
  }
  return series;
};
