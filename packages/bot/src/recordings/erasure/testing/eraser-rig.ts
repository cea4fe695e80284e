import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { recordingFolder, recordingLayout } from '@parley/mux';
import { RecordingBuilder, tonePackets } from '@parley/mux/testing';
import { pino } from 'pino';
import { alice, bob, guildA, SessionRig, textA, voiceA, voiceB } from '../../../testing/index.ts';
import { removeExports } from '../../exports/export-files.ts';
import type { MuxJob } from '../../mux-job.ts';
import { Eraser, type ErasureWish } from '../eraser.ts';
import { keepDelivery } from '../keep-delivery.ts';
import { openPersonHash } from '../person-hash.ts';

export const username = 'bob_the_builder_77';
export const second = 48_000;
export const bobSays = tonePackets({ frequency: 440, levelDb: -12 }, second);
export const forever: ErasureWish = { userId: bob, guildId: guildA, sessionId: null, askedBy: 'self' };

export const noTrace = { recordings: 0, spoken: 0, running: 0, messages: 0 };

/** A rig with an eraser, its mixer on paper, a log file, and ways to put recordings on the disk. */
export const openRig = async () => {
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
export const speak = (path: string, recordingSessionId: string, startTime: number): RecordingBuilder => {
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
