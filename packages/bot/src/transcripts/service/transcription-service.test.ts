import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { FakeClock, settle } from '@parley/protocol/testing';
import { pino } from 'pino';
import { parseSettings } from '../../config/index.ts';
import type { RecordingRow } from '../../store/index.ts';
import { openTestStore, tempFolder } from '../../store/testing/temp-store.ts';
import { Background } from '../../vox/background.ts';
import type { JobConfig } from '../job/job-config.ts';
import type { TranscribeEnd, TranscribeListener } from './run-transcribe.ts';
import {
  budgetWaitMs,
  type TranscriptionNews,
  TranscriptionService,
  transcribeRetryMs,
} from './transcription-service.ts';

const guild = '100000000000000001';
const ada = '200000000000000001';
const [first, second] = [1, 2].map((n) => `${guild}-300000000000000001-20270115T08000000${n}Z`) as [string, string];
const done: TranscribeEnd = { kind: 'done', segments: 1, seconds: 60, bound: null };

/** How long a disk, or a machine, may stand still, milliseconds. */
const patienceMs = 20_000;

type Script = (config: JobConfig, listener: TranscribeListener, signal: AbortSignal) => Promise<TranscribeEnd>;

/** A service on a real store; each run does what the next script says, the last one again and again. */
const open = async (scripts: Script[], provider: 'openai' | 'none' = 'openai') => {
  const folder = await tempFolder();
  const clock = new FakeClock();
  const store = await openTestStore(folder.path, { clock });
  const logger = pino({ level: 'silent' });
  const background = new Background(logger);
  const news: TranscriptionNews[] = [];
  const runs: JobConfig[] = [];
  const withheld = new Set<string>();
  /** Runs that wait to be interrupted. */
  let waiting = 0;
  const settings = parseSettings({ transcription: { provider, maxMinutesPerDay: 10 } });
  for (const [i, recordingSessionId] of [first, second].entries()) {
    const row: RecordingRow = {
      ...{
        recordingSessionId,
        sessionId: 's',
        guildId: guild,
        channelId: 'c',
        channelName: 'Table',
        textChannelId: 't',
      },
      ...{
        requestedByUserId: ada,
        folder: join(folder.path, recordingSessionId),
        bootId: 'b',
        originUs: 0,
        startTime: i,
      },
      ...{
        endTime: 1,
        durationMs: 1,
        status: 'completed',
        outputFile: null,
        continues: null,
        voxprocs: 1,
        error: null,
      },
    };
    store.recordings.started(row);
    await mkdir(row.folder);
    const segments = [{ userId: ada, startSample: 48_000, endSample: 96_000, text: `castle ${i}` }];
    await writeFile(join(row.folder, 'transcript.json'), JSON.stringify({ schema: 1, segments }));
  }
  const start = () =>
    new TranscriptionService({
      ...{ settings, store, clock, logger, background },
      run: async (_folder, config, listener, signal) => {
        runs.push(config);
        const script = scripts[Math.min(runs.length, scripts.length) - 1] as Script;
        if (script !== untilAborted) return await script(config, listener, signal);
        waiting += 1;
        try {
          return await script(config, listener, signal);
        } finally {
          waiting -= 1;
        }
      },
      withheld: async () => new Set(withheld),
      tell: (_row, one) => news.push(one),
    });
  /** Waits until nothing is under way but runs that wait to be interrupted. */
  const rest = async () => {
    const from = performance.now();
    do await settle();
    while (background.size > waiting && performance.now() - from < patienceMs);
    assert.equal(background.size, waiting, 'something goes on for ever');
  };
  const state = async (id = first) => (await store.transcripts.states([id])).get(id) ?? 'none';
  return {
    ...{ store, clock, news, runs, withheld, start, rest, state, background },
    [Symbol.asyncDispose]: async () => {
      await store[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
};

const untilAborted: Script = async (_config, _listener, signal) => {
  const { promise, resolve } = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => resolve(), { once: true });
  if (!signal.aborted) await promise;
  return { kind: 'interrupted' };
};

test('a recording is transcribed when it is mixed, where its guild wants that, and can be found then', async () => {
  await using the = await open([async () => done]);
  await using service = the.start();
  await service.mixed(first);
  assert.equal(await the.state(), 'none', 'not wanted');
  await the.store.guildSettings.set(guild, { transcribe: true });
  await service.mixed(first);
  await the.rest();
  assert.equal(await the.state(), 'done');
  assert.deepEqual(the.news, [{ kind: 'ready', segments: 1, bound: null }]);
  const query = {
    q: 'castle',
    match: 'all',
    userId: ada,
    wholeGuilds: [],
    guildId: null,
    recordingSessionId: null,
  } as const;
  const [hit] = await the.store.transcripts.search({ ...query, offset: 0, limit: 5 });
  assert.deepEqual([hit?.recordingSessionId, hit?.fromMs, hit?.toMs], [first, 1000, 2000]);
});

test('wishes are answered: configured or not, known or not, mixed or not, and only once in the queue', async () => {
  await using the = await open([untilAborted]);
  {
    await using service = the.start();
    assert.equal(await service.ask('100000000000000001-300000000000000001-20270115T080000009Z'), 'unknown_recording');
    the.store.recordings.updated(second, { status: 'muxing' });
    assert.equal(await service.ask(second), 'not_ready');
    assert.equal(await service.ask(first), 'queued');
    assert.equal(await service.ask(first), 'already_queued');
    assert.equal(service.has(first), true);
  }
  await using none = await open([untilAborted], 'none');
  assert.equal(await none.start().ask(first), 'not_configured');
});

test('a restart goes on with what was interrupted', async () => {
  await using the = await open([untilAborted, async () => done]);
  {
    await using service = the.start();
    await service.ask(first);
    await the.rest();
  }
  assert.equal(await the.state(), 'running');
  await using service = the.start();
  await service.resume();
  await the.rest();
  assert.equal(await the.state(), 'done');
});

test('what may do better later is tried again and again, what may not waits for a person', async () => {
  const later: Script = async () => ({ kind: 'failed', code: 'unavailable', error: 'x' });
  await using the = await open([
    later,
    later,
    later,
    later,
    async () => ({ kind: 'failed', code: 'key_refused', error: 'x' }),
  ]);
  await using service = the.start();
  await service.ask(first);
  await the.rest();
  for (const ms of transcribeRetryMs) {
    assert.equal(await the.state(), 'queued');
    the.clock.advance(ms - 1);
    const before = the.runs.length;
    await the.rest();
    assert.equal(the.runs.length, before);
    the.clock.advance(1);
    await the.rest();
    assert.equal(the.runs.length, before + 1);
  }
  assert.equal(await the.state(), 'failed');
  assert.deepEqual(
    the.news.map((one) => one.kind === 'failed' && one.again),
    [true, false],
  );
  await service.ask(first);
  await the.rest();
  assert.equal(await the.state(), 'failed');
  await the.store.flush();
  assert.equal(the.clock.timers, 0);
});

test('how far it is can be asked, and is told at once of what somebody asked for', async () => {
  const seen: (number | null)[] = [];
  const halfway: Script = async (_config, listener) => {
    listener.progress(0.5);
    seen.push(running.fractionOf(first), running.fractionOf(second));
    return done;
  };
  await using the = await open([halfway]);
  await using running = the.start();
  await running.ask(first);
  await the.rest();
  assert.deepEqual(seen, [0.5, null]);
  assert.equal(running.fractionOf(first), null, 'it is over');
  await the.store.guildSettings.set(guild, { transcribe: true });
  await running.mixed(first);
  await the.rest();
  assert.deepEqual(
    the.news.flatMap((one) => (one.kind === 'progress' ? [one.atOnce] : [])),
    [true, false],
  );
});

test('who withdraws while it runs is left out of another run', async () => {
  await using the = await open([
    async () => {
      the.withheld.add(ada);
      return done;
    },
    async () => done,
  ]);
  await using service = the.start();
  await service.ask(first);
  await the.rest();
  assert.deepEqual(
    the.runs.map(({ without }) => without),
    [[], [ada]],
  );
  assert.equal(await the.state(), 'done');
});

test('who withdraws while it runs has it begun anew at once, without them; a no elsewhere disturbs nothing', async () => {
  await using the = await open([untilAborted, async () => done]);
  await using service = the.start();
  await service.ask(first);
  await the.rest();
  service.reconsider('100000000000000009');
  await the.rest();
  assert.equal(the.runs.length, 1);
  the.withheld.add(ada);
  service.reconsider(guild);
  await the.rest();
  assert.deepEqual(
    the.runs.map(({ without }) => without),
    [[], [ada]],
  );
  assert.equal(await the.state(), 'done');
});

test('when the minutes of a day are used up the next recording waits, and goes on when there are some again', async () => {
  await using the = await open([
    async (config, listener) => {
      assert.deepEqual(config.budget, { day: 600, recording: 36_000 });
      listener.paid(600);
      return { ...done, bound: 'day' };
    },
    async () => done,
  ]);
  await using service = the.start();
  await service.ask(first);
  await the.rest();
  await service.ask(second);
  await the.rest();
  assert.equal(the.runs.length, 1);
  assert.deepEqual([await the.state(first), await the.state(second)], ['queued', 'queued']);
  for (let hour = 0; hour < 25; hour += 1) {
    the.clock.advance(budgetWaitMs);
    await the.rest();
  }
  assert.deepEqual([await the.state(first), await the.state(second)], ['done', 'done']);
});

test('a recording that is held is let go of at once, and begun anew afterwards', async () => {
  await using the = await open([untilAborted, async () => done]);
  await using service = the.start();
  await service.ask(first);
  await service.ask(second);
  await the.rest();
  assert.equal(the.runs.length, 1);
  {
    using _hold = await service.hold(first);
    await the.rest();
    assert.equal(await the.state(second), 'done', 'the others go on');
    assert.notEqual(await the.state(first), 'done');
  }
  await the.rest();
  assert.equal(await the.state(first), 'done');
});
