import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What one voxproc has counted of one recording since that began, as its `stats` and the summary at the end say. */
export interface PacketTotals {
  readonly received: number;
  readonly written: number;
  readonly lost: number;
  readonly dropped: Readonly<Record<string, number>>;
}

/** Every series of the supervisor, in a registry of their own. No label holds an id of a person, guild or channel. */
export interface Metrics extends Disposable {
  readonly registry: Registry;
  readonly sessions: Gauge;
  /** `outcome`: joined | refused | failed | switched; `reason`: the denial's, or none. */
  readonly joins: Counter<'outcome' | 'reason'>;
  readonly sessionEnds: Counter<'reason'>;
  readonly voxprocRestarts: Counter;
  /** Seconds from spawn to the handshake. */
  readonly voxprocSpawnSeconds: Histogram;
  readonly muxQueue: Gauge;
  readonly muxJobs: Counter<'status'>;
  /** Tries to tell the webhook; `outcome`: delivered | failed | given_up; `reason`: why not, or none. */
  readonly webhookTries: Counter<'outcome' | 'reason'>;
  /** Seconds of recording mixed per second of wall clock. */
  readonly muxSpeed: Histogram;
  readonly storeErrors: Counter<'code'>;
  readonly storeDropped: Counter;
  readonly messages: Counter<'kind' | 'fate'>;
  readonly rateLimited: Counter;
  /** Everything somebody asked for and did not get, by the reason they were told. */
  readonly refusals: Counter<'reason'>;
  /** Bytes of audio in segments that were closed. */
  readonly recordedBytes: Counter;
  readonly holes: Counter<'reason'>;
  readonly holeSeconds: Counter<'reason'>;
  readonly voxprocWarnings: Counter<'code'>;
  /** Seconds that a stage of the agent's answers took, counted from the stage before it. */
  readonly agentStageSeconds: Histogram<'stage'>;
  /** US dollars that the agent has spent, by our own table of prices. */
  readonly agentUsd: Counter<'role' | 'model'>;
  /** What the agent called; `outcome`: done, or why not. */
  readonly toolCalls: Counter<'tool' | 'outcome'>;
  /** What went wrong with what was played; `kind` as in `PlayoutTrouble`. */
  readonly playoutTroubles: Counter<'kind'>;
  /** Adds what was counted since the last call with the same `key` (a recording and a process, never exported). */
  observePackets(key: string, totals: PacketTotals): void;
  /** Forgets a recording that has ended; what was counted stays counted. */
  forgetPackets(key: string): void;
}

/** The metrics of one supervisor; disposing stops measuring the loop. */
export const createMetrics = (): Metrics => {
  const registry = new Registry();
  const registers = [registry];
  const loop = monitorEventLoopDelay({ resolution: 10 });
  loop.enable();
  const seconds = (nanoseconds: number): number => (Number.isFinite(nanoseconds) ? nanoseconds / 1e9 : 0);
  new Gauge({
    name: 'parley_loop_lag_seconds',
    help: 'Delay of the event loop since the last scrape, by quantile.',
    labelNames: ['quantile'],
    registers,
    collect() {
      this.set({ quantile: '0.5' }, seconds(loop.percentile(50)));
      this.set({ quantile: '0.99' }, seconds(loop.percentile(99)));
      this.set({ quantile: '1' }, seconds(loop.max));
      loop.reset();
    },
  });
  new Gauge({
    name: 'parley_memory_bytes',
    help: 'Resident memory of the supervisor.',
    registers,
    collect() {
      this.set(process.memoryUsage.rss());
    },
  });
  const received = new Counter({ name: 'parley_packets_received_total', help: 'Attributed voice packets.', registers });
  const written = new Counter({
    name: 'parley_packets_written_total',
    help: 'Packets written to segments.',
    registers,
  });
  const lost = new Counter({ name: 'parley_packets_lost_total', help: 'Packets that never came.', registers });
  const dropped = new Counter({
    name: 'parley_packets_dropped_total',
    help: 'Packets received and not written, by reason.',
    labelNames: ['reason'],
    registers,
  });
  const seen = new Map<string, PacketTotals>();

  return {
    registry,
    sessions: new Gauge({ name: 'parley_sessions', help: 'Sessions that live now.', registers }),
    joins: new Counter({
      name: 'parley_joins_total',
      help: 'Joins asked for, by outcome and reason.',
      labelNames: ['outcome', 'reason'],
      registers,
    }),
    sessionEnds: new Counter({
      name: 'parley_session_ends_total',
      help: 'Sessions ended, by reason.',
      labelNames: ['reason'],
      registers,
    }),
    voxprocRestarts: new Counter({
      name: 'parley_voxproc_restarts_total',
      help: 'Audio processes started again after a crash.',
      registers,
    }),
    voxprocSpawnSeconds: new Histogram({
      name: 'parley_voxproc_spawn_seconds',
      help: 'From spawn to handshake.',
      buckets: [0.1, 0.2, 0.3, 0.5, 0.75, 1, 2, 3, 5, 10],
      registers,
    }),
    agentUsd: new Counter({
      name: 'parley_agent_usd_total',
      help: 'US dollars the agent has spent, by what was paid for and the model.',
      labelNames: ['role', 'model'],
      registers,
    }),
    agentStageSeconds: new Histogram({
      name: 'parley_agent_stage_seconds',
      help: 'Stages of the agent’s answers, each from the one before it: capture_end, words_final, request, first_audio, first_packet.',
      labelNames: ['stage'],
      buckets: [0.01, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 1, 1.5, 2, 3, 5, 10],
      registers,
    }),
    toolCalls: new Counter({
      name: 'parley_tool_calls_total',
      help: 'Tools the agent called, by tool and outcome.',
      labelNames: ['tool', 'outcome'],
      registers,
    }),
    muxQueue: new Gauge({ name: 'parley_mux_queue', help: 'Recordings that wait for their mix.', registers }),
    muxJobs: new Counter({
      name: 'parley_mux_jobs_total',
      help: 'Mixes, by the status they ended with.',
      labelNames: ['status'],
      registers,
    }),
    webhookTries: new Counter({
      name: 'parley_webhook_tries_total',
      help: 'Tries to tell the webhook of a finished recording, by outcome and reason.',
      labelNames: ['outcome', 'reason'],
      registers,
    }),
    muxSpeed: new Histogram({
      name: 'parley_mux_times_realtime',
      help: 'Seconds of recording mixed per second.',
      buckets: [1, 5, 10, 20, 40, 60, 100, 200, 500, 1000, 2000],
      registers,
    }),
    storeErrors: new Counter({
      name: 'parley_store_errors_total',
      help: 'Failures of the database, by code.',
      labelNames: ['code'],
      registers,
    }),
    storeDropped: new Counter({
      name: 'parley_store_dropped_rows_total',
      help: 'Rows that could not be kept.',
      registers,
    }),
    messages: new Counter({
      name: 'parley_messages_total',
      help: 'Messages to people, by kind and fate (sent, suppressed, failed).',
      labelNames: ['kind', 'fate'],
      registers,
    }),
    rateLimited: new Counter({ name: 'parley_rate_limited_total', help: 'Commands refused as too many.', registers }),
    refusals: new Counter({
      name: 'parley_refusals_total',
      help: 'What people asked for and did not get, by reason.',
      labelNames: ['reason'],
      registers,
    }),
    recordedBytes: new Counter({
      name: 'parley_recorded_bytes_total',
      help: 'Bytes of audio in segments that were closed.',
      registers,
    }),
    holes: new Counter({
      name: 'parley_holes_total',
      help: 'Stretches nobody could capture, by reason.',
      labelNames: ['reason'],
      registers,
    }),
    holeSeconds: new Counter({
      name: 'parley_hole_seconds_total',
      help: 'Length of the stretches nobody could capture, by reason.',
      labelNames: ['reason'],
      registers,
    }),
    voxprocWarnings: new Counter({
      name: 'parley_voxproc_warnings_total',
      help: 'Warnings of audio processes, by code.',
      labelNames: ['code'],
      registers,
    }),
    playoutTroubles: new Counter({
      name: 'parley_playout_troubles_total',
      help: 'What went wrong with what was played: underruns of speech, late and dropped frames, lost audio, by kind.',
      labelNames: ['kind'],
      registers,
    }),
    observePackets: (key, totals) => {
      const before = seen.get(key) ?? { received: 0, written: 0, lost: 0, dropped: {} };
      received.inc(grown(totals.received, before.received));
      written.inc(grown(totals.written, before.written));
      lost.inc(grown(totals.lost, before.lost));
      for (const [reason, count] of Object.entries(totals.dropped))
        dropped.inc({ reason }, grown(count, before.dropped[reason] ?? 0));
      seen.set(key, highest(before, totals));
    },
    forgetPackets: (key) => void seen.delete(key),
    [Symbol.dispose]: () => {
      loop.disable();
      seen.clear();
      registry.clear();
    },
  };
};

/** What was added. Packets of somebody who proves a bot are taken back later; a counter cannot. */
const grown = (now: number, before: number): number => Math.max(0, now - before);

const highest = (a: PacketTotals, b: PacketTotals): PacketTotals => ({
  received: Math.max(a.received, b.received),
  written: Math.max(a.written, b.written),
  lost: Math.max(a.lost, b.lost),
  dropped: Object.fromEntries(
    Object.entries({ ...a.dropped, ...b.dropped }).map(([reason, count]) => [
      reason,
      Math.max(count, a.dropped[reason] ?? 0),
    ]),
  ),
});
