import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { muxRecording, readMarks, recordingFolder, recordingLayout } from '@parley/mux';
import { RecordingBuilder, tonePackets } from '@parley/mux/testing';
import { pino } from 'pino';
import { alice, bob, guildA, guildB, SessionRig, textA, voiceA, voiceB } from '../../testing/index.ts';
import { removeExports } from '../exports/export-files.ts';
import type { MuxJob } from '../mux-job.ts';
import { deleteRecording } from '../retention/delete-recording.ts';
import { Eraser, type ErasureWish, erasureRetryMs } from './eraser.ts';
import { keepDelivery } from './keep-delivery.ts';
import { openPersonHash } from './person-hash.ts';

const username = 'bob_the_builder_77';
const second = 48_000;
const bobSays = tonePackets({ frequency: 440, levelDb: -12 }, second);
const forever: ErasureWish = { userId: bob, guildId: guildA, sessionId: null, askedBy: 'self' };

const noTrace = { recordings: 0, spoken: 0, running: 0, messages: 0 };

/** A rig with an eraser, its mixer on paper, a log file, and ways to put recordings on the disk. */
const openRig = async () => {
  const rig = await SessionRig.start();
  const { folder, services, discord } = rig;
  const dataDir = join(folder, 'data');
  const recordingsDir = join(folder, 'recordings');
  const logFile = join(dataDir, 'parley.log');
  for (const end of ['', '-wal']) writeFileSync(join(dataDir, `parley.db.corrupt-20260101T000000000Z${end}`), username);
  writeFileSync(logFile, `{"msg":"consent","userId":"${bob}"}\n`);
  const logger = pino({ level: 'trace' }, { write: (line: string) => appendFileSync(logFile, line) });
  const jobs: MuxJob[] = [];
  const held: string[] = [];
  /** What goes on while the mixer is waited for. */
  const meanwhile = { run: async (_recordingSessionId: string): Promise<void> => undefined };
  const muxQueue = {
    enqueue: (job: MuxJob) => void jobs.push(job),
    hold: async (id: string) => {
      held.push(id);
      await meanwhile.run(id);
      return { [Symbol.dispose]: () => void held.splice(held.indexOf(id), 1) };
    },
  };
  const newEraser = async (): Promise<Eraser> =>
    new Eraser({
      ...{ recordingsDir, dataDir, logFile, muxQueue, discord, logger },
      ...{ store: services.store, registry: rig.registry, clock: rig.clock, background: rig.background },
      removeExports: (recordingSessionId) => removeExports(dataDir, recordingSessionId),
      hash: await openPersonHash(dataDir),
    });
  const eraser = await newEraser();
  const { store, clock } = services;

  /** Bob and Alice spoke, the mix was made and posted. */
  const recorded = async (guildId: string, startTime: number, sessionId = 'other'): Promise<string> => {
    const channelId = guildId === guildA ? voiceA : voiceB;
    const time = new Date(startTime).toISOString().replaceAll(/[-:.]/g, '');
    const recordingSessionId = `${guildId}-${channelId}-${time}`;
    const path = recordingFolder(recordingsDir, recordingSessionId);
    speak(path, recordingSessionId, startTime).end(5 * second);
    const identity = { guildId, channelId, recordingSessionId, sessionId, startTime };
    const file = recordingLayout(path).sessionFile;
    const session = {
      ...JSON.parse(readFileSync(file, 'utf8')),
      ...identity,
      status: 'completed',
      outputFile: 'full.ogg',
    };
    writeFileSync(file, JSON.stringify(session));
    writeFileSync(recordingLayout(path).mix, Buffer.concat(bobSays.map(({ packet }) => packet)));
    store.recordings.started({
      ...{ ...identity, channelName: 'Table', textChannelId: textA, requestedByUserId: bob, folder: path, bootId: 'b' },
      ...{ originUs: 0, endTime: startTime, durationMs: 5000, status: 'completed', outputFile: 'full.ogg' },
      ...{ continues: null, voxprocs: 1, error: null },
    });
    const exported = join(dataDir, 'exports', recordingSessionId);
    mkdirSync(exported, { recursive: true });
    writeFileSync(join(exported, 'waiting.ogg'), Buffer.concat(bobSays.map(({ packet }) => packet)));
    seen(recordingSessionId);
    const sent = await discord.post(textA, { kind: 'remixed', details: {} });
    assert.equal(await keepDelivery(store, clock, logger)(recordingSessionId, sent, clock.now()), true);
    return recordingSessionId;
  };
  const seen = (recordingSessionId: string): void =>
    store.participants.seen({ recordingSessionId, userId: bob, username, displayName: username, bot: false, at: 0 });

  /** Every file under the rig's folder in which something of Bob stands that is no decision. */
  const traces = async (only = ''): Promise<string[]> => {
    await store.flush();
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    return files
      .filter((path) => path.includes(only))
      .flatMap((path) => {
        const bytes = readFileSync(path);
        const found = bytes.includes(username) ? ['name'] : [];
        const text = bytes
          .toString('latin1')
          .split('\n')
          .filter((line) => !/"type":"consent"|"kind":"recorded"/.test(line));
        if (path.includes(bob) || text.join('\n').includes(bob)) found.push('id');
        if (bobSays.some(({ packet }) => packet.length > 20 && bytes.includes(Buffer.from(packet))))
          found.push('voice');
        return found.map((what) => `${what} in ${path.slice(folder.length)}`);
      });
  };
  return {
    ...{ rig, store, discord, eraser, newEraser, jobs, held, meanwhile, recorded, seen, traces },
    ...{ recordingsDir, dataDir },
    [Symbol.asyncDispose]: async () => {
      eraser[Symbol.dispose]();
      await rig[Symbol.asyncDispose]();
    },
  };
};

/** What a voxproc and a supervisor would have written of Bob and Alice. */
const speak = (path: string, recordingSessionId: string, startTime: number): RecordingBuilder => {
  const builder = new RecordingBuilder(path, { recordingSessionId, startTime });
  builder.person({ userId: bob, username }).person({ userId: alice });
  builder.segment({ userId: bob, startSample: second, packets: bobSays });
  builder.segment({
    userId: alice,
    startSample: 3 * second,
    packets: tonePackets({ frequency: 900, levelDb: -12 }, second),
  });
  return builder;
};

test('a person is erased from recordings, messages, database and log; what is left is mixed anew', async () => {
  await using the = await openRig();
  const { eraser, store, discord, jobs, held, traces } = the;
  const first = await the.recorded(guildA, 1000);
  const second_ = await the.recorded(guildA, 2000);
  assert.ok((await traces()).length > 12);
  assert.deepEqual(await eraser.survey(forever), { recordings: 2, spoken: 2, running: 0, messages: 2 });

  const outcome = await the.rig.drive(eraser.erase(forever));
  assert.deepEqual(outcome, { recordings: 2, running: 0, messages: 2, error: null });
  assert.deepEqual(await traces(), []);
  assert.deepEqual(discord.deleted, [`${textA}/1`, `${textA}/2`]);
  assert.deepEqual(held, []);
  assert.deepEqual(
    jobs.map(({ recordingSessionId, requestedByUserId }) => [recordingSessionId, requestedByUserId]),
    [
      [first, null],
      [second_, null],
    ],
  );
  assert.equal((await store.recordings.get(first))?.status, 'muxing');
  const log = (await store.erasures.all())[0] ?? assert.fail();
  assert.deepEqual([log.userId, log.recordings, log.messages, log.doneAt !== null], [null, 2, 2, true]);
  assert.match(log.person, /^[\w-]{43}$/);
  assert.deepEqual(await eraser.survey(forever), noTrace);
});

test('in one server it leaves the others, everywhere it takes all', async () => {
  await using the = await openRig();
  await the.recorded(guildA, 1000);
  const elsewhere = await the.recorded(guildB, 1000);
  assert.equal((await the.rig.drive(the.eraser.erase(forever))).recordings, 1);
  assert.ok((await the.traces(elsewhere)).some((trace) => trace.startsWith('voice')));
  assert.equal((await the.rig.drive(the.eraser.erase({ ...forever, guildId: null }))).recordings, 1);
  assert.deepEqual(await the.traces(), []);
});

test('a message that cannot be deleted now is tried again until it is, after a restart too', async () => {
  await using the = await openRig();
  await the.recorded(guildA, 1000);
  the.discord.failDelete = new Error(`503 for ${bob}`);
  const outcome = await the.rig.drive(the.eraser.erase(forever));
  assert.match(
    outcome.error ?? '',
    /messages: 1 could not be deleted: 503 for /,
    'the person hears what is left, and why',
  );
  assert.equal((await the.store.erasures.open()).length, 1);
  the.discord.failDelete = null;
  using restarted = await the.newEraser();
  await the.rig.drive(restarted.resume());
  assert.deepEqual(the.discord.deleted, [`${textA}/1`]);
  assert.deepEqual(await the.store.erasures.open(), []);
  assert.deepEqual(await the.traces(), []);
});

test('a message that read the recording while its mixer was waited for goes too, posted before or after', async () => {
  await using the = await openRig();
  const { clock } = the.rig;
  const { erasures } = the.store;
  const recordingSessionId = await the.recorded(guildA, 1000);
  let readAt = Number.NaN;
  the.meanwhile.run = async () => {
    clock.advance(1000);
    readAt = clock.now();
    const sent = await the.discord.post(textA, { kind: 'remixed', details: {} });
    const keep = keepDelivery(the.store, clock, the.rig.services.logger);
    assert.equal(await keep(recordingSessionId, sent, readAt), true);
    clock.advance(1000);
  };
  // What is posted later is held against the last of these.
  const touchedAt: number[] = [];
  const touches = erasures.touches.bind(erasures);
  Object.assign(erasures, {
    touches: (...args: Parameters<typeof touches>) => {
      touchedAt.push(clock.now());
      return touches(...args);
    },
  });
  assert.equal((await the.rig.drive(the.eraser.erase(forever))).messages, 2);
  assert.deepEqual(the.discord.deleted, [`${textA}/1`, `${textA}/2`]);
  assert.ok((touchedAt.at(-1) ?? 0) > readAt);
});

test('a message that outlives its recording goes with whoever speaks in it, and with nobody else', async () => {
  await using the = await openRig();
  const { store, discord, eraser } = the;
  const { clock } = the.rig;
  const over: string[] = [];
  for (const [startTime, userId] of [
    [1000, bob],
    [2000, alice],
  ] as const) {
    const recordingSessionId = await the.recorded(guildA, startTime);
    const path = recordingFolder(the.recordingsDir, recordingSessionId);
    const [stem] = readdirSync(recordingLayout(path).personSegments(userId)).filter((name) => name.endsWith('.json'));
    const sidecar = readFileSync(join(recordingLayout(path).personSegments(userId), stem ?? ''), 'utf8');
    store.segments.closed({ ...JSON.parse(sidecar), recordingSessionId });
    await store.flush();
    await deleteRecording(path);
    await removeExports(the.dataDir, recordingSessionId);
    store.recordings.forgotten(recordingSessionId);
    over.push(recordingSessionId);
  }
  assert.deepEqual(await eraser.survey({ ...forever, guildId: guildB }), noTrace);
  assert.deepEqual(await eraser.survey(forever), { ...noTrace, messages: 1 });
  assert.equal((await the.rig.drive(eraser.erase(forever))).messages, 1);
  assert.deepEqual(discord.deleted, [`${textA}/1`]);
  assert.deepEqual(await the.traces(), []);
  assert.equal((await store.deliveries.of(over[1] ?? '')).length, 1);
  const until = clock.now() - 1;
  assert.deepEqual(await store.deliveries.withVoice({ userId: alice, guildId: null, until }), []);
  assert.deepEqual(await store.deliveries.withVoice({ userId: alice, guildId: null, until: until + 1 }), [over[1]]);
});

test('a wish that was kept and never begun is carried out at the next start, and each hour of trouble', async () => {
  await using the = await openRig();
  await the.recorded(guildA, 1000);
  const later = await the.recorded(guildA, the.rig.clock.now() + 9000);
  const asked = { ...forever, recordingSessionId: null, person: 'p', askedAt: the.rig.clock.now(), textVersion: 1 };
  await the.store.erasures.asked(asked);
  the.rig.clock.advance(erasureRetryMs);
  await the.rig.drive(the.rig.background.settled());
  assert.deepEqual(await the.store.erasures.open(), []);
  assert.deepEqual(
    (await the.traces('sessions')).filter((trace) => !trace.includes(later)),
    [],
  );
  assert.ok((await the.traces(later)).length > 0, 'what began after the wish is not touched');
});

/** Time passes in steps in which a child can answer its heartbeat. */
const pass = async (rig: SessionRig, ms: number): Promise<void> => {
  const until = rig.clock.now() + ms;
  await rig.until('the time', () => rig.clock.now() >= until, 500);
};

/** A session with Bob and Alice, as if its voxproc had written. */
const live = async (the: Awaited<ReturnType<typeof openRig>>) => {
  const { rig } = the;
  rig.discord.put(alice, voiceA);
  rig.discord.put(bob, voiceA, { username, displayName: username });
  const joined = await rig.join();
  if (joined.kind !== 'joined') assert.fail(JSON.stringify(joined));
  const { session } = joined;
  const run = session.recording.current ?? assert.fail();
  await pass(rig, 10_000);
  // The supervisor's journal is there already: what voxproc writes is put beside it.
  const path = recordingLayout(run.folder);
  const written = readFileSync(path.supervisorJournal, 'utf8');
  speak(run.folder, run.recordingSessionId, run.identity.startTime);
  writeFileSync(path.supervisorJournal, written);
  return { session, run, path };
};

test('from a running recording goes at once what was said, the rest when it has been mixed', async () => {
  await using the = await openRig();
  const { rig, eraser, store } = the;
  const { session, run, path } = await live(the);
  const outcome = await rig.drive(eraser.erase(forever));
  assert.deepEqual(outcome, { recordings: 1, running: 1, messages: 0, error: null });
  assert.deepEqual(rig.voxprocs[0]?.all('recording.exclude'), [{ userId: bob }]);
  assert.ok(!existsSync(path.personSegments(bob)) && existsSync(path.personSegments(alice)));
  assert.deepEqual(
    (await the.traces('sessions')).filter((trace) => !trace.includes('/erase/')),
    [],
  );
  assert.deepEqual(await readMarks(path), [{ userId: bob, upToSample: 10 * second }]);

  // It waits; what comes until the end is erased by the mixer, and then the rows once more.
  await rig.drive(eraser.resume());
  assert.equal((await store.erasures.open())[0]?.attempts, 1);
  session.voiceState(rig.discord.put(bob, null, { username, displayName: username }), null);
  await pass(rig, 5000);
  the.seen(run.recordingSessionId);
  await rig.drive(session.end('requested'), 100);
  assert.ok((await the.traces('supervisor.jsonl')).length > 0);
  await muxRecording(run.folder, { only: 'recover' });
  await rig.drive(eraser.resume());
  assert.deepEqual(await store.erasures.open(), []);
  assert.deepEqual(await the.traces(), []);
});

test('nothing of a running recording is erased before its audio process has confirmed that it writes no more', async () => {
  await using the = await openRig();
  const { rig, eraser } = the;
  const { session, path } = await live(the);
  const exclude = session.people.exclude.bind(session.people);
  Object.assign(session.people, { exclude: () => Promise.reject(new Error('it does not answer')) });
  const outcome = await rig.drive(eraser.erase(forever));
  assert.match(outcome.error ?? '', /recordings: it does not answer/);
  assert.deepEqual([outcome.recordings, existsSync(path.personSegments(bob))], [0, true]);
  Object.assign(session.people, { exclude });
  await rig.drive(eraser.resume());
  assert.deepEqual(rig.voxprocs[0]?.all('recording.exclude'), [{ userId: bob }]);
  assert.equal(existsSync(path.personSegments(bob)), false);
});

test('who agrees to be recorded again keeps what comes after, however often the erasure is taken up', async () => {
  await using the = await openRig();
  const { rig, eraser, store } = the;
  const { session, run, path } = await live(the);
  await rig.drive(eraser.erase({ ...forever, sessionId: session.sessionId }));
  await pass(rig, 5000);
  await rig.drive(session.people.include(bob));
  const later = tonePackets({ frequency: 700, levelDb: -12 }, second);
  const written = readFileSync(path.supervisorJournal, 'utf8');
  const builder = new RecordingBuilder(run.folder, { recordingSessionId: run.recordingSessionId });
  builder.segment({ userId: bob, startSample: 16 * second, packets: later });
  writeFileSync(path.supervisorJournal, written);
  await pass(rig, 10_000);
  await rig.drive(eraser.resume());
  assert.deepEqual(
    (await readMarks(path)).map(({ upToSample }) => upToSample),
    [10 * second],
  );
  await rig.drive(session.end('requested'), 100);
  await muxRecording(run.folder, { only: 'recover' });
  await rig.drive(eraser.resume());
  await rig.drive(eraser.resume());
  assert.deepEqual(await store.erasures.open(), []);
  assert.equal(readdirSync(path.personSegments(bob)).length, 2);
  assert.ok(!(await the.traces('sessions')).some((trace) => trace.startsWith('voice')));
});

test('of one session only its own recordings are touched, and a private room goes as a whole', async () => {
  await using the = await openRig();
  const mine = await the.recorded(guildA, 1000, 'this-session');
  const other = await the.recorded(guildA, 2000);
  await the.rig.drive(the.eraser.erase({ ...forever, sessionId: 'this-session' }));
  assert.deepEqual(await the.traces(mine), []);
  assert.ok((await the.traces(other)).length > 5);
  assert.ok((await the.traces('parley.log')).length > 0, 'the person is not forgotten otherwise');

  const room = `room-${bob}-20270115T080000000Z`;
  speak(recordingFolder(the.recordingsDir, room), room, 1000).end(5 * second);
  await the.rig.drive(the.eraser.erase({ ...forever, guildId: null }));
  assert.deepEqual(await the.traces(), []);
});

test('of one recording nothing else of its session is touched', async () => {
  await using the = await openRig();
  const one = await the.recorded(guildA, 1000, 'this-session');
  const other = await the.recorded(guildA, 2000, 'this-session');
  const scope = { ...forever, recordingSessionId: one };
  assert.partialDeepStrictEqual(await the.eraser.survey(scope), { recordings: 1, spoken: 1, messages: 1 });
  await the.rig.drive(the.eraser.erase(scope));
  assert.deepEqual(await the.traces(one), []);
  assert.ok((await the.traces(other)).length > 5);
  assert.ok((await the.traces('parley.log')).length > 0, 'the person is not forgotten otherwise');
});

test('a wish is kept before anything of it is done, and words are found no more from then on', async () => {
  await using the = await openRig();
  const { rig, eraser, store } = the;
  const [one, other] = [await the.recorded(guildA, 1000), await the.recorded(guildB, 2000)];
  for (const id of [one, other]) {
    const said = { fromMs: 0, toMs: 1, text: 'castle' };
    await store.transcripts.replaced(id, [
      { ...said, userId: bob },
      { ...said, userId: alice },
    ]);
  }
  const found = async () =>
    (
      await store.transcripts.search({
        ...{ q: 'castle', match: 'all', userId: null, wholeGuilds: [guildA, guildB], guildId: null },
        ...{ recordingSessionId: null, offset: 0, limit: 9 },
      })
    ).map(({ recordingSessionId, userId }) => [recordingSessionId, userId].join(' '));
  const mixer = Promise.withResolvers<void>();
  the.meanwhile.run = () => mixer.promise;
  await eraser.begin({ ...forever, recordingSessionId: one });
  assert.deepEqual((await found()).toSorted(), [`${one} ${alice}`, `${other} ${alice}`, `${other} ${bob}`].toSorted());
  assert.deepEqual((await store.erasures.open()).length, 1);
  assert.ok((await the.traces(one)).length > 0, 'the mixer is waited for');
  mixer.resolve();
  await rig.drive(rig.background.settled());
  assert.deepEqual(await the.traces(one), []);
  assert.deepEqual(await store.erasures.open(), []);
});

test('a database that cannot be rewritten now keeps the erasure open until it can', async () => {
  await using the = await openRig();
  await the.recorded(guildA, 1000);
  const { erasures } = the.store;
  const { compact } = erasures;
  Object.assign(erasures, { compact: () => Promise.reject(new Error('database or disk is full')) });
  const outcome = await the.rig.drive(the.eraser.erase(forever));
  assert.match(outcome.error ?? '', /database: .*full/);
  Object.assign(erasures, { compact });
  await the.rig.drive(the.eraser.resume());
  assert.deepEqual(await erasures.open(), []);
  assert.deepEqual(await the.traces(), []);
});

test('a mixer of somebody else at work is waited for', async () => {
  await using the = await openRig();
  const path = recordingFolder(the.recordingsDir, await the.recorded(guildA, 1000));
  writeFileSync(join(path, 'mux.lock'), `${process.ppid} `);
  const stat = existsSync(`/proc/${process.ppid}/stat`) ? readFileSync(`/proc/${process.ppid}/stat`, 'utf8') : '';
  writeFileSync(
    join(path, 'mux.lock'),
    `${process.ppid} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''}`,
  );
  const outcome = await the.rig.drive(the.eraser.erase(forever));
  assert.match(outcome.error ?? '', /busy/);
  writeFileSync(join(path, 'mux.lock'), '0 ');
  await the.rig.drive(the.eraser.resume());
  assert.deepEqual(await the.traces(), []);
  assert.deepEqual(await the.store.erasures.open(), []);
});
