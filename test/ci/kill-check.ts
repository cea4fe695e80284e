import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import {
  type Check,
  type JournalLine,
  muxExitCode,
  recordingLayout,
  segmentSidecarSchema,
  verifyRecording,
  walkOpusFile,
} from '@parley/mux';
import type { VoxprocRig } from '../e2e/voxproc-rig.ts';
import { filesBelow, parleyMux } from '../lib/recording-files.ts';

/** Writes the journal line a supervisor begins a recording with: what is recovered is recovered from the folder alone. */
export const noteStarted = async ({ spec, guild, table, people }: VoxprocRig): Promise<void> => {
  const line: JournalLine = {
    ...{ v: 1, at: spec.startTime, sample: 0, type: 'recording_started' },
    ...{ sessionId: 'test', recordingSessionId: spec.recordingSessionId, guildId: guild.id, channelId: table.id },
    ...{ channelName: table.name, requestedByUserId: people[0]?.userId ?? '', originUs: spec.originUs },
    bootId: (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim(),
  };
  await writeFile(recordingLayout(spec.folder).supervisorJournal, `${JSON.stringify(line)}\n`);
};

/** Whether `--verify` misses only what mixing makes, or the audio of a segment whose first page was not written yet. */
const isExpected = ({ subject, name, detail }: Check): boolean =>
  subject === 'session.json' || (name === 'track' && detail === 'missing') || detail === 'header_only';

/** Recovers a folder whose audio process was killed, twice, and holds that everything in it is whole. Returns its audio files. */
export const assertRecovered = async (folder: string): Promise<string[]> => {
  for (const _ of ['first', 'second']) {
    const { exitCode, stderr } = await parleyMux(folder, '--recover');
    assert.equal(exitCode, muxExitCode.done, stderr);
  }
  const files = await filesBelow(folder);
  assert.deepEqual(
    files.filter((file) => !/\.(ogg|json|jsonl)$/.test(file)),
    [],
    'left behind',
  );
  const audio = files.filter((file) => file.endsWith('.ogg'));
  for (const file of audio) {
    const walk = walkOpusFile(file);
    assert.deepEqual(walk.damage, [], file);
    // A segment whose first page was not written yet has no audio to be marked as ended.
    assert.ok(walk.ended || walk.packets === 0, `${file} is not ended`);
    if (walk.packets === 0) continue;
    const sidecar = segmentSidecarSchema.parse(JSON.parse(await readFile(file.replace(/ogg$/, 'json'), 'utf8')));
    assert.notEqual(sidecar.status, 'open', file);
    assert.equal(sidecar.samples, walk.samples, file);
  }
  const { checks } = await verifyRecording(folder);
  const faults = checks.filter((check) => !check.ok && !isExpected(check));
  assert.deepEqual(faults, []);
  return audio;
};
