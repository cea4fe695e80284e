import type { Stats } from '@parley/protocol';
import { Gauge, type Registry } from 'prom-client';
import { version } from '../version.ts';
import type { HealthReport } from './health.ts';

/** What is asked at each scrape. */
export interface LiveFigures {
  readonly health: () => HealthReport;
  /** The latest figures of each voxproc that serves a session. */
  readonly voxprocs: () => readonly Pick<
    Stats,
    | 'rssBytes'
    | 'loopDelayP99Ms'
    | 'writeQueueBytes'
    | 'slowestWriteMs'
    | 'openSegments'
    | 'speakers'
    | 'unattributed'
    | 'lanes'
    | 'playout'
  >[];
}

/** Gauges of how things stand at the moment of the scrape; nothing is kept between two. They go with their registry. */
export const registerLiveGauges = (registry: Registry, { health, voxprocs }: LiveFigures): void => {
  const registers = [registry];
  const gauge = (name: string, help: string, read: () => number | null): void => {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        const value = read();
        if (value === null) this.remove();
        else this.set(value);
      },
    });
  };
  const most = (read: (figures: ReturnType<LiveFigures['voxprocs']>[number]) => number): number =>
    Math.max(0, ...voxprocs().map(read));
  const sum = (read: (figures: ReturnType<LiveFigures['voxprocs']>[number]) => number): number =>
    voxprocs().reduce((total, one) => total + read(one), 0);

  new Gauge({
    name: 'parley_info',
    help: 'Always 1; the labels say which Parley this is.',
    labelNames: ['version', 'node'],
    registers,
  }).set({ version, node: process.versions.node }, 1);
  gauge('parley_uptime_seconds', 'Since the start of the supervisor.', () => health().uptimeSeconds);
  gauge('parley_ready', '1 when a join can be served now.', () => Number(health().ready));
  gauge('parley_recordings', 'Recordings that run now.', () => health().recordings);
  gauge('parley_free_bytes', 'Free space where the recordings are.', () => health().freeBytes);
  gauge('parley_store_pending_rows', 'Rows that wait to be written.', () => health().store.pending);
  gauge('parley_voxproc_loop_lag_seconds', 'Lateness of ticks in audio processes, the worst 99th percentile.', () =>
    most(({ loopDelayP99Ms }) => loopDelayP99Ms / 1000),
  );
  gauge('parley_playout_lateness_seconds', 'How late played frames leave, the worst 99th percentile.', () =>
    most(({ playout }) => (playout?.latenessP99Ms ?? 0) / 1000),
  );
  gauge('parley_voxproc_memory_bytes', 'Resident memory of all audio processes that serve a session.', () =>
    sum(({ rssBytes }) => rssBytes),
  );
  gauge('parley_voxproc_write_queue_bytes', 'Audio that waits for the disk.', () =>
    sum(({ writeQueueBytes }) => writeQueueBytes),
  );
  gauge('parley_voxproc_slowest_write_seconds', 'The slowest write of late.', () =>
    most(({ slowestWriteMs }) => slowestWriteMs / 1000),
  );
  gauge('parley_speakers', 'People who have been heard in the recordings that run.', () =>
    sum(({ speakers }) => speakers),
  );
  gauge('parley_open_segments', 'Segments that are being written.', () => sum(({ openSegments }) => openSegments));
  gauge('parley_unattributed_packets', 'Packets of nobody known, in the recordings that run.', () =>
    sum(({ unattributed }) => unattributed),
  );
  gauge('parley_voxproc_dropped_frames', 'Reports of audio processes that the supervisor was too slow for.', () =>
    sum(({ lanes }) => lanes.dropped),
  );
};
