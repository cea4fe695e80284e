import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { markForErasure, type RecordingStatus, recordingFolder, recordingLayout } from '@parley/mux';
import { bob, guildA, SessionRig, textA, voiceA } from '../testing/index.ts';
import { keepDelivery } from './erasure/keep-delivery.ts';
import type { MuxJob } from './mux-job.ts';
import { MuxReporter } from './mux-reporter.ts';
import { newSessionFile, writeSessionFile } from './session-files.ts';

type Status = Exclude<RecordingStatus, 'recording' | 'muxing'>;

/** A reporter with a recording that the mixer can be said to have finished. */
const openRig = async () => {
  const rig = await SessionRig.start();
  const { services, discord, folder: root } = rig;
  const { store, clock, logger, metrics, background } = services;
  await store.guildSettings.set(guildA, { verbosity: 'essential' });
  const recordingSessionId = `${guildA}-${voiceA}-20270115T080000000Z`;
  const folder = recordingFolder(join(root, 'recordings'), recordingSessionId);
  await mkdir(folder, { recursive: true });
  await writeFile(recordingLayout(folder).mix, 'audio');
  const job: MuxJob = { recordingSessionId, folder, guildId: guildA, textChannelId: textA, requestedByUserId: bob };
  const mixed: string[] = [];
  const reporter = new MuxReporter({
    ...{ discord, store, metrics, clock, logger, background },
    delivery: {
      ...{ discord, logger, linkTo: null, now: () => clock.now(), posted: keepDelivery(store, clock, logger) },
      makeSmall: () => Promise.reject(new Error('not needed')),
    },
    hasPages: true,
    onMixed: (id) => mixed.push(id),
  });
  const write = async (status: RecordingStatus): Promise<void> => {
    const identity = {
      sessionId: 's',
      recordingSessionId,
      guildId: guildA,
      channelId: voiceA,
      channelName: 'T',
      startTime: 0,
    };
    const outputFile = status === 'completed' ? 'full.ogg' : null;
    await writeSessionFile(folder, { ...newSessionFile(identity), status, outputFile, durationMs: 60_000 });
  };
  const finish = async (status: Status): Promise<string[]> => {
    await write(status);
    const from = discord.posted.length;
    await rig.drive(reporter.finished(job, { kind: 'done', status }, 1000));
    return discord.posted.slice(from).map(({ message }) => message.kind);
  };
  return {
    rig,
    reporter,
    store,
    job,
    folder,
    finish,
    write,
    mixed,
    [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose](),
  };
};

const cases: Record<string, { takenBack: boolean; status: Status; said: readonly string[] }> = {
  'whose mix was taken back is handed over again, with the reason': {
    takenBack: true,
    status: 'completed',
    said: ['remixed', 'delivered_file'],
  },
  'whose mix still stands is not handed over twice': { takenBack: false, status: 'completed', said: [] },
  'in which nobody is left is not spoken of again': { takenBack: true, status: 'empty', said: [] },
  'that cannot be mixed any more is told': { takenBack: true, status: 'failed', said: ['mux_failed'] },
};
for (const [name, { takenBack, status, said }] of Object.entries(cases)) {
  test(`a recording mixed anew ${name}`, async () => {
    await using the = await openRig();
    assert.deepEqual(await the.finish('completed'), ['mux_finished', 'delivered_file']);
    assert.equal((await the.store.deliveries.of(the.job.recordingSessionId)).length, 1);
    if (takenBack) await the.store.deliveries.doom(the.job.recordingSessionId);
    assert.deepEqual(await the.finish(status), said);
    assert.deepEqual(the.mixed, [the.job.recordingSessionId, the.job.recordingSessionId]);
    // Once more, for somebody else who was not in it.
    assert.deepEqual(
      await the.finish('completed'),
      takenBack && status !== 'completed' ? ['remixed', 'delivered_file'] : [],
    );
  });
}

for (const [name, prepare] of [
  ['of which somebody is to be erased', (folder: string) => markForErasure(recordingLayout(folder), bob)],
  ['that is being mixed anew', async () => undefined],
] as const) {
  test(`a recording ${name} is not delivered; the delivery waits for the mix that follows`, async () => {
    await using the = await openRig();
    await the.write(name.startsWith('of') ? 'completed' : 'muxing');
    await prepare(the.folder);
    await the.store.jobs.put('deliver', the.job.recordingSessionId);
    await the.reporter.deliver(the.job);
    assert.deepEqual(the.rig.discord.posted, []);
    assert.equal((await the.store.jobs.get('deliver', the.job.recordingSessionId))?.state, 'queued');
  });
}
