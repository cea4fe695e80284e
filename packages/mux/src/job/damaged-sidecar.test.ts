import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { RecordingBuilder } from '../testing/recording-builder.ts';
import { TempFolder } from '../testing/temp-folder.ts';
import { tonePackets } from '../testing/tones.ts';
import { muxRecording } from './mux-recording.ts';

const second = 48_000;

const damages: [what: string, damage: object][] = [
  ['a start a day away', { startSample: 86_400 * second }],
  ['a start before everything', { startSample: -3600 * second }],
  ['somebody else’s id', { userId: '2' }],
];
for (const [what, damage] of damages) {
  test(`a sidecar with ${what} is set aside, and its audio stays where its file says`, async () => {
    using folder = new TempFolder();
    const builder = new RecordingBuilder(folder.path).person({ userId: '1' });
    const packets = tonePackets({ frequency: 440, levelDb: -12 }, second);
    const audio = builder.segment({ userId: '1', startSample: 2 * second, packets });
    builder.segment({ userId: '1', startSample: 70 * second, packets });
    builder.end(80 * second);
    const path = audio.replace(/ogg$/, 'json');
    writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...damage }));

    const { timeline } = await muxRecording(folder.path, { only: 'tracks' });
    assert.deepEqual(timeline.skipped, []);
    assert.equal(timeline.durationSamples, 80 * second);
    assert.deepEqual(
      timeline.people.map(({ userId, placements }) => [userId, placements.map(({ at }) => at / second)]),
      [['1', [2, 70]]],
    );
    assert.ok(existsSync(`${path}.bad`));
    assert.equal(JSON.parse(readFileSync(path, 'utf8')).status, 'recovered');
  });
}
