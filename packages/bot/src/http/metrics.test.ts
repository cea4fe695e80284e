import assert from 'node:assert/strict';
import { test } from 'node:test';
import { registerLiveGauges } from './live-gauges.ts';
import { createMetrics } from './metrics.ts';

const value = (text: string, series: string): number =>
  Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${series} `))
      ?.split(' ')[1] ?? Number.NaN,
  );

test('packets of every recording add up; what is taken back is counted once', async () => {
  using metrics = createMetrics();
  metrics.observePackets('a', { received: 10, written: 8, lost: 1, dropped: { late: 2 } });
  metrics.observePackets('a', { received: 15, written: 12, lost: 1, dropped: { late: 2, duplicate: 1 } });
  metrics.observePackets('b', { received: 100, written: 100, lost: 0, dropped: {} });
  metrics.observePackets('a', { received: 12, written: 12, lost: 1, dropped: {} });
  metrics.observePackets('a', { received: 16, written: 12, lost: 1, dropped: { late: 3 } });
  metrics.forgetPackets('b');
  metrics.observePackets('b', { received: 1, written: 1, lost: 0, dropped: {} });
  const text = await metrics.registry.metrics();
  assert.equal(value(text, 'parley_packets_received_total'), 117);
  assert.equal(value(text, 'parley_packets_written_total'), 113);
  assert.equal(value(text, 'parley_packets_lost_total'), 1);
  assert.equal(value(text, 'parley_packets_dropped_total{reason="late"}'), 3);
  assert.equal(value(text, 'parley_packets_dropped_total{reason="duplicate"}'), 1);
});

test('two supervisors in one process have series of their own, and no label names an id', async () => {
  using first = createMetrics();
  using second = createMetrics();
  first.sessions.set(2);
  second.sessions.set(5);
  assert.equal(value(await first.registry.metrics(), 'parley_sessions'), 2);
  const labels = (await second.registry.getMetricsAsJSON()).flatMap(({ values }) =>
    values.flatMap((entry) => Object.keys(entry.labels)),
  );
  for (const label of labels) assert.doesNotMatch(label, /id$/i);
});

test('how things stand is asked at each scrape: the worst of the audio processes, and the sum of what they hold', async () => {
  using metrics = createMetrics();
  const figures = {
    rssBytes: 50_000_000,
    loopDelayP99Ms: 2,
    writeQueueBytes: 100,
    slowestWriteMs: 40,
    openSegments: 2,
    speakers: 3,
    unattributed: 0,
    lanes: { control: 0, dropped: 1 },
  };
  const none = { lateFrames: 0, droppedFrames: 0, underruns: 0, speechMissing: 0, speechDropped: 0 };
  const playing = { ...figures, loopDelayP99Ms: 30, playout: { latenessP99Ms: 12, ...none } };
  let voxprocs = [figures, playing];
  let freeBytes: number | null = 5e9;
  registerLiveGauges(metrics.registry, {
    voxprocs: () => voxprocs,
    health: () => ({
      alive: true,
      ready: true,
      problems: [],
      version: '1',
      uptimeSeconds: 7,
      gateway: 'Ready',
      sessions: 2,
      recordings: 2,
      muxQueue: 0,
      store: { driver: 'node', pending: 4, dropped: 0, failures: 0 },
      freeBytes,
    }),
  });
  const text = await metrics.registry.metrics();
  assert.equal(value(text, 'parley_voxproc_loop_lag_seconds'), 0.03);
  assert.equal(value(text, 'parley_playout_lateness_seconds'), 0.012, 'one of them plays');
  assert.equal(value(text, 'parley_voxproc_memory_bytes'), 100_000_000);
  assert.equal(value(text, 'parley_voxproc_dropped_frames'), 2);
  assert.deepEqual(
    [value(text, 'parley_ready'), value(text, 'parley_free_bytes'), value(text, 'parley_store_pending_rows')],
    [1, 5e9, 4],
  );
  assert.match(text, /^parley_info\{version="[\d.]+",node="[\d.]+"\} 1$/m);
  voxprocs = [];
  freeBytes = null;
  const later = await metrics.registry.metrics();
  assert.equal(value(later, 'parley_voxproc_loop_lag_seconds'), 0);
  assert.doesNotMatch(later, /^parley_free_bytes /m, 'what is not known is not said');
});
